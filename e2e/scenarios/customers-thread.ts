import http from "node:http";
import { parentPort, workerData } from "node:worker_threads";
import { sleep } from "../support/wait";
import type { Failure } from "./customers";

const PAUSE_MS = 50;
const TIMEOUT_MS = 10_000;

/** Whom the customers of a thread ask, and how many at a time. */
export interface Asked {
  readonly host: string;
  readonly workers: number;
}

let stopped = false;

/** Tells of each request: of one that was answered as it should be, nothing. */
async function work({ host }: Asked, index: number): Promise<void> {
  while (!stopped) {
    const message = await ask(host, index);
    const failure: Failure | undefined = message === undefined ? undefined : { at: Date.now(), message };
    parentPort?.postMessage(failure);
    await sleep(PAUSE_MS);
  }
}

/** What went wrong. */
function ask(host: string, index: number): Promise<string | undefined> {
  const [method, path] = index === 0 ? ["POST", "/customers/1/orders"] : ["GET", "/orders/1"];
  return new Promise((resolve) => {
    const request = http.request(
      { host, port: 8080, method, path, agent: false, timeout: TIMEOUT_MS },
      (response) => {
        const { statusCode = 0 } = response;
        response.resume();
        response.once("error", ({ message }) => resolve(message));
        response.once("end", () => resolve(statusCode < 300 ? undefined : `status ${statusCode}`));
      },
    );
    request.once("timeout", () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    request.once("error", ({ message }) => resolve(message));
    request.end();
  });
}

async function main(asked: Asked): Promise<void> {
  parentPort?.once("message", () => void (stopped = true));
  await Promise.all(Array.from({ length: asked.workers }, (_, index) => work(asked, index)));
}

void main(workerData as Asked);

import { spawnSync } from "node:child_process";
import { lookup } from "node:dns/promises";
import http from "node:http";
import { parentPort, workerData } from "node:worker_threads";
import { errorMessage, eventually, sleep } from "../support/wait";
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
async function work(address: string, index: number): Promise<void> {
  while (!stopped) {
    const message = await ask(address, index);
    const failure: Failure | undefined = message === undefined ? undefined : { at: Date.now(), message };
    parentPort?.postMessage(failure);
    await sleep(PAUSE_MS);
  }
}

/** What went wrong, and where a request stood that was not answered. */
function ask(host: string, index: number): Promise<string | undefined> {
  const [method, path] = index === 0 ? ["POST", "/customers/1/orders"] : ["GET", "/orders/1"];
  return new Promise((resolve) => {
    let missing = "connection";
    const request = http.request(
      { host, port: 8080, method, path, agent: false, timeout: TIMEOUT_MS },
      (response) => {
        const { statusCode = 0 } = response;
        missing = "end of the answer";
        response.resume();
        response.once("error", ({ message }) => resolve(message));
        response.once("end", () => resolve(statusCode < 300 ? undefined : `status ${statusCode}`));
      },
    );
    request.once("socket", (socket) => socket.once("connect", () => (missing = "answer")));
    request.once("timeout", () => {
      const way = missing === "connection" ? ` (${wayOf(request.socket?.localPort)})` : "";
      request.destroy(new Error(`no ${missing} within ${TIMEOUT_MS / 1000} s${way}`));
    });
    request.once("error", ({ message }) => resolve(message));
    request.end();
  });
}

/** To which pod kube-proxy has sent a connection that nobody has answered, as the kernel has it. */
function wayOf(port: number | undefined): string {
  const args = ["-L", "-p", "tcp", "--orig-port-src", String(port)];
  const { stdout, error } = spawnSync("conntrack", args, { encoding: "utf8" });
  return error === undefined ? stdout.trim().replaceAll(/\s+/g, " ") : "where to: conntrack is not here";
}

/**
 * A Service keeps its address, and is asked for it once: on a busy machine eight lookups at once were not answered within ten seconds. Not
 * known is whether by the name server, or by the threads of the whole bench that look names up, two at a time.
 */
async function main({ host, workers }: Asked): Promise<void> {
  parentPort?.once("message", () => void (stopped = true));
  const { address } = await eventually(`address of ${host}`, () => lookup(host));
  await Promise.all(Array.from({ length: workers }, (_, index) => work(address, index)));
}

main(workerData as Asked).catch((error: unknown) =>
  parentPort?.postMessage({ at: Date.now(), message: errorMessage(error) } satisfies Failure),
);

import http from "node:http";
import { eventually, sleep } from "../support/wait";
import type { Measurements } from "./scenario";

const PAUSE_MS = 50;
const TIMEOUT_MS = 10_000;
/** Without a failed request, after which nobody expects another one. */
const CALM_MS = 5_000;

/** A request that was not answered as it should be. */
export interface Failure {
  readonly at: number;
  readonly message: string;
}

export interface CustomersOptions {
  /** @default "shop" */
  readonly namespace?: string;
  /** @default "storefront" */
  readonly service?: string;
  /**
   * How many ask at a time.
   * @default 4
   */
  readonly workers?: number;
}

/**
 * Customers of examples/orders through its Service, each request by a connection of its own: kube-proxy chooses
 * the pod, and nothing asks twice.
 */
export class CustomersLoad {
  readonly failures: Failure[] = [];
  private answered = 0;
  private stopped = false;
  private readonly host: string;
  private readonly workers: Promise<void>[];

  constructor({ namespace = "shop", service = "storefront", workers = 4 }: CustomersOptions = {}) {
    this.host = `${service}.${namespace}.svc`;
    this.workers = Array.from({ length: workers }, (_, index) => this.work(index));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.workers);
  }

  /** Requests, the failed ones among them, and how they failed. */
  summary(): string {
    const counts = new Map<string, number>();
    for (const { message } of this.failures) counts.set(message, (counts.get(message) ?? 0) + 1);
    const how = [...counts].map(([message, count]) => `${count} × ${message}`).join("; ");
    return `${this.answered + this.failures.length}, ${this.failures.length}${how && ` (${how})`}`;
  }

  private async work(index: number): Promise<void> {
    while (!this.stopped) {
      const message = await this.ask(index);
      if (message === undefined) this.answered += 1;
      else this.failures.push({ at: Date.now(), message });
      await sleep(PAUSE_MS);
    }
  }

  /** What went wrong. */
  private ask(index: number): Promise<string | undefined> {
    const [method, path] = index === 0 ? ["POST", "/customers/1/orders"] : ["GET", "/orders/1"];
    return new Promise((resolve) => {
      const request = http.request(
        { host: this.host, port: 8080, method, path, agent: false, timeout: TIMEOUT_MS },
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
}

/** Does something while customers ask; how many requests have failed. */
export async function underCustomers(
  measurements: Measurements,
  what: string,
  action: (load: CustomersLoad) => Promise<unknown>,
): Promise<number> {
  const load = new CustomersLoad();
  try {
    await action(load);
  } finally {
    await load.stop();
    measurements.note(`${what}: requests, failed`, load.summary());
    const [first, last] = [load.failures[0], load.failures.at(-1)];
    if (first && last) measurements.add(`${what}: first failure to last`, (last.at - first.at) / 1000, "s");
  }
  return load.failures.length;
}

/** Waits until no request has failed for a while. */
export function calm(load: CustomersLoad): Promise<unknown> {
  const startedAt = Date.now();
  return eventually(
    "end of the failures",
    () => Date.now() - (load.failures.at(-1)?.at ?? startedAt) > CALM_MS,
    { timeoutMs: 120_000 },
  );
}

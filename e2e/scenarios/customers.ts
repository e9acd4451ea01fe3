import { once } from "node:events";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { eventually } from "../support/wait";
import type { Asked } from "./customers-thread";
import type { Measurements } from "./scenario";

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
 * the pod, and nothing asks twice. They have a thread of their own: a synth holds that of the bench up for seconds, and
 * what is not looked at meanwhile would count as not answered.
 */
export class CustomersLoad {
  readonly failures: Failure[] = [];
  private answered = 0;
  private readonly thread: Worker;
  private readonly ended: Promise<unknown>;

  constructor({ namespace = "shop", service = "storefront", workers = 4 }: CustomersOptions = {}) {
    const asked: Asked = { host: `${service}.${namespace}.svc`, workers };
    this.thread = new Worker(path.join(__dirname, "customers-thread.js"), { workerData: asked });
    this.thread.on("message", (failure: Failure | undefined) => {
      if (failure === undefined) this.answered += 1;
      else this.failures.push(failure);
    });
    this.ended = once(this.thread, "exit");
  }

  async stop(): Promise<void> {
    this.thread.postMessage("stop");
    await this.ended;
  }

  /** Requests, the failed ones among them, and how they failed. */
  summary(): string {
    const counts = new Map<string, number>();
    for (const { message } of this.failures) counts.set(message, (counts.get(message) ?? 0) + 1);
    const how = [...counts].map(([message, count]) => `${count} × ${message}`).join("; ");
    return `${this.answered + this.failures.length}, ${this.failures.length}${how && ` (${how})`}`;
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

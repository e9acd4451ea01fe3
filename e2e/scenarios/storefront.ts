import assert from "node:assert/strict";
import { databaseRoleName } from "../../lib/postgres";
import type { Bench } from "../bench";
import type { WatchedPod } from "../cluster/watched-pods";
import type { Language } from "../storefronts";
import { HttpJson } from "../support/http-json";
import { eventually, sleep } from "../support/wait";
import type { Measurements } from "./scenario";

/** Of each pod: twenty and more of all together. */
const ROTATIONS = 3;
const WORKERS_PER_POD = 4;

/** Customers of the orders of examples/ in one language: every pod is asked all the time, through its pool of leasehold. */
export class StorefrontLoad {
  private readonly failures: string[] = [];
  /** Rotations that each pod had before anybody asked it. */
  private readonly before: readonly number[];
  private readonly latencies: number[] = [];
  private stopped = false;
  private readonly workers: Promise<void>[];

  private constructor(
    private readonly language: Language,
    private readonly pods: readonly WatchedPod[],
  ) {
    this.before = pods.map((pod) => this.said(pod, IN_USE).length);
    this.workers = pods.flatMap((pod) =>
      Array.from({ length: WORKERS_PER_POD }, (_, index) => this.work(pod, index)),
    );
  }

  static async start(bench: Bench, language: Language): Promise<StorefrontLoad> {
    const pods = await bench.rolledOut("shop", language.service, language.replicas);
    return new StorefrontLoad(language, pods);
  }

  /** Goes on until there were enough rotations. */
  async finish(): Promise<void> {
    try {
      await eventually(
        `${ROTATIONS} rotations of each pod of ${this.language.service}`,
        () => this.rotations().every((count) => count >= ROTATIONS),
        { timeoutMs: 300_000, intervalMs: 500 },
      );
    } finally {
      this.stopped = true;
      await Promise.all(this.workers);
    }
  }

  measure(measurements: Measurements): void {
    const { name, replicas } = this.language;
    const rotations = this.rotations().reduce((sum, count) => sum + count, 0);
    const requests = this.latencies.length + this.failures.length;
    measurements.note(
      `${name}, ${replicas} pods: rotations, requests, failed`,
      `${rotations}, ${requests}, ${this.failures.length}`,
    );
    measurements.add(`${name}: latency of a request`, this.latencies, "ms");
    // A busy machine may need the whole overlap, so that this is no failure.
    const overstays = this.pods.flatMap((pod) =>
      this.said(pod, /connections of the old user are still in use$/),
    );
    measurements.note(
      `${name}: overlaps nearly over with an old connection in use`,
      String(overstays.length),
    );
  }

  /** That nobody has noticed: the same of each language. */
  async judge(bench: Bench): Promise<void> {
    const { service, replicas } = this.language;
    assert.deepEqual(this.failures, [], `a customer of ${service} has noticed a rotation`);
    for (const pod of this.pods) assert.equal(pod.container(service).restarts, 0);
    const leases = await bench.leases(databaseRoleName(service, "shop"));
    assert.ok(leases.length >= replicas, `a pod of ${service} has no lease`);
  }

  /** Of each pod, under the load. */
  private rotations(): number[] {
    return this.pods.map((pod, index) => this.said(pod, IN_USE).length - (this.before[index] ?? NaN));
  }

  /** What each example says in the same words. */
  private said(pod: WatchedPod, line: RegExp): string[] {
    const { log } = pod.container(this.language.service);
    return log.split("\n").filter((each) => line.test(each));
  }

  private async work(pod: WatchedPod, index: number): Promise<void> {
    const http = new HttpJson({ baseUrl: `http://${pod.address}:8080` });
    while (!this.stopped) {
      const startedAt = performance.now();
      const answer = await (
        index === 0 ? http.request("POST", "/customers/1/orders") : http.request("GET", "/orders/1")
      ).catch((error: Error) => ({ status: 0, body: error.message }));
      if (answer.status === 200 || answer.status === 201) this.latencies.push(performance.now() - startedAt);
      else this.failures.push(`${answer.status} ${JSON.stringify(answer.body)}`);
      await sleep(50);
    }
  }
}

/** When its pool has taken up a new user. */
const IN_USE = /database user \d+ is in use$/;

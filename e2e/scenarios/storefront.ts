import assert from "node:assert/strict";
import { databaseRoleName } from "../../lib/postgres";
import type { Bench } from "../bench";
import type { RunningPod } from "../pod-runner/running-pod";
import { HttpJson } from "../support/http-json";
import { eventually, sleep } from "../support/wait";
import type { Measurements } from "./scenario";

const REPLICAS = 6;
/** Of all pods together. */
const ROTATIONS = 20;
const WORKERS_PER_POD = 4;

/** Customers of examples/orders: every pod is asked all the time, through its pool of @leasehold/pg. */
export class StorefrontLoad {
  private readonly failures: string[] = [];
  /** Rotations that the pods had before anybody asked them. */
  private readonly before: number;
  private readonly latencies: number[] = [];
  private stopped = false;
  private readonly workers: Promise<void>[];

  private constructor(private readonly pods: readonly RunningPod[]) {
    this.before = pods.flatMap(rotations).length;
    this.workers = pods.flatMap((pod) =>
      Array.from({ length: WORKERS_PER_POD }, (_, index) => this.work(pod, index)),
    );
  }

  static async start(bench: Bench): Promise<StorefrontLoad> {
    return new StorefrontLoad(await bench.rolledOut("shop", "storefront", REPLICAS));
  }

  /** Goes on until there were enough rotations, then checks that nobody has noticed. */
  async finish(bench: Bench, measurements: Measurements): Promise<void> {
    try {
      await eventually(`${ROTATIONS} rotations of the storefront`, () => this.rotations() >= ROTATIONS, {
        timeoutMs: 300_000,
        intervalMs: 500,
      });
    } finally {
      this.stopped = true;
      await Promise.all(this.workers);
    }
    measurements.note("rotations under the example's pool", String(this.rotations()));
    measurements.note(
      "requests to the example, failed",
      `${this.latencies.length + this.failures.length}, ${this.failures.length}`,
    );
    measurements.add("latency of a request", this.latencies, "ms");
    assert.deepEqual(this.failures, [], "a customer has noticed a rotation");
    for (const pod of this.pods) assert.equal(pod.container("storefront").restarts, 0);
    const role = databaseRoleName("storefront", "shop");
    assert.equal((await bench.leases(role)).length >= REPLICAS, true, "a pod has no lease");
  }

  /** Under the load. */
  private rotations(): number {
    return this.pods.flatMap(rotations).length - this.before;
  }

  private async work(pod: RunningPod, index: number): Promise<void> {
    const http = new HttpJson({ baseUrl: `http://${pod.address.podIP}:8080` });
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

/** What the example says when its pool has taken up a new user. */
function rotations(pod: RunningPod): string[] {
  return pod
    .container("storefront")
    .log.split("\n")
    .filter((line) => line.endsWith("is in use"));
}

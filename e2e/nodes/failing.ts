import assert from "node:assert/strict";
import type { Measurements } from "../scenarios/scenario";
import { sleep } from "../support/wait";
import type { NodesBench } from "./bench";
import { BORNE, LIFE_SECONDS } from "./environment";
import { calm, CustomersLoad } from "../scenarios/customers";

/** How long customers go on after what none of them may notice. */
const AFTERWARDS_MS = 3_000;
const ATTEMPT_MS = 2_000;
const PROBE_MS = 300;

/** Which requests of customers may fail while something happens. */
export type Tolerated =
  | "none"
  | "while no pod is ready"
  /** Vault may be away for longer than pods go on without it, of which those bear less that are about to rotate. */
  | "beyond what a pod survives"
  /** Those that were with what is gone, and those that are sent there until the cluster has noticed. */
  | "with what is gone";

/** Does something while customers ask, and counts whom it has hit, and how long nobody got a new credential. */
export async function underLoad(
  bench: NodesBench,
  measurements: Measurements,
  what: string,
  tolerated: Tolerated,
  action: () => Promise<unknown>,
): Promise<void> {
  const users = await bench.users("storefront");
  const startedAt = Date.now();
  const load = new CustomersLoad();
  const probe = new CredentialProbe(bench);
  try {
    await action();
    // What some may notice ends with itself, and not in what comes next: an agent whose login was refused tries again after seconds.
    await (tolerated === "none" ? sleep(AFTERWARDS_MS) : calm(load));
  } finally {
    await Promise.all([load.stop(), probe.stop()]);
    measurements.note(`${what}: requests, failed`, load.summary());
    measurements.add(`${what}: longest wait for a credential`, probe.longestWait, "s");
  }
  const isRotated = users.some((user) => endOf(user) >= startedAt && endOf(user) <= Date.now());
  const survived = probe.longestWait <= (isRotated ? BORNE.whenever : BORNE.betweenRotations);
  if (tolerated === "none" || (tolerated === "beyond what a pod survives" && survived))
    assert.deepEqual(
      load.failures.slice(0, 5).map(({ at, message }) => `${new Date(at).toISOString()} ${message}`),
      [],
      `${load.failures.length} customers have noticed: ${what}`,
    );
}

/** When the last lease of a user ends, in milliseconds: its name tells when it was created. */
function endOf(user: string): number {
  return (Number(/\d+$/.exec(user)?.[0]) + LIFE_SECONDS) * 1000;
}

/** Somebody who asks Vault for one credential after the other, and gives each back. */
class CredentialProbe {
  /** Seconds between two credentials, at the worst. */
  longestWait = 0;
  private last = Date.now();
  private stopped = false;
  private readonly working: Promise<void>;

  constructor(private readonly bench: NodesBench) {
    this.working = this.work();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.working;
    this.saw(Date.now());
  }

  private async work(): Promise<void> {
    while (!this.stopped) {
      if (await this.issues()) this.saw(Date.now());
      await sleep(PROBE_MS);
    }
  }

  private saw(at: number): void {
    this.longestWait = Math.max(this.longestWait, (at - this.last) / 1000);
    this.last = at;
  }

  private async issues(): Promise<boolean> {
    // A connection to a server that is gone would say nothing for long.
    const vault = this.bench.vault();
    try {
      const { lease_id } = await Promise.race([
        vault.read("database/creds/storefront-shop"),
        sleep(ATTEMPT_MS).then(() => Promise.reject(new Error("no answer"))),
      ]);
      await vault.write("sys/leases/revoke", { lease_id });
      return true;
    } catch {
      return false;
    } finally {
      vault.close();
    }
  }
}

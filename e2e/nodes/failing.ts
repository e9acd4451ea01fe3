import assert from "node:assert/strict";
import type { Measurements } from "../scenarios/scenario";
import { eventually, sleep } from "../support/wait";
import type { NodesBench } from "./bench";
import { NodesLoad } from "./load";

/** How long customers go on after what happened to them. */
const AFTERWARDS_MS = 3_000;
const ATTEMPT_MS = 2_000;

/** What may fail of the requests of all customers while something happens. */
export type Tolerated = "none" | "while no pod is ready";

/** Does something while customers ask, and counts whom it has hit. */
export async function underLoad(
  measurements: Measurements,
  what: string,
  tolerated: Tolerated,
  action: () => Promise<unknown>,
): Promise<void> {
  const load = new NodesLoad();
  try {
    await action();
    await sleep(AFTERWARDS_MS);
  } finally {
    await load.stop();
    measurements.note(`${what}: requests, failed`, load.summary());
  }
  if (tolerated === "none")
    assert.deepEqual(
      load.failures.slice(0, 5).map(({ at, message }) => `${new Date(at).toISOString()} ${message}`),
      [],
      `${load.failures.length} customers have noticed: ${what}`,
    );
}

/** Seconds until Vault issues a credential again; it is given back at once. */
export async function nextCredential(bench: NodesBench): Promise<number> {
  const startedAt = Date.now();
  await eventually(
    "credential",
    async () => {
      // A connection to a server that is gone would say nothing for long.
      const vault = bench.vault();
      const { lease_id } = await Promise.race([
        vault.read("database/creds/orders-shop"),
        sleep(ATTEMPT_MS).then(() => Promise.reject(new Error(`no answer within ${ATTEMPT_MS / 1000} s`))),
      ]).finally(() => vault.close());
      await bench.vault().write("sys/leases/revoke", { lease_id, sync: true });
      return true;
    },
    { timeoutMs: 120_000, intervalMs: 200 },
  );
  return (Date.now() - startedAt) / 1000;
}

import assert from "node:assert/strict";
import { namesOf } from "../cluster/watched-pods";
import { sleep } from "../support/wait";
import { livingUsers, recovery } from "./recovery";
import type { Scenario } from "./scenario";

/** A renewal is due every 14 to 15 s, and a lease that misses it ends within its 20 s. */
const SEALED_SECONDS = 25;

const SERVICES = [
  ["shop", "orders"],
  ["billing", "billing"],
  ["archive", "archivist"],
] as const;

/** Longer than the outage that is tolerated without a trace: credentials end, and come back by themselves. */
export const vaultSealed: Scenario = {
  name: "sealed",
  title: "Vault is sealed for longer than a lease: every user of before goes, and pods recover by themselves",
  async run(bench, measurements) {
    const { vault } = bench;
    const pods = await bench.rolledOut("shop", "orders", 3);
    for (const [namespace, service] of SERVICES) await livingUsers(bench, namespace, service);
    const before = await bench.users();
    await vault.seal();
    await sleep(SEALED_SECONDS * 1000);
    await vault.unseal();
    measurements.add("Vault sealed", SEALED_SECONDS, "s");
    const seconds = await Promise.all(
      SERVICES.map(([namespace, service]) => recovery(bench, namespace, service, before)),
    );
    measurements.add("unsealed to every pod on a new user, and none of before left", seconds, "s");
    assert.deepEqual(namesOf(bench.pods("shop", "orders")), namesOf(pods), "a pod was replaced");
    assert.ok(
      pods.every((pod) => pod.container("orders").restarts === 0),
      "an application was restarted",
    );
  },
};

import assert from "node:assert/strict";
import { sleep } from "../support/wait";
import { recovery } from "./recovery";
import type { Scenario } from "./scenario";

/** A renewal is due every 14 to 15 s. */
const SEALED_SECONDS = 25;

/** Longer than the outage that is tolerated without a trace: credentials end, and come back by themselves. */
export const vaultSealed: Scenario = {
  name: "sealed",
  title:
    "Vault is sealed for longer than a renewal interval: pods recover by themselves, no user is left over",
  async run(bench, measurements) {
    const { vault } = bench.servers;
    const pods = await bench.rolledOut("shop", "orders", 3);
    await vault.seal();
    await sleep(SEALED_SECONDS * 1000);
    await vault.unseal();
    measurements.add("Vault sealed", SEALED_SECONDS, "s");
    measurements.add(
      "unsealed to every pod on a living user, and no other left",
      await recovery(bench, "shop", "orders"),
      "s",
    );
    assert.deepEqual(bench.pods("shop", "orders"), pods, "a pod was replaced");
    assert.ok(
      pods.every((pod) => pod.container("orders").restarts === 0),
      "an application was restarted",
    );
    await Promise.all([recovery(bench, "billing", "billing"), recovery(bench, "archive", "archivist")]);
  },
};

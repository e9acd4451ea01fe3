import assert from "node:assert/strict";
import { containerProcesses, podsOf, readyPods } from "../../cluster/pods";
import { findBinary } from "../../doctor/binaries";
import { calm, underCustomers } from "../../scenarios/customers";
import type { Scenario } from "../../scenarios/scenario";
import { setClocks } from "../../support/clock";
import { eventually } from "../../support/wait";
import type { NodesBench } from "../bench";
import { needsOwnCluster } from "../existing-cluster";
import { runbookCommand } from "../runbook";
import { userOf } from "../user-of-pod";
import { activeServer, CHANGE, INSTALL, servers } from "../vault-servers";

const AHEAD_SECONDS = 300;

/**
 * Vault's servers do not agree on the time, and another one becomes the active one: it reads until when a lease goes off
 * the storage, as the one before has written it, and ends at once what is over by its own clock.
 */
export const nodesClocks: Scenario<NodesBench> = {
  name: "nodes-clocks",
  title: "the server that is elected is five minutes ahead of the one before, and of all pods",
  needs: () =>
    needsOwnCluster() ?? (findBinary("watchmaker") === undefined ? "watchmaker is missing" : undefined),
  async run(bench, measurements) {
    await readyPods(bench, "storefront", 3);
    const active = await activeServer(bench);
    const standbys = (await servers(bench)).filter(({ metadata }) => metadata.name !== active.metadata.name);
    const processes = (
      await Promise.all(standbys.map((pod) => containerProcesses(bench, pod, "vault")))
    ).flat();
    assert.ok(processes.length >= standbys.length, "the servers have no processes");
    try {
      await setClocks(processes, AHEAD_SECONDS);
      const before = await bench.users("storefront");
      await underCustomers(measurements, "a server 5 min ahead elected", async (load) => {
        await elected(bench);
        await otherUsers(bench, before);
        await calm(load);
      });
      const back = await underCustomers(measurements, "its clock set right", async (load) => {
        await setClocks(processes, 0);
        await calm(load);
      });
      assert.equal(back, 0, "a customer has noticed that the clock was set right");
    } finally {
      await setClocks(processes, 0);
    }
  },
};

/** By the page, as before a server is replaced. */
async function elected(bench: NodesBench): Promise<void> {
  await bench.operator(runbookCommand(INSTALL, CHANGE, "vault operator step-down"));
  await eventually(
    "active server that is ahead",
    async () => {
      const vault = bench.vault();
      const time = await vault.time().finally(() => vault.close());
      return time - Date.now() / 1000 > AHEAD_SECONDS / 2;
    },
    { timeoutMs: 60_000, intervalMs: 500 },
  );
}

/** What the server before has leased is over for the one that is ahead. A pod that rotated had two users. */
async function otherUsers(bench: NodesBench, before: readonly string[]): Promise<void> {
  await eventually(
    "another user of each pod",
    async () => {
      const named = (await podsOf(bench, "storefront")).map((pod) => userOf(bench, pod));
      const known = await bench.users("storefront");
      return named.every((user) => known.includes(user) && !before.includes(user));
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
}

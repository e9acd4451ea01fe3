import assert from "node:assert/strict";
import type { Scenario } from "../../scenarios/scenario";
import { STACKS, type NodesBench } from "../bench";
import { needsOwnCluster } from "../existing-cluster";
import { underLoad } from "../failing";
import { readyPods, type Pod } from "../../cluster/pods";
import { runbookCommand } from "../runbook";
import { activeServer, CHANGE, INSTALL, killActive, replaceServer, servers } from "../vault-servers";

/** Vault's servers go, one after the other, while the example answers requests. */
export const nodesVaultFails: Scenario<NodesBench> = {
  name: "nodes-vault-fails",
  title:
    "the active server is killed: pods bear as much of that as their contract says; all are replaced by the runbook, and no request of a customer fails",
  needs: needsOwnCluster,
  async run(bench, measurements) {
    await readyPods(bench, "storefront", 3);
    await underLoad(bench, measurements, "active server killed", "beyond what a pod survives", () =>
      killActive(bench),
    );
    await underLoad(bench, measurements, "all servers replaced", "none", () => replaceAll(bench));
  },
};

/** A change of the literal that needs other pods, and then what the page says. */
async function replaceAll(bench: NodesBench): Promise<void> {
  const { environment, terraform } = bench;
  assert.ok(environment.vault.mode === "ha");
  const vault = { ...environment.vault, resources: { memoryLimit: "1280Mi" } };
  const before = await servers(bench);
  await terraform.synthesize({ ...environment, vault });
  await terraform.apply(STACKS.vault);
  assert.deepEqual(
    uids(await servers(bench)),
    uids(before),
    "a server was replaced before anybody asked for it",
  );
  const active = await activeServer(bench);
  const standbys = before
    .map(({ metadata }) => metadata.name)
    .filter((name) => name !== active.metadata.name);
  for (const name of standbys) await replaceServer(bench, name);
  await bench.operator(runbookCommand(INSTALL, CHANGE, "vault operator step-down"));
  await replaceServer(bench, active.metadata.name);
  const after = await servers(bench);
  assert.deepEqual(
    after.filter(({ metadata }) => uids(before).includes(metadata.uid)),
    [],
    "a server was not replaced",
  );
  await terraform.assertNothingToDo(STACKS.vault);
}

function uids(pods: readonly Pod[]): string[] {
  return pods.map(({ metadata }) => metadata.uid).sort();
}

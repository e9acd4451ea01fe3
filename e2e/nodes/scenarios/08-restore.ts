import assert from "node:assert/strict";
import path from "node:path";
import type { Scenario } from "../../scenarios/scenario";
import { eventually } from "../../support/wait";
import { STACKS, type NodesBench } from "../bench";
import { needsOwnCluster } from "../existing-cluster";
import { underLoad } from "../failing";
import { readyPods } from "../../cluster/pods";
import { runbookCommand } from "../runbook";
import { allUnsealed, initialise, servers, threeVoters, unseal } from "../vault-servers";
import { createVolumesOf, loseVolumesOf } from "../volumes";

/** All disks of Vault are lost, and what it knew comes back from a snapshot, by the page. */
export const nodesRestore: Scenario<NodesBench> = {
  name: "nodes-restore",
  title: "all of Vault's disks are lost: a snapshot is restored onto fresh servers by the runbook",
  needs: needsOwnCluster,
  async run(bench, measurements) {
    await readyPods(bench, "storefront", 3);
    const command = (section: string, start: string) =>
      runbookCommand("restore.md", section, start).replace(
        "backup.snap",
        path.join(bench.directory, "backup.snap"),
      );
    await bench.operator(command("Before", "vault operator raft snapshot save"));
    const before = bench.keys;
    await underLoad(
      bench,
      measurements,
      "Vault restored from a snapshot",
      "while no pod is ready",
      async () => {
        await loseDisks(bench);
        await initialise(bench);
        await threeVoters(bench);
        assert.notDeepEqual(bench.keys, before, "the servers are not fresh ones");
        await bench.operator(command("Onto fresh servers", "vault operator raft snapshot restore"));
        // The keys and tokens are those of the snapshot again.
        bench.keys = before;
        await unseal(bench);
        await allUnsealed(bench);
        await threeVoters(bench);
      },
    );
    await bench.kubectl("-n", "shop", "rollout", "restart", "deploy/storefront", "deploy/orders");
    for (const name of ["storefront", "orders"]) {
      await bench.kubectl("-n", "shop", "rollout", "status", `deploy/${name}`, "--timeout=120s");
      await readyPods(bench, name, 3);
    }
    for (const stack of [STACKS.platform, STACKS.services])
      await bench.terraform.assertNothingToDo(stack, `${stack} is not what the snapshot knew`);
    await eventually("one user of each pod", async () => (await bench.users("orders")).length === 3, {
      timeoutMs: 90_000,
    });
  },
};

async function loseDisks(bench: NodesBench): Promise<void> {
  await bench.kubectl("-n", "vault", "scale", "statefulset", "vault", "--replicas=0");
  await eventually("end of all servers", async () => (await servers(bench)).length === 0, {
    timeoutMs: 60_000,
  });
  await bench.kubectl("-n", "vault", "delete", "persistentvolumeclaims", "--all", "--timeout=60s");
  for (const { name } of bench.ownCluster.nodes) {
    await loseVolumesOf(bench.ownCluster, name);
    await createVolumesOf(bench.ownCluster, name);
  }
  await bench.kubectl("-n", "vault", "scale", "statefulset", "vault", "--replicas=3");
}

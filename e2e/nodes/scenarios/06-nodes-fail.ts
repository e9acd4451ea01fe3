import assert from "node:assert/strict";
import type { Scenario } from "../../scenarios/scenario";
import type { VaultClient } from "../../servers/vault-client";
import { runOrThrow } from "../../support/run";
import { eventually, sleep } from "../../support/wait";
import type { NodesBench } from "../bench";
import { needsOwnCluster } from "../existing-cluster";
import { underLoad } from "../failing";
import { execIn, podsOf, readyPods, type Pod } from "../../cluster/pods";
import { runbookCommand } from "../runbook";
import { activeServer, allUnsealed, servers, threeVoters, unseal } from "../vault-servers";
import { createVolumesOf, loseVolumesOf } from "../volumes";

const CUT_MS = 20_000;

/** What is below Vault's servers goes, or is cut off, while the example answers requests. */
export const nodesFail: Scenario<NodesBench> = {
  name: "nodes-fail",
  title:
    "the active server's node is drained, its network is cut, its disk is full, and a node is gone for good",
  needs: needsOwnCluster,
  async run(bench, measurements) {
    await readyPods(bench, "storefront", 3);
    await underLoad(bench, measurements, "active server's node drained", "none", () => drain(bench));
    await underLoad(bench, measurements, "active server cut off for 20 s", "beyond what a pod survives", () =>
      cutOff(bench),
    );
    await underLoad(bench, measurements, "active server's disk full", "beyond what a pod survives", () =>
      diskFull(bench),
    );
    await underLoad(bench, measurements, "node gone for good", "with what is gone", () => gone(bench));
  },
};

async function drain(bench: NodesBench): Promise<void> {
  const node = nodeOf(await activeServer(bench));
  await bench.kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=100s");
  await bench.kubectl("uncordon", node);
  await unseal(bench);
  await allUnsealed(bench);
  await threeVoters(bench);
  await readyPods(bench, "storefront", 3);
}

/** Between the active server and the other two no packet arrives; afterwards nobody has to do anything, whoever leads. */
async function cutOff(bench: NodesBench): Promise<void> {
  const active = await activeServer(bench);
  const others = (await servers(bench)).filter(({ metadata }) => metadata.name !== active.metadata.name);
  const links = others.flatMap(({ status }) => [
    ["-s", String(active.status.podIP), "-d", String(status.podIP)],
    ["-s", String(status.podIP), "-d", String(active.status.podIP)],
  ]);
  const drop = async (what: "-I" | "-D") => {
    for (const link of links) await runOrThrow("iptables", [what, "FORWARD", ...link, "-j", "DROP"]);
  };
  await drop("-I");
  await sleep(CUT_MS);
  await drop("-D");
  await allUnsealed(bench);
  await threeVoters(bench);
}

/** The machine loses its power and its disks, an operator does what the page says, and another machine takes its place. */
async function gone(bench: NodesBench): Promise<void> {
  const active = await activeServer(bench);
  const serving = (await podsOf(bench, "storefront")).map(({ spec }) => spec.nodeName);
  const lost = (await servers(bench)).find(
    ({ metadata, spec }) => metadata.name !== active.metadata.name && serving.includes(spec.nodeName),
  );
  assert.ok(lost, "no server beside a pod that customers are sent to");
  const name = lost.metadata.name;
  const node = bench.ownCluster.nodes.find((each) => each.name === lost.spec.nodeName);
  assert.ok(node);
  const page = (start: string) =>
    runbookCommand("outages.md", "A node is gone for good", start)
      .replaceAll("vault-2", name)
      .replaceAll("node-3", node.name);
  await node.kubelet.stop();
  try {
    await node.containerd.killAll();
    await bench.operator(page("kubectl delete node"));
    await bench.operator(page("vault operator raft remove-peer"));
    await bench.operator(page("kubectl -n vault delete pvc"));
    await bench.operator(page("kubectl -n vault delete pod"));
    await loseVolumesOf(bench.ownCluster, node.name);
    await createVolumesOf(bench.ownCluster, node.name);
  } finally {
    node.kubelet.start();
  }
  await eventually(
    `another ${name}`,
    async () => {
      const found = (await servers(bench)).find(({ metadata }) => metadata.name === name);
      return found?.metadata.uid !== lost.metadata.uid && found?.status.phase === "Running";
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
  await unseal(bench);
  await allUnsealed(bench);
  await threeVoters(bench);
  await readyPods(bench, "storefront", 3);
  await readyPods(bench, "orders", 3);
}

/**
 * What can still be written goes into pages that are there, and there may be many of them; Vault has to ask for others before it
 * notices. Then it ends, or stays as one that takes nothing any more: by which of its files is the first to grow.
 */
async function diskFull(bench: NodesBench): Promise<void> {
  const active = await activeServer(bench);
  const { name } = active.metadata;
  const full = "/vault/data/full";
  const filled = await execIn(bench, active, "vault", ["dd", "if=/dev/zero", `of=${full}`, "bs=1M"]);
  assert.match(filled.stderr, /No space left/);
  const vault = bench.vault();
  const written = await policiesUntil(vault, async () => {
    // The one whose disk is full may keep the label for a while.
    const active = await servers(bench, "vault-active=true");
    return active.some(({ metadata }) => metadata.name !== name);
  });
  const page = (start: string) =>
    runbookCommand("outages.md", "The disk of a server of Vault is full", start).replaceAll("vault-0", name);
  const logged = await bench
    .operator(page("kubectl -n vault logs vault-0 -c vault --previous"))
    .catch(() => bench.operator(page("kubectl -n vault logs vault-0 -c vault --tail")));
  assert.match(logged, /no space left on device/);
  assert.match(await bench.operator(page("kubectl -n vault exec")), /100%/);
  await execIn(bench, active, "vault", ["rm", full]);
  await unseal(bench);
  await allUnsealed(bench);
  await threeVoters(bench);
  for (const policy of written) await vault.delete(policy);
  vault.close();
}

/** Large ones, one after the other, until another server has to take them; all that may have been taken. */
async function policiesUntil(vault: VaultClient, isAnother: () => Promise<boolean>): Promise<string[]> {
  const policy = `# ${"x".repeat(700_000)}`;
  const written: string[] = [];
  await eventually(
    "another active server",
    async () => {
      if (await isAnother()) return true;
      // More than the disk has.
      assert.ok(written.length < 200, "the disk was never full");
      written.push(`sys/policies/acl/filler-${written.length}`);
      await vault.write(written.at(-1) ?? "", { policy });
      return false;
    },
    { timeoutMs: 180_000 },
  );
  return written;
}

function nodeOf({ spec }: Pod): string {
  assert.ok(spec.nodeName);
  return spec.nodeName;
}

import assert from "node:assert/strict";
import type { Measurements, Scenario } from "../../scenarios/scenario";
import { podsPath } from "../../support/kubernetes-paths";
import { eventually } from "../../support/wait";
import { STACKS, type NodesBench } from "../bench";
import { nextCredential, underLoad } from "../failing";
import { killContainer, readyPods, type Pod } from "../pods";
import { runbookCommand } from "../runbook";
import { unseal } from "../unseal";

const INSTALL = "install-vault.md";
const CHANGE = "5. Changing Vault later";

/** Vault's servers go, one after the other, while the example answers requests. */
export const nodesVaultFails: Scenario<NodesBench> = {
  name: "nodes-vault-fails",
  title: "the active server is killed, then all are replaced by the runbook: no request of a customer fails",
  async run(bench, measurements) {
    await readyPods(bench, "storefront", 3);
    await underLoad(measurements, "active server killed", "none", () => killActive(bench, measurements));
    await underLoad(measurements, "all servers replaced", "none", () => replaceAll(bench, measurements));
  },
};

async function killActive(bench: NodesBench, measurements: Measurements): Promise<void> {
  const [active] = await servers(bench, "vault-active=true");
  assert.ok(active, "no server is active");
  await killContainer(bench, active, "vault");
  measurements.add("active server killed: until the next credential", await nextCredential(bench), "s");
  await unseal(bench);
  await allUnsealed(bench);
}

/** A change of the literal that needs other pods, and then what the page says. */
async function replaceAll(bench: NodesBench, measurements: Measurements): Promise<void> {
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
  const [active] = await servers(bench, "vault-active=true");
  const standbys = before
    .map(({ metadata }) => metadata.name)
    .filter((name) => name !== active?.metadata.name);
  for (const name of standbys) await replace(bench, name);
  await bench.operator(runbookCommand(INSTALL, CHANGE, "vault operator step-down"));
  measurements.add("step-down: until the next credential", await nextCredential(bench), "s");
  await replace(bench, active?.metadata.name ?? "");
  const after = await servers(bench);
  assert.deepEqual(
    after.filter(({ metadata }) => uids(before).includes(metadata.uid)),
    [],
    "a server was not replaced",
  );
  await terraform.assertNothingToDo(STACKS.vault);
}

async function replace(bench: NodesBench, name: string): Promise<void> {
  const command = runbookCommand(INSTALL, CHANGE, "kubectl -n vault delete pod vault-1");
  await bench.operator(command.replace("vault-1", name));
  await unseal(bench);
  await allUnsealed(bench);
}

/** As the chart's own probe sees it. */
async function allUnsealed(bench: NodesBench): Promise<void> {
  await eventually(
    "three unsealed servers",
    async () => (await servers(bench, "vault-sealed=false,vault-initialized=true")).length === 3,
    { timeoutMs: 120_000, intervalMs: 500 },
  );
}

function servers(bench: NodesBench, labels = ""): Promise<Pod[]> {
  const selector = encodeURIComponent(["component=server", labels].filter(Boolean).join(","));
  return bench.cluster.apiServer.client.list<Pod>(`${podsPath("vault")}?labelSelector=${selector}`);
}

function uids(pods: readonly Pod[]): string[] {
  return pods.map(({ metadata }) => metadata.uid).sort();
}

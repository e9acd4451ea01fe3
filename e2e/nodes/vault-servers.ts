import assert from "node:assert/strict";
import { podsPath } from "../support/kubernetes-paths";
import { eventually } from "../support/wait";
import type { NodesBench } from "./bench";
import { killContainer, type Pod } from "../cluster/pods";
import { runbookCommand } from "./runbook";

/** The page, and its section on servers that are replaced. */
export const INSTALL = "install-vault.md";
export const CHANGE = "5. Changing Vault later";

const SERVERS = 3;
const QUORUM = 3;

/** By the page, which asks for a key as many times as there are servers and keys to a quorum. */
export async function unseal(bench: NodesBench): Promise<void> {
  const quorum = bench.keys.unseal.slice(0, QUORUM);
  await bench.operator(
    runbookCommand("unseal.md", "", "for pod in"),
    Array.from({ length: SERVERS }, () => quorum)
      .flat()
      .map((text) => ({ prompt: "Unseal Key (will be hidden)", text })),
  );
}

/** As the chart's own probe sees it. */
export async function allUnsealed(bench: NodesBench): Promise<void> {
  await eventually(
    "three unsealed servers",
    async () => (await servers(bench, "vault-sealed=false,vault-initialized=true")).length === SERVERS,
    { timeoutMs: 120_000, intervalMs: 500 },
  );
}

/** By the page: one leader and two followers, all of them voters. */
export async function threeVoters(bench: NodesBench): Promise<void> {
  await eventually(
    "leader and two followers, all of them voters",
    async () => {
      const peers = await bench.operator(
        runbookCommand(INSTALL, "3. Initialise, once", "vault operator raft list-peers"),
      );
      const count = (pattern: RegExp) => [...peers.matchAll(pattern)].length;
      return count(/ leader +true/g) === 1 && count(/ follower +true/g) === SERVERS - 1;
    },
    { timeoutMs: 90_000, intervalMs: 1_000 },
  );
}

export function servers(bench: NodesBench, labels = ""): Promise<Pod[]> {
  const selector = encodeURIComponent(["component=server", labels].filter(Boolean).join(","));
  return bench.cluster.apiServer.client.list<Pod>(`${podsPath("vault")}?labelSelector=${selector}`);
}

export async function activeServer(bench: NodesBench): Promise<Pod> {
  return eventually("active server", async () => (await servers(bench, "vault-active=true"))[0]);
}

/** SIGKILL, after which the kubelet starts it again and somebody unseals it. */
export async function killActive(bench: NodesBench): Promise<void> {
  await killContainer(bench, await activeServer(bench), "vault");
  await unseal(bench);
  await allUnsealed(bench);
}

/** By the page: its pod is deleted, and the one that comes in its place is unsealed. */
export async function replaceServer(bench: NodesBench, name: string): Promise<void> {
  const command = runbookCommand(INSTALL, CHANGE, "kubectl -n vault delete pod vault-1");
  await bench.operator(command.replace("vault-1", name));
  await unseal(bench);
  await allUnsealed(bench);
}

/** By the pages, on servers that run and are not initialised: what they print is all that is known of the keys. */
export async function initialise(bench: NodesBench): Promise<void> {
  await eventually(
    "three running servers",
    async () => (await servers(bench)).filter(({ status }) => status.phase === "Running").length === SERVERS,
    { timeoutMs: 120_000, intervalMs: 500 },
  );
  const printed = await bench.operator(
    runbookCommand(
      INSTALL,
      "3. Initialise, once",
      "kubectl -n vault exec -ti vault-0 -- vault operator init",
    ),
  );
  const keys = [...printed.matchAll(/^Unseal Key \d: (\S+)/gm)].map(([, key = ""]) => key);
  const rootToken = /^Initial Root Token: (\S+)/m.exec(printed)?.[1] ?? "";
  assert.equal(keys.length, 5, `no keys in: ${printed}`);
  bench.keys = { unseal: keys, rootToken };
  await unseal(bench);
}

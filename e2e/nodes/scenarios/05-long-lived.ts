import assert from "node:assert/strict";
import type { Measurements, Scenario } from "../../scenarios/scenario";
import { eventually } from "../../support/wait";
import type { NodesBench } from "../bench";
import { needsOwnCluster } from "../existing-cluster";
import { tokenIssuedAt } from "../../cluster/pod-token";
import { AGENT, execIn, killContainer, podsOf, readyPods, statusOf } from "../../cluster/pods";

const CONTRACT = "/etc/leasehold/contract.json";
/** The kubelet asks for another token when four fifths of its ten minutes are over, and looks each minute or so. */
const RENEWED_MS = 600_000;
/** The kubelet hears of a change of a ConfigMap at once, and writes it when it next looks at the pod. */
const ARRIVED_MS = 150_000;

/** What changes below a pod that stays. */
export const nodesLongLived: Scenario<NodesBench> = {
  name: "nodes-long-lived",
  title:
    "the contract changes while pods run; a token of a pod is renewed, and an agent that starts again logs in with it",
  needs: needsOwnCluster,
  async run(bench, measurements) {
    await contractArrives(bench, measurements);
    await tokenIsRenewed(bench, measurements);
  },
};

async function contractArrives(bench: NodesBench, measurements: Measurements): Promise<void> {
  const pods = await readyPods(bench, "orders", 3);
  const path = "/api/v1/namespaces/shop/configmaps/orders-contract";
  const { client } = bench.cluster.apiServer;
  const { data } = await client.get<{ data: Record<string, string> }>(path);
  const before = data["contract.json"] ?? assert.fail("there is no contract");
  const after = `${before}\n`;
  const startedAt = Date.now();
  await client.patch(path, { data: { "contract.json": after } });
  for (const pod of pods)
    await eventually(
      `new contract in ${pod.metadata.name}`,
      async () => (await execIn(bench, pod, "orders", ["cat", CONTRACT])).stdout === after,
      { timeoutMs: ARRIVED_MS, intervalMs: 1_000 },
    );
  measurements.add("contract changed to contract in all pods", (Date.now() - startedAt) / 1000, "s");
  await client.patch(path, { data: { "contract.json": before } });
  for (const pod of await readyPods(bench, "orders", 3))
    assert.equal(statusOf(pod, "orders")?.restartCount, 0, "a pod was restarted");
}

async function tokenIsRenewed(bench: NodesBench, measurements: Measurements): Promise<void> {
  const [pod] = (await podsOf(bench, "orders")).sort(
    (one, other) => Date.parse(one.metadata.creationTimestamp) - Date.parse(other.metadata.creationTimestamp),
  );
  assert.ok(pod);
  const bornAt = Date.parse(pod.metadata.creationTimestamp);
  const renewedAt = await eventually(
    "renewed token",
    async () => {
      const issuedAt = await tokenIssuedAt(bench, pod);
      return issuedAt > bornAt + 60_000 && issuedAt;
    },
    { timeoutMs: RENEWED_MS, intervalMs: 5_000 },
  );
  measurements.add("pod created to its token renewed", (renewedAt - bornAt) / 1000, "s");
  const restarts = statusOf(pod, AGENT)?.restartCount ?? 0;
  const users = await bench.users("orders");
  await killContainer(bench, pod, AGENT);
  await eventually(
    "agent that has started again, and a user that was not there",
    async () => {
      const [now] = (await podsOf(bench, "orders")).filter(
        ({ metadata }) => metadata.uid === pod.metadata.uid,
      );
      const agent = now && statusOf(now, AGENT);
      const fresh = (await bench.users("orders")).filter((user) => !users.includes(user));
      return agent?.restartCount === restarts + 1 && agent.ready && fresh.length > 0;
    },
    { timeoutMs: 60_000 },
  );
}

import assert from "node:assert/strict";
import type { Measurements, Scenario } from "../../scenarios/scenario";
import { podsPath } from "../../support/kubernetes-paths";
import { eventually, sleep } from "../../support/wait";
import type { NodesBench } from "../bench";
import { underLoad } from "../failing";
import { AGENT, execIn, podsOf, readyPods, scale, statusOf, type Pod } from "../pods";

const REPLICAS = 3;
/** As many as two processors start in reasonable time. */
const MANY = 12;

/** Nodes, pods and containers go, while the example answers requests. */
export const nodesPodsFail: Scenario<NodesBench> = {
  name: "nodes-pods-fail",
  title: "restart, undo, eviction, a stopped kubelet, memory used up, an injector killed while pods start",
  async run(bench, measurements) {
    await readyPods(bench, "storefront", REPLICAS);
    await underLoad(measurements, "rolling restart", "none", () => rollingRestart(bench, measurements));
    await underLoad(measurements, "rollout and undo", "none", () => rolloutAndUndo(bench));
    await underLoad(measurements, "a pod evicted", "none", () => evict(bench));
    await underLoad(measurements, "agent out of memory", "none", () => agentOutOfMemory(bench));
    await underLoad(measurements, "kubelet stopped for 15 s", "none", () => stopKubelet(bench));
    await underLoad(measurements, "all pods deleted at once", "while no pod is ready", () =>
      herd(bench, measurements),
    );
    await injectorKilled(bench, measurements);
  },
};

async function rollingRestart(bench: NodesBench, measurements: Measurements): Promise<void> {
  const startedAt = Date.now();
  await rollout(bench, "restart");
  measurements.add("rolling restart of 3 pods", (Date.now() - startedAt) / 1000, "s");
}

async function rolloutAndUndo(bench: NodesBench): Promise<void> {
  await bench.kubectl("-n", "shop", "set", "env", "deploy/storefront", "RELEASE=2");
  await bench.kubectl("-n", "shop", "rollout", "status", "deploy/storefront");
  await rollout(bench, "undo");
}

/** A rollout from its command to its end: also the pods that go are gone. */
async function rollout(bench: NodesBench, command: "restart" | "undo"): Promise<void> {
  await bench.kubectl("-n", "shop", "rollout", command, "deploy/storefront");
  await bench.kubectl("-n", "shop", "rollout", "status", "deploy/storefront");
  await readyPods(bench, "storefront", REPLICAS);
}

async function evict(bench: NodesBench): Promise<void> {
  const [pod] = await podsOf(bench, "storefront");
  assert.ok(pod);
  const { name } = pod.metadata;
  await bench.cluster.apiServer.client.create(`${podsPath("shop", name)}/eviction`, {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name, namespace: "shop" },
  });
  await eventually("end of the evicted pod", async () =>
    (await podsOf(bench, "storefront")).every(({ metadata }) => metadata.uid !== pod.metadata.uid),
  );
  await readyPods(bench, "storefront", REPLICAS);
}

/** Takes memory inside of the agent's container until the kernel kills it; the agent that follows has a user of its own. */
async function agentOutOfMemory(bench: NodesBench): Promise<void> {
  const [pod] = await podsOf(bench, "storefront");
  assert.ok(pod);
  const takeAll = "x=$(tail -c 400m /dev/zero | tr '\\0' x); echo ${#x}";
  await execIn(bench, pod, AGENT, ["sh", "-c", takeAll]);
  await eventually("agent that was killed for its memory, and started again", async () => {
    const now = (await podsOf(bench, "storefront")).find(({ metadata }) => metadata.uid === pod.metadata.uid);
    const agent = now && statusOf(now, AGENT);
    return agent?.restartCount === 1 && agent.lastState.terminated?.reason === "OOMKilled";
  });
  await readyPods(bench, "storefront", REPLICAS);
}

/** Containers go on without it, and so do their probes' last answers. */
async function stopKubelet(bench: NodesBench): Promise<void> {
  const [{ kubelet } = assert.fail("no node")] = bench.cluster.nodes;
  const before = await podsOf(bench, "storefront");
  await kubelet.stop();
  await sleep(15_000);
  kubelet.start();
  const after = await readyPods(bench, "storefront", REPLICAS);
  assert.deepEqual(restarts(after), restarts(before), "a container was restarted");
}

function restarts(pods: readonly Pod[]): string[] {
  return pods
    .flatMap(({ metadata, status }) =>
      [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map(
        ({ name, restartCount }) => `${metadata.name} ${name} ${restartCount}`,
      ),
    )
    .sort();
}

async function herd(bench: NodesBench, measurements: Measurements): Promise<void> {
  const before = await podsOf(bench, "storefront");
  const startedAt = Date.now();
  await bench.kubectl("-n", "shop", "delete", "pods", "-l", "leasehold/service=storefront", "--wait=false");
  await eventually(
    "end of all pods",
    async () => {
      const uids = (await podsOf(bench, "storefront")).map(({ metadata }) => metadata.uid);
      return before.every(({ metadata }) => !uids.includes(metadata.uid));
    },
    { timeoutMs: 60_000 },
  );
  await readyPods(bench, "storefront", REPLICAS);
  measurements.add("all pods deleted at once: until three are ready", (Date.now() - startedAt) / 1000, "s");
}

/** Under `Fail` no pod may come up without an agent, and none may be forgotten. */
async function injectorKilled(bench: NodesBench, measurements: Measurements): Promise<void> {
  const { client } = bench.cluster.apiServer;
  const injectors = await client.list<Pod>(
    `${podsPath("vault")}?labelSelector=${encodeURIComponent("component=webhook")}`,
  );
  assert.equal(injectors.length, 2, "injectors");
  const startedAt = Date.now();
  await scale(bench, "orders", MANY);
  await client.delete(podsPath("vault", injectors[0]?.metadata.name), { gracePeriodSeconds: 0 });
  await readyPods(bench, "orders", MANY, 300_000);
  measurements.add(
    `3 to ${MANY} pods, one injector killed: until all are ready`,
    (Date.now() - startedAt) / 1000,
    "s",
  );
  // A pod that rotates has two for a while.
  await eventually("one user of each pod", async () => (await bench.users("orders")).length === MANY, {
    timeoutMs: 60_000,
  });
  await scale(bench, "orders", REPLICAS);
  await readyPods(bench, "orders", REPLICAS);
}

import assert from "node:assert/strict";
import type { Measurements, Scenario } from "../../scenarios/scenario";
import { jobPath, podsPath } from "../../support/kubernetes-paths";
import { eventually, sleep } from "../../support/wait";
import type { NodesBench } from "../bench";
import { needsOwnCluster } from "../existing-cluster";
import { underLoad } from "../failing";
import { runReports, runsDoNotOverlap, type JobStatus } from "../jobs";
import { userOf } from "../user-of-pod";
import { AGENT, execIn, podsOf, readyPods, restartsOf, statusOf, type Pod } from "../../cluster/pods";

const REPLICAS = 3;
/** As many as two processors start in reasonable time. */
const MANY = 20;
/** As many as three nodes take of it. */
const HERD = 60;

/** Nodes, pods and containers go, while the example answers requests. */
export const nodesPodsFail: Scenario<NodesBench> = {
  name: "nodes-pods-fail",
  title:
    "restart, undo, eviction, a stopped kubelet, memory used up, an injector killed while pods start, all pods at once, a Job that crashes, a CronJob that would overlap",
  needs: needsOwnCluster,
  async run(bench, measurements) {
    // At the same time, for it takes minutes whatever happens: a schedule knows no seconds. Neither goes on beside what comes next.
    const ended = await Promise.allSettled([runsDoNotOverlap(bench), failing(bench, measurements)]);
    await bench.scale("shop", "orders", REPLICAS);
    for (const each of ended) if (each.status === "rejected") throw each.reason;
    await readyPods(bench, "orders", REPLICAS);
    await jobCrashes(bench, measurements);
  },
};

async function failing(bench: NodesBench, measurements: Measurements): Promise<void> {
  await readyPods(bench, "storefront", REPLICAS);
  await underLoad(bench, measurements, "rolling restart", "none", () => rollingRestart(bench, measurements));
  await underLoad(bench, measurements, "rollout and undo", "none", () => rolloutAndUndo(bench));
  await underLoad(bench, measurements, "a pod evicted", "none", () => evict(bench));
  await underLoad(bench, measurements, "agent out of memory", "none", () => agentOutOfMemory(bench));
  await underLoad(bench, measurements, "application out of memory", "with what is gone", () =>
    applicationOutOfMemory(bench),
  );
  await underLoad(bench, measurements, "kubelet stopped for 15 s", "none", () => stopKubelet(bench));
  await underLoad(bench, measurements, "all pods deleted at once", "while no pod is ready", () =>
    herd(bench, "storefront", REPLICAS, measurements),
  );
  await underLoad(bench, measurements, "injector killed", "none", () => injectorKilled(bench, measurements));
  await underLoad(bench, measurements, `${MANY} pods deleted at once`, "none", () =>
    herd(bench, "orders", MANY, measurements),
  );
  await oneUserOfEach(bench, MANY);
  // Without customers, whose pods would have no processor left.
  await fromNothing(bench, HERD, measurements);
}

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

/** The agent that follows has a user of its own. */
async function agentOutOfMemory(bench: NodesBench): Promise<void> {
  await outOfMemory(bench, AGENT, "x=$(tail -c 400m /dev/zero | tr '\\0' x); echo ${#x}");
}

/**
 * The agent beside it stays, and the application that follows takes the user that is there. The kernel chooses the
 * largest process: many small ones leave it the application's.
 */
async function applicationOutOfMemory(bench: NodesBench): Promise<void> {
  await outOfMemory(bench, "storefront", "for each in $(seq 20); do tail -c 15m /dev/zero & done; wait");
}

/** Takes memory inside of a container until the kernel kills it. */
async function outOfMemory(bench: NodesBench, container: string, takeAll: string): Promise<void> {
  const [pod] = await podsOf(bench, "storefront");
  assert.ok(pod);
  const before = statusOf(pod, container)?.restartCount ?? 0;
  await execIn(bench, pod, container, ["sh", "-c", takeAll]);
  await eventually(`${container} that was killed for its memory, and started again`, async () => {
    const now = (await podsOf(bench, "storefront")).find(({ metadata }) => metadata.uid === pod.metadata.uid);
    const status = now && statusOf(now, container);
    return status?.restartCount === before + 1 && status.lastState.terminated?.reason === "OOMKilled";
  });
  await readyPods(bench, "storefront", REPLICAS);
}

/** Containers go on without it, and so do their probes' last answers. */
async function stopKubelet(bench: NodesBench): Promise<void> {
  const [{ kubelet } = assert.fail("no node")] = bench.ownCluster.nodes;
  const before = await podsOf(bench, "storefront");
  await kubelet.stop();
  await sleep(15_000);
  kubelet.start();
  const after = await readyPods(bench, "storefront", REPLICAS);
  assert.deepEqual(restartsOf(after), restartsOf(before), "a container was restarted");
}

/** All pods of a service begin at once, and Vault issues one credential after the other. */
async function herd(
  bench: NodesBench,
  service: string,
  count: number,
  measurements: Measurements,
): Promise<void> {
  const before = (await podsOf(bench, service)).map(({ metadata }) => metadata.uid);
  const startedAt = Date.now();
  const selector = `leasehold/service=${service}`;
  await bench.kubectl("-n", "shop", "delete", "pods", "-l", selector, "--wait=false");
  await eventually(
    "end of all pods",
    async () => (await podsOf(bench, service)).every(({ metadata }) => !before.includes(metadata.uid)),
    { timeoutMs: 90_000, intervalMs: 200 },
  );
  await readyPods(bench, service, count);
  const seconds = (Date.now() - startedAt) / 1000;
  measurements.add(`${count} pods deleted at once: until all are ready`, seconds, "s");
  measurements.add(`${count} credentials, one after the other`, await serialIssue(bench, count), "s");
}

/** A Deployment that was away comes with all of its pods. */
async function fromNothing(bench: NodesBench, count: number, measurements: Measurements): Promise<void> {
  await bench.scale("shop", "orders", 0);
  await readyPods(bench, "orders", 0);
  await bench.noUsers("orders", 90_000);
  const startedAt = Date.now();
  await bench.scale("shop", "orders", count);
  await readyPods(bench, "orders", count, 600_000);
  measurements.add(`0 to ${count} pods: until all are ready`, (Date.now() - startedAt) / 1000, "s");
  measurements.add(`${count} credentials, one after the other`, await serialIssue(bench, count), "s");
  await oneUserOfEach(bench, count);
}

/** What it takes Vault to issue as many credentials with nothing else to do. */
async function serialIssue(bench: NodesBench, count: number): Promise<number> {
  const vault = bench.vault();
  const startedAt = Date.now();
  const leases: string[] = [];
  for (let index = 0; index < count; index += 1)
    leases.push((await vault.read("database/creds/storefront-shop")).lease_id);
  const seconds = (Date.now() - startedAt) / 1000;
  for (const lease_id of leases) await vault.write("sys/leases/revoke", { lease_id });
  vault.close();
  return seconds;
}

/** Under `Fail` no pod may come up without an agent, and none may be forgotten. */
async function injectorKilled(bench: NodesBench, measurements: Measurements): Promise<void> {
  const { client } = bench.cluster.apiServer;
  const injectors = await client.list<Pod>(
    `${podsPath("vault")}?labelSelector=${encodeURIComponent("component=webhook")}`,
  );
  assert.equal(injectors.length, 2, "injectors");
  await bench.scale("shop", "orders", 1);
  await readyPods(bench, "orders", 1);
  const startedAt = Date.now();
  await bench.scale("shop", "orders", MANY);
  await client.delete(podsPath("vault", injectors[0]?.metadata.name), { gracePeriodSeconds: 0 });
  await readyPods(bench, "orders", MANY, 300_000);
  measurements.add(
    `1 to ${MANY} pods, one injector killed: until all are ready`,
    (Date.now() - startedAt) / 1000,
    "s",
  );
  await oneUserOfEach(bench, MANY);
}

/** The file of each pod names a user that nobody else has. A pod that rotates has two for a while, and no more. */
async function oneUserOfEach(bench: NodesBench, count: number): Promise<void> {
  await eventually(
    "living user of each pod",
    async () => {
      const named = (await podsOf(bench, "orders")).map((pod) => userOf(bench, pod));
      const known = await bench.users("orders");
      return (
        new Set(named).size === count &&
        named.every((user) => known.includes(user)) &&
        known.length <= 2 * count
      );
    },
    { timeoutMs: 90_000 },
  );
}

/** Its agent ends with it and gives the user back, each time that the Job is tried. */
async function jobCrashes(bench: NodesBench, measurements: Measurements): Promise<void> {
  const { client } = bench.cluster.apiServer;
  const startedAt = Date.now();
  await runReports(bench, "crash", {
    script: "setTimeout(() => { throw new Error(); }, 500)",
    backoffLimit: 1,
  });
  const { status } = await eventually(
    "end of the Job",
    async () => {
      const job = await client.get<JobStatus>(jobPath("shop", "crash"));
      return job.status.conditions?.some(({ type, status: is }) => type === "Failed" && is === "True") && job;
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
  measurements.add("a Job that crashes, twice", (Date.now() - startedAt) / 1000, "s");
  assert.equal(status.active ?? 0, 0);
  const pods = await podsOf(bench, "reports");
  assert.deepEqual(
    pods.map((pod) => statusOf(pod, "reports")?.state?.terminated?.exitCode),
    [1, 1],
  );
  await bench.noUsers("reports");
  await client.delete(`${jobPath("shop", "crash")}?propagationPolicy=Background`);
}

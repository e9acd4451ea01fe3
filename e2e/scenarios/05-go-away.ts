import assert from "node:assert/strict";
import { STACKS, type Bench } from "../bench";
import type { WatchedPod } from "../cluster/watched-pods";
import { AGENT, nodeOf } from "../cluster/pods";
import { deploymentPath, podsPath } from "../support/kubernetes-paths";
import { eventually } from "../support/wait";
import { events } from "./application-log";
import { auditOf } from "./audit";
import { drops } from "./postgres-log";
import { livingUsers } from "./recovery";
import type { Measurements, Scenario } from "./scenario";

/** `ttl.default` of the service, and the 5 s that Vault adds to VALID UNTIL. */
const TTL_SECONDS = 20;

/** What the kubelet leaves the agent for it after the drain: `terminationGracePeriodSeconds` has it. */
const REVOCATION_SECONDS = 10;

/** Every way in which a pod can end, and what is left of its credentials. */
export const goAway: Scenario = {
  name: "go-away",
  title: "scale down, rolling restart, a killed agent, a vanished node: users and leases go, after the drain",
  async run(bench, measurements) {
    try {
      await scaleDown(bench, measurements);
      await rollingRestart(bench, measurements);
      await killedAgent(bench, measurements);
      await vanishedNode(bench, measurements);
    } finally {
      await bench.scale("shop", "orders", 3);
    }
    await bench.rolledOut("shop", "orders", 3);
  },
};

async function scaleDown(bench: Bench, measurements: Measurements): Promise<void> {
  const before = await bench.rolledOut("shop", "orders", 3);
  await livingUsers(bench, "shop", "orders");
  const revocations = auditOf(bench, "orders").counts().revocations;
  await bench.scale("shop", "orders", 1);
  const [left] = await bench.rolledOut("shop", "orders", 1);
  const gone = before.filter((pod) => pod !== left);
  const delays = await Promise.all(gone.map((pod) => dropAfterExit(bench, pod)));
  measurements.add("application drained to user dropped, scale down", delays, "s");
  // Vault drops users before it answers, and writes its answer down after that.
  const revoked = () => auditOf(bench, "orders").counts().revocations - revocations;
  await eventually("tokens revoked by 2 pods", () => revoked() >= 2);
  assert.equal(revoked(), 2, "tokens revoked by 2 pods");
  // The pod that is left may be between two users.
  await livingUsers(bench, "shop", "orders");
  await leasesOf(bench, 1);
  await bench.scale("shop", "orders", 3);
  await bench.rolledOut("shop", "orders", 3);
}

/** The user lives as long as the application, which works until its drain is over, and not longer. */
async function dropAfterExit(bench: Bench, pod: WatchedPod): Promise<number> {
  const application = pod.container("orders");
  const user = userOf(pod);
  const droppedAt = await eventually(`drop of ${user}`, () => drops(bench).get(user));
  const [drained] = events(application, "drained");
  assert.ok(drained, `${pod.name} was killed before it had drained`);
  assert.deepEqual(events(application, "error"), [], "a query failed during the drain");
  // The last that it says.
  const delay = (droppedAt.getTime() - Date.parse(drained.at)) / 1000;
  assert.ok(delay >= 0, "the user was dropped while the application drained");
  assert.ok(delay < REVOCATION_SECONDS, `the user was dropped ${delay} s after the application's end`);
  return delay;
}

/** As many as there are pods; Vault deletes the entry of a lease after its user. */
async function leasesOf(bench: Bench, pods: number): Promise<void> {
  await eventually(`leases of ${pods} pods`, async () => (await bench.leases("orders-shop")).length === pods);
}

async function rollingRestart(bench: Bench, measurements: Measurements): Promise<void> {
  const { client } = bench.apiServer;
  const before = bench.pods("shop", "orders");
  await livingUsers(bench, "shop", "orders");
  const startedAt = Date.now();
  await client.patch(deploymentPath("shop", "orders"), {
    spec: {
      template: {
        metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() } },
      },
    },
  });
  await eventually("start of the restart", () =>
    bench.pods("shop", "orders").some((pod) => !before.includes(pod)),
  );
  const after = await bench.rolledOut("shop", "orders", 3);
  measurements.add("rolling restart of 3 pods", (Date.now() - startedAt) / 1000, "s");
  assert.ok(
    after.every((pod) => !before.includes(pod)),
    "a pod was not replaced",
  );
  const delays = await Promise.all(before.map((pod) => dropAfterExit(bench, pod)));
  measurements.add("application drained to user dropped, restart", delays, "s");
  await livingUsers(bench, "shop", "orders", { otherThan: before.map(userOf) });
  await bench.terraform.assertNothingToDo(STACKS.services, "a restart makes the plan differ");
}

/** SIGKILL leaves no chance to revoke: the old user ends with its lease, un-renewed. */
async function killedAgent(bench: Bench, measurements: Measurements): Promise<void> {
  const [pod] = bench.pods("shop", "orders");
  assert.ok(pod);
  await livingUsers(bench, "shop", "orders");
  const user = userOf(pod);
  assert.equal(pod.container(AGENT).restarts, 0, "the agent was restarted before");
  const killedAt = Date.now();
  await pod.container(AGENT).kill();
  await eventually("restart of the agent", () => pod.container(AGENT).restarts === 1);
  await eventually("change-over of the application", () => userOf(pod) !== user, { timeoutMs: 60_000 });
  measurements.add("agent killed to application on its new user", (Date.now() - killedAt) / 1000, "s");
  await eventually("drop of the old user", () => drops(bench).has(user), {
    timeoutMs: (TTL_SECONDS + 10) * 1000,
  });
  measurements.add("agent killed to old user dropped", (Date.now() - killedAt) / 1000, "s");
  assert.deepEqual(events(pod.container("orders"), "error"), [], "a query failed");
  assert.equal(pod.container("orders").restarts, 0);
}

/**
 * Nobody says good-bye: the token is not renewed, and takes the lease with it. An operator forces the pods out of the
 * API, and later on the machine comes back.
 */
async function vanishedNode(bench: Bench, measurements: Measurements): Promise<void> {
  const [pod] = bench.pods("shop", "orders");
  assert.ok(pod);
  await livingUsers(bench, "shop", "orders");
  const node = nodeOf(bench.cluster, pod.pod);
  const onNode = bench.watched.onNode(node.name);
  const lost = bench.pods("shop", "orders").filter((each) => onNode.includes(each));
  const others = onNode.filter((each) => !lost.includes(each));
  const before = others.map(containersOf);
  await bench.kubectl("cordon", node.name);
  const lostAt = Date.now();
  try {
    await node.kubelet.stop();
    await node.containerd.killAll();
    await forced(bench, lost, lostAt, measurements);
  } finally {
    node.kubelet.start();
    await bench.kubectl("uncordon", node.name);
  }
  await eventually(
    "pods that the machine has started again",
    () => others.every((each, index) => each.isReady && containersOf(each) !== before[index]),
    { timeoutMs: 180_000, intervalMs: 200 },
  );
}

/** While the machine is away its pods have others in their place. */
async function forced(
  bench: Bench,
  lost: readonly WatchedPod[],
  lostAt: number,
  measurements: Measurements,
): Promise<void> {
  const users = lost.map(userOf);
  for (const { name } of lost)
    await bench.apiServer.client.delete(podsPath("shop", name), { gracePeriodSeconds: 0 });
  await eventually("drop of the lost pods' users", () => users.every((user) => drops(bench).has(user)), {
    timeoutMs: (TTL_SECONDS + 10) * 1000,
  });
  measurements.add("node lost to users dropped", (Date.now() - lostAt) / 1000, "s");
  await bench.rolledOut("shop", "orders", 3);
  const living = await livingUsers(bench, "shop", "orders");
  assert.ok(!users.some((user) => living.includes(user)));
  await leasesOf(bench, 3);
}

function containersOf(pod: WatchedPod): string {
  return pod.containers.map(({ id }) => id).join();
}

/** The user that the application has connected with last. */
function userOf(pod: WatchedPod): string {
  return events(pod.container("orders"), "connected").at(-1)?.user ?? "";
}

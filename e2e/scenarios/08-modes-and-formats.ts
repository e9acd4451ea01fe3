import assert from "node:assert/strict";
import type { Bench } from "../bench";
import { APPLICATION_IMAGE } from "../images/bench";
import type { WatchedPod } from "../cluster/watched-pods";
import { deploymentPath } from "../support/kubernetes-paths";
import { eventually } from "../support/wait";
import { runJob } from "./07-job";
import { events } from "./application-log";
import { auditOf } from "./audit";
import { drops } from "./postgres-log";
import type { Measurements, Scenario } from "./scenario";

/** What the other scenarios leave out: the two other modes, the other formats, a workload deployed elsewhere. */
export const modesAndFormats: Scenario = {
  name: "modes",
  title: "init-and-sidecar, init-only, elsewhere, direct; json, env, properties, url and a custom file",
  async run(bench, measurements) {
    await initAndSidecar(bench, measurements);
    await initOnly(bench, measurements);
    await elsewhere(bench);
    await direct(bench);
  },
};

/** The injector's own form, and its price: two users, and the file replaced under the application. */
async function initAndSidecar(bench: Bench, measurements: Measurements): Promise<void> {
  await bench.none("billing", "billing");
  const before = auditOf(bench, "billing").counts();
  await bench.scale("billing", "billing", 1);
  // The first one is nobody's soon, and may be gone before the pod is ready.
  const bothUsers = eventually(
    "two users",
    async () => {
      const known = await bench.users("billing");
      return known.length === 2 && known;
    },
    { timeoutMs: 90_000 },
  );
  const [[pod], users] = await Promise.all([bench.rolledOut("billing", "billing", 1), bothUsers]);
  assert.ok(pod);
  const application = pod.container("billing");
  const [abandoned = "", kept] = users;
  await eventually("change to the second user", () => events(application, "connected").at(-1)?.user === kept);
  const after = auditOf(bench, "billing").counts();
  assert.equal(after.logins - before.logins, 2, "logins of init-and-sidecar");
  assert.equal(after.credentials - before.credentials, 2, "users of init-and-sidecar");
  const droppedAt = await eventually("drop of the first user", () => drops(bench).get(abandoned), {
    timeoutMs: 40_000,
  });
  measurements.add(
    "init-and-sidecar: start to first user dropped",
    (droppedAt.getTime() - pod.seenAt.getTime()) / 1000,
    "s",
  );
  assert.deepEqual(events(application, "error"), []);
  await bench.scale("billing", "billing", 0);
  await bench.rolledOut("billing", "billing", 0);
  await bench.noUsers("billing", 10_000);
  assert.equal(events(application, "drained").length, 1, "the application was cut off");
  assert.deepEqual(events(application, "error"), [], "the user was revoked during the drain");
  await bench.scale("billing", "billing", 1);
  await bench.rolledOut("billing", "billing", 1);
}

/** Nobody revokes: the user stays for its TTL. */
async function initOnly(bench: Bench, measurements: Measurements): Promise<void> {
  const pod = await runJob(bench, "export", "export-1");
  const user = events(pod.container("export"), "done")[0]?.user ?? "";
  assert.deepEqual(await bench.users("export"), [user]);
  const droppedAt = await eventually("drop of the Job's user", () => drops(bench).get(user), {
    timeoutMs: 70_000,
  });
  measurements.add(
    "init-only: start to user dropped",
    (droppedAt.getTime() - pod.seenAt.getTime()) / 1000,
    "s",
  );
}

/** Somebody else's Deployment with the patch that the synth wrote. */
async function elsewhere(bench: Bench): Promise<void> {
  const labels = { app: "catalog" };
  await bench.deployElsewhere("catalog", "shop", {
    metadata: { name: "catalog" },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: "web", image: APPLICATION_IMAGE, args: ["/app/service.mjs"] }] },
      },
    },
  });
  const [pod] = await bench.rolledOut("shop", "catalog", 1);
  await assertConnected(pod, "web");
  await bench.apiServer.client.delete(deploymentPath("shop", "catalog"));
  await bench.noUsers("catalog", 20_000);
}

/**
 * Privileges in the credential itself, for those who cannot run bootstrap SQL. With a new pod: the one that
 * is there may have lived through outages of other scenarios.
 */
async function direct(bench: Bench): Promise<void> {
  const [pod] = await bench.anew("archive", "archivist", 1);
  await assertConnected(pod, "archivist");
}

async function assertConnected(pod: WatchedPod | undefined, container: string): Promise<void> {
  assert.ok(pod);
  const application = pod.container(container);
  await eventually(`connection of ${container}`, () => events(application, "connected").length > 0);
  assert.deepEqual(events(application, "error"), []);
}

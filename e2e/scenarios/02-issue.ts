import assert from "node:assert/strict";
import type { Bench } from "../bench";
import { issueCredentials, revokeLeases } from "../issuance";
import { AGENT } from "../cluster/pods";
import { events } from "./application-log";
import { auditOf } from "./audit";
import type { WatchedPod } from "../cluster/watched-pods";
import { livingUsers } from "./recovery";
import type { Measurements, Scenario } from "./scenario";

/** The default injection mode: one login and one user per pod, before the application starts. */
export const issue: Scenario = {
  name: "issue",
  title:
    "every pod is injected and has one login and one database user of its own before its application starts",
  async run(bench, measurements) {
    const audit = auditOf(bench, "orders");
    // Pods of their own: the first ones have renewed and rotated by now.
    await bench.none("shop", "orders");
    const before = audit.counts();
    await bench.scale("shop", "orders", 3);
    const pods = await bench.rolledOut("shop", "orders", 3);
    const after = audit.counts();
    assert.equal(after.logins - before.logins, 3, "logins of 3 pods");
    assert.equal(after.credentials - before.credentials, 3, "reads of credentials of 3 pods");
    assert.equal((await bench.users("orders")).length, 3, "users of 3 pods");
    assert.equal((await bench.leases("orders-shop")).length, 3, "leases of 3 pods");
    const users = await Promise.all(pods.map((pod) => assertIssued(bench, pod)));
    assert.equal(new Set(users).size, 3, "two pods share a user");
    measurements.add(
      "pod created to application started, with credentials",
      pods.map(secondsToApplication),
      "s",
    );
    await measureIssuance(bench, measurements);
  },
};

/** Beside the running pods, by the API alone. */
async function measureIssuance(bench: Bench, measurements: Measurements): Promise<void> {
  const { client } = bench.vault;
  const count = 40;
  for (const workers of [1, 10]) {
    const { leaseIds, seconds } = await issueCredentials(client, "orders-shop", count, workers);
    measurements.add(`credentials per second, ${workers} at a time`, count / seconds, "");
    measurements.add(
      "revocations per second, 1 at a time",
      count / (await revokeLeases(client, leaseIds)),
      "",
    );
  }
  // A revoked credential that has left its user is one too many.
  await livingUsers(bench, "shop", "orders");
}

async function assertIssued(bench: Bench, pod: WatchedPod): Promise<string> {
  const { annotations } = pod.pod.metadata;
  assert.equal(annotations?.["vault.hashicorp.com/agent-inject-status"], "injected");
  const agent = pod.container(AGENT);
  assert.equal(agent.spec.restartPolicy, "Always", "the agent is no native sidecar");
  assert.equal(agent.restarts, 0, "the agent was restarted");
  const application = pod.container("orders");
  const { stdout } = await application.exec(["stat", "-c", "%a %u:%g", "/vault/secrets/shop.json"]);
  assert.match(stdout, /^400 10001:/, "mode and owner of the credentials file");
  const [started, connected] = [events(application, "started"), events(application, "connected")];
  assert.ok(started[0]?.credentials, "the application started without credentials");
  assert.equal(
    connected[0]?.user,
    started[0].credentials,
    "the application connected with other credentials",
  );
  assert.deepEqual(events(application, "error"), []);
  const [session] = await bench.postgres.query<{ ssl: boolean }>(
    "SELECT bool_and(ssl) AS ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE usename = $1",
    { values: [connected.at(-1)?.user] },
  );
  assert.equal(session?.ssl, true, "the application's session is not encrypted");
  await assertNoToken(pod);
  return connected.at(-1)?.user ?? "";
}

/** The ServiceAccount's token is the agent's alone. */
async function assertNoToken(pod: WatchedPod): Promise<void> {
  const { stdout } = await pod.container("orders").exec(["find", "/var/run", "-name", "token"]);
  assert.equal(stdout, "", "the application has a ServiceAccount token");
}

function secondsToApplication(pod: WatchedPod): number {
  const [started] = events(pod.container("orders"), "started");
  return (Date.parse(started?.at ?? "") - pod.seenAt.getTime()) / 1000;
}

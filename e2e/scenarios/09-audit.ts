import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { Bench } from "../bench";
import type { WatchedPod } from "../cluster/watched-pods";
import { readAuditLog, type AuditEntry } from "../servers/audit-log";
import { livingUsers } from "./recovery";
import type { Scenario } from "./scenario";

/** From a session in PostgreSQL back to who opened it, by what the two servers have written down. */
export const audit: Scenario = {
  name: "audit",
  title: "the audit log leads from a database user to its lease, ServiceAccount and pod",
  async run(bench, measurements) {
    // After eight minutes a pod has another token than it has logged in with.
    const pods = await bench.anew("shop", "orders", 3);
    // Between two users a pod has sessions of both.
    await livingUsers(bench, "shop", "orders");
    const sessions = await bench.postgres.query<{ user: string }>(
      "SELECT DISTINCT usename AS user FROM pg_stat_activity WHERE application_name = 'orders'",
    );
    assert.equal(sessions.length, 3, "sessions of 3 pods");
    const found = await Promise.all(sessions.map(({ user }) => podOf(bench, pods, user)));
    assert.equal(new Set(found).size, 3, "two users lead to one pod");
    measurements.note(
      "database user to lease, ServiceAccount, token and pod",
      `${found.length} of ${sessions.length}`,
    );
  },
};

async function podOf(bench: Bench, pods: readonly WatchedPod[], user: string): Promise<WatchedPod> {
  const entries = readAuditLog(bench.vault.auditFile).filter(({ type }) => type === "response");
  // The mount shows user names in clear; everything else is hashed.
  const issued = entries.find(({ response }) => response?.data?.username === user);
  assert.ok(issued, `no entry of the audit log names ${user}`);
  assert.match(String(issued.response?.data?.password), /^hmac-sha256:/, "the audit log holds a password");
  assert.equal(issued.request.path, "database/creds/orders-shop");
  assert.equal(issued.auth?.metadata?.service_account_name, "orders");
  assert.equal(issued.auth?.metadata?.service_account_namespace, "shop");
  const leaseId = issued.response?.secret?.lease_id ?? "";
  const lease = await bench.vault.client.write<{ id: string }>("sys/leases/lookup", {
    lease_id: leaseId,
  });
  assert.equal(lease.data.id, leaseId, "the lease is not the one that lives");
  return podOfLogin(bench, pods, loginOf(entries, issued));
}

/** The login that made the token which read the credential. */
function loginOf(entries: readonly AuditEntry[], issued: AuditEntry): AuditEntry {
  const login = entries.find(
    ({ request, response }) =>
      request.path === "auth/kubernetes/login" && response?.auth?.accessor === issued.auth?.accessor,
  );
  assert.ok(login, "the audit log has no login of the token");
  return login;
}

/** A login is the pod's whose token it was made with: the log holds the token's HMAC. */
async function podOfLogin(bench: Bench, pods: readonly WatchedPod[], login: AuditEntry): Promise<WatchedPod> {
  for (const pod of pods) {
    const token = fs.readFileSync(path.join(pod.volume("vault-token", "projected"), "token"), "utf8");
    if ((await hashed(bench, token)) === login.request.data?.jwt) return pod;
  }
  return assert.fail("the login's token belongs to no pod");
}

async function hashed({ vault }: Bench, input: string): Promise<string> {
  const { hash } = (await vault.client.write<{ hash: string }>("sys/audit-hash/file", { input })).data;
  return hash;
}

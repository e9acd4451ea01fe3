import assert from "node:assert/strict";
import type { Bench } from "../bench";
import { VaultError } from "../servers/vault-client";
import { tableColumns } from "./columns";
import { declaredPrivileges, reportedPrivileges } from "./privileges";
import { serviceAccountToken } from "./service-account-token";
import type { Scenario } from "./scenario";

const PROBE = ["/usr/local/bin/node", "/app/privileges.mjs"];

/** What is not declared is refused: by PostgreSQL inside, by Vault at paths and at the login. */
export const leastPrivilege: Scenario = {
  name: "least-privilege",
  title: "in every table only what is declared works; foreign paths and foreign tokens are refused",
  async run(bench, measurements) {
    const attempts = [
      await assertPrivileges(bench, "shop", "orders"),
      await assertPrivileges(bench, "billing", "billing"),
      await assertPrivileges(bench, "archive", "archivist"),
    ];
    measurements.note("privileges found by trying, as declared", attempts.join(", "));
    await assertForeignPathsRefused(bench);
    await assertForeignLoginsRefused(bench);
  },
};

/** From inside the pod, with its own credentials file. */
export async function assertPrivileges(bench: Bench, namespace: string, service: string): Promise<string> {
  const [access] = bench.environment.services.find(({ name }) => name === service)?.access ?? [];
  assert.ok(access);
  const columns = await tableColumns(bench, access.database);
  const expected = declaredPrivileges(access.grants ?? [], columns);
  assert.deepEqual(
    reportedPrivileges(bench.terraform.report(), service, columns),
    expected,
    `the report says of ${service} what is not so`,
  );
  const pods = bench.pods(namespace, service);
  assert.ok(pods.length > 0, `${service} has no pods`);
  for (const pod of pods) {
    const { code, stdout, stderr } = await pod.container(service).exec(PROBE);
    assert.equal(code, 0, stderr);
    assert.deepEqual((JSON.parse(stdout) as string[]).sort(), expected, `privileges of ${pod.name}`);
  }
  return `${service} ${expected.length} in ${pods.length} pod${pods.length === 1 ? "" : "s"}`;
}

async function assertForeignPathsRefused(bench: Bench): Promise<void> {
  const { client } = bench.vault;
  const login = await client.withToken().write("auth/kubernetes/login", {
    role: "orders",
    jwt: await serviceAccountToken(bench, "shop", "orders", "vault"),
  });
  const orders = client.withToken(login.auth?.client_token);
  for (const path of [
    "database/creds/billing-shop",
    "database/creds/archivist-archive",
    "database/config/shop",
    "database/roles/orders-shop",
    "sys/leases/lookup/database/creds/orders-shop?list=true",
    "auth/kubernetes/config",
    "sys/audit",
  ]) {
    await assert.rejects(orders.read(path), refusal(403, /permission denied/), `${path} was not refused`);
  }
  await assert.rejects(orders.write("database/rotate-root/shop"), refusal(403, /permission denied/));
  const own = await orders.read("database/creds/orders-shop");
  await orders.write("auth/token/revoke-self");
  assert.ok(own.lease_id, "its own path was refused");
  await assert.rejects(
    orders.read("database/creds/orders-shop"),
    refusal(403, /./),
    "a revoked token still works",
  );
}

/** Each one differs in one thing only from the login that works. */
async function assertForeignLoginsRefused(bench: Bench): Promise<void> {
  const vault = bench.vault.client.withToken();
  const attempt = async (namespace: string, account: string, audience: string | undefined, role = "orders") =>
    vault.write("auth/kubernetes/login", {
      role,
      jwt: await serviceAccountToken(bench, namespace, account, audience),
    });
  await bench.apiServer.client.ensure("/api/v1/namespaces/billing/serviceaccounts", {
    metadata: { name: "orders" },
  });
  await assert.rejects(
    attempt("shop", "catalog", "vault"),
    refusal(403, /service account name not authorized/),
  );
  await assert.rejects(attempt("billing", "orders", "vault"), refusal(403, /namespace not authorized/));
  await assert.rejects(attempt("shop", "orders", "other"), refusal(403, /invalid audience/));
  await assert.rejects(attempt("shop", "orders", undefined), refusal(403, /invalid audience/));
  await assert.rejects(attempt("shop", "orders", "vault", "billing"), refusal(403, /not authorized/));
  await bench.apiServer.client.delete("/api/v1/namespaces/billing/serviceaccounts/orders");
}

function refusal(status: number, message: RegExp) {
  return (error: unknown) =>
    error instanceof VaultError && error.status === status && message.test(error.message);
}

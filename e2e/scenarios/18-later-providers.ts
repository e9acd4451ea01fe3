import assert from "node:assert/strict";
import path from "node:path";
import type { EnvironmentService } from "../../lib/environment/environment";
import { STACKS, type Bench } from "../bench";
import { LOWEST } from "../doctor/terraform-providers";
import { SHOP } from "../schema";
import { readAuditLog } from "../servers/audit-log";
import { REVIEWERS, reviewerJwt } from "../servers/reviewer";
import { VaultError } from "../servers/vault-client";
import { errorMessage, eventually } from "../support/wait";
import { policyOfPage } from "./pipeline";
import { filesBelow, filesWithSecrets, secretsIn } from "./secrets-in-files";
import type { Scenario } from "./scenario";
import { serviceAccountToken } from "./service-account-token";

const LOGIN = "auth/kubernetes/login";
const QUOTAS = "sys/quotas/config";
const SECOND = "vault-reviewer-2";
const POLICY = "bench-claims";
const PIPELINE = `${POLICY}-pipeline`;
const FOREIGN = 'path "secret/*" { capabilities = ["read"] }';

const claims: EnvironmentService = {
  name: "claims",
  // Of a workload that is deployed elsewhere the namespace is there already.
  namespace: "shop",
  ttl: { default: "20s", max: "60s" },
  access: [{ database: SHOP, grants: [{ tables: ["products"], privileges: ["SELECT"] }] }],
  workload: { kind: "elsewhere", controller: "Deployment", container: "claims" },
};

/** What providers later than the lowest of their ranges can do, by a pipeline with the policy of the page. */
export const laterProviders: Scenario = {
  name: "later-providers",
  title:
    "the reviewer's JWT is changed by Terraform, refused logins are audited, a foreign policy is left alone",
  needs: () => (LOWEST ? "the lowest providers do not have what it is about" : undefined),
  async run(bench, measurements) {
    const { terraform, environment } = bench;
    const { client } = bench.vault;
    measurements.note("logins refused at once, and in the audit log", await refusedLogins(bench));
    const token = await pipelineToken(bench);
    terraform.setVaultToken(token);
    try {
      await changeReviewer(bench);
      measurements.note("the answer to a foreign policy", await meetForeignPolicy(bench));
    } finally {
      terraform.setVaultToken(client.token ?? "");
      for (const name of [POLICY, PIPELINE]) await client.delete(`sys/policies/acl/${name}`);
      await bench.redeclare(environment);
      for (const stack of Object.values(STACKS)) await terraform.apply(stack);
    }
    await login(bench);
    assert.deepEqual(await audited(bench), true);
  },
};

/** Many more than the limit lets through in a second, of nobody. */
async function refusedLogins(bench: Bench): Promise<string> {
  assert.equal(await audited(bench), true, "the setting is not as declared");
  const nobody = bench.vault.client.withToken();
  const attempt = () => nobody.write(LOGIN, { role: "nobody", jwt: "none" }).catch((error: unknown) => error);
  // As often as it takes: the first ones make connections, and may take longer than the limit counts.
  const limited = await eventually("login that is refused for its number", async () => {
    const answers = await Promise.all(Array.from({ length: 400 }, attempt));
    return (
      answers.filter((answer) => answer instanceof VaultError && answer.status === 429).length || undefined
    );
  });
  const written = await eventually("entries of what was refused", () => {
    const entries = readAuditLog(bench.vault.auditFile).filter(
      ({ request, error }) => request.path === LOGIN && /quota exceeded/.test(error ?? ""),
    );
    return entries.length >= limited && entries.length;
  });
  return `${limited}, ${written}`;
}

async function audited(bench: Bench): Promise<unknown> {
  const { data } = await bench.vault.client.read(QUOTAS);
  return data.enable_rate_limit_audit_logging;
}

/** A raised version sends another JWT, and so does any other change: each write replaces the whole configuration. */
async function changeReviewer(bench: Bench): Promise<void> {
  const { terraform, environment } = bench;
  const second = await reviewerJwt(bench.apiServer.client, SECOND);
  const { rateLimits, ...vault } = environment.vault;
  const { refused: _, ...limits } = rateLimits ?? {};
  const source = { kind: "write-only", version: 2 } as const;
  await bench.redeclare({
    ...environment,
    vault: { ...vault, rateLimits: limits, reviewer: { kind: "reviewer-jwt", source } },
  });
  const plan = path.join(bench.directory, "terraform", "second.tfplan");
  await terraform.plan(STACKS.platform, plan, { reviewer_jwt: second });
  await terraform.applyPlan(STACKS.platform, plan, { reviewer_jwt: second });
  await terraform.assertNothingToDo(STACKS.platform);
  assert.equal(await audited(bench), false, "the setting has stayed");
  await login(bench);
  await bench.apiServer.client.delete(`${REVIEWERS}/${SECOND}`);
  // The API server remembers for seconds that a token was good.
  await eventually("refusal of logins that the second reviewer reviews", () =>
    login(bench).then(
      () => false,
      (error: unknown) => /permission denied/.test(errorMessage(error)),
    ),
  );
  await bench.redeclare({
    ...environment,
    cluster: { ...environment.cluster, apiServer: "https://kubernetes.default.svc" },
  });
  await terraform.apply(STACKS.platform);
  await login(bench);
  await terraform.assertNothingToDo(STACKS.platform);
  const secrets = { first: bench.reviewerJwt, second };
  assert.deepEqual(filesWithSecrets(filesBelow(path.join(bench.directory, "terraform")), secrets), []);
  assert.deepEqual(secretsIn(terraform.output.join(""), secrets), []);
}

/** Somebody else's, of the name that a new service's would have. */
async function meetForeignPolicy(bench: Bench): Promise<string> {
  const { terraform, environment } = bench;
  const { client } = bench.vault;
  await client.write(`sys/policies/acl/${POLICY}`, { policy: FOREIGN });
  await bench.redeclare({ ...environment, services: [...environment.services, claims] });
  const { code, stdout, stderr } = await terraform.run(STACKS.services, [
    "apply",
    "-auto-approve",
    "-no-color",
  ]);
  assert.notEqual(code, 0, "the apply has gone through");
  // Terraform breaks its lines, and frames them.
  const answer = /policy "([^"]+)" already exists/.exec((stdout + stderr).replace(/[\s│]+/g, " "));
  assert.equal(answer?.[1], POLICY, stdout + stderr);
  assert.equal(await policy(bench), FOREIGN, "a foreign policy was written over");
  await client.delete(`sys/policies/acl/${POLICY}`);
  await terraform.apply(STACKS.services);
  assert.match(await policy(bench), /database\/creds\/claims-shop/);
  return answer[0];
}

async function policy(bench: Bench): Promise<string> {
  return (await bench.vault.client.read<{ policy: string }>(`sys/policies/acl/${POLICY}`)).data.policy;
}

/** As a pod of orders does; Vault asks the API server each time. */
async function login(bench: Bench): Promise<void> {
  const jwt = await serviceAccountToken(bench, "shop", "orders", "vault");
  const { auth } = await bench.vault.client.withToken().write(LOGIN, { role: "orders", jwt });
  await bench.vault.client.withToken(auth?.client_token).write("auth/token/revoke-self");
}

async function pipelineToken(bench: Bench): Promise<string> {
  const { client } = bench.vault;
  const policy = policyOfPage("docs/runbooks/install-vault.md");
  await client.write(`sys/policies/acl/${PIPELINE}`, { policy });
  const { auth } = await client.write("auth/token/create", { policies: [PIPELINE], ttl: "30m" });
  return auth?.client_token ?? "";
}

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Client } from "pg";
import type { EnvironmentService } from "../../lib/environment/environment";
import { prove } from "../../lib/synth/prove";
import { STACKS, type Bench } from "../bench";
import type { WatchedPod } from "../cluster/watched-pods";
import { APPLICATION_IMAGE } from "../images/bench";
import { SHOP } from "../schema";
import { errorMessage, eventually, sleep } from "../support/wait";
import { serviceAccountToken } from "./service-account-token";
import type { Scenario } from "./scenario";

const NAME = "ledger";
const ROLE = `${NAME}-${SHOP}`;

const ledger: EnvironmentService = {
  name: NAME,
  namespace: NAME,
  ttl: { default: "20s", max: "60s" },
  drain: "2s",
  access: [{ database: SHOP, grants: [{ tables: ["orders"], privileges: ["SELECT"] }], pool: { max: 2 } }],
  workload: { kind: "deployment", image: APPLICATION_IMAGE, args: ["/app/service.mjs"], replicas: 1 },
};

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** Something that the proof refuses, and what becomes of it where it is applied all the same. */
interface Refusal {
  readonly title: string;
  /** The rule that refuses it. */
  readonly rule: string;
  /** The stack that is spoilt. */
  readonly stack: string;
  readonly spoil: (resources: Json) => void;
  /** Throws as people would see it, with what they would see; is told which pods there were before. */
  readonly use: (bench: Bench, before: readonly WatchedPod[]) => Promise<unknown>;
  readonly breaks: RegExp;
}

const services = { stack: STACKS.services, use: (bench: Bench) => life(bench) };

/** In the order in which they are applied, each on top of the one before: those of a stack stand together. */
const REFUSALS: readonly Refusal[] = [
  {
    title: "a connection that does not serve the role",
    rule: "access/role-not-allowed",
    stack: STACKS.platform,
    spoil: (all) => {
      const connection = find(all, "vault_database_secret_backend_connection", ({ name }) => name === SHOP);
      connection.allowed_roles = connection.allowed_roles.filter((each: string) => each !== ROLE);
    },
    use: (bench) => life(bench),
    breaks: /not an allowed role/,
  },
  {
    ...services,
    title: "an auth role that binds another namespace",
    rule: "access/pod-login-refused",
    spoil: (all) => (authRole(all).bound_service_account_namespaces = ["shop"]),
    breaks: /namespace not authorized/,
  },
  {
    ...services,
    title: "an auth role that binds another ServiceAccount",
    rule: "access/pod-login-refused",
    spoil: (all) => (authRole(all).bound_service_account_names = ["orders"]),
    breaks: /service account name not authorized/,
  },
  {
    ...services,
    title: "an auth role for another audience",
    rule: "access/pod-login-refused",
    spoil: (all) => (authRole(all).audience = "somebody"),
    breaks: /invalid audience/,
  },
  {
    ...services,
    title: "a token that may be used once",
    rule: "proof/not-understood",
    spoil: (all) => (authRole(all).token_num_uses = 1),
    breaks: /one use left/,
  },
  {
    ...services,
    title: "a token that ends before its lease",
    rule: "proof/not-understood",
    spoil: (all) => (authRole(all).token_explicit_max_ttl = 2),
    use: (bench) => life(bench, 4000),
    breaks: /password authentication failed/,
  },
  {
    ...services,
    title: "a policy for another path",
    rule: "access/pod-path-refused",
    spoil: (all) => {
      const policy = find(all, "vault_policy", ({ policy: text }) => text.includes(ROLE));
      policy.policy = policy.policy.replace(ROLE, "ledgers-shop");
    },
    breaks: /permission denied/,
  },
  {
    ...services,
    title: "a credential that inherits nothing",
    rule: "proof/statement",
    spoil: (all) => create(all, "WITH LOGIN", "WITH LOGIN NOINHERIT"),
    // Not even the group's CONNECT.
    breaks: /permission denied for database/,
  },
  {
    ...services,
    title: "a credential of another service's group",
    rule: "proof/statement",
    spoil: (all) => create(all, `IN ROLE "${ROLE}"`, 'IN ROLE "billing-shop"'),
    breaks: /permission denied for table orders/,
  },
  {
    ...services,
    title: "a credential with fewer sessions than its pool",
    rule: "proof/statement",
    spoil: (all) => create(all, /CONNECTION LIMIT \d+/, "CONNECTION LIMIT 1"),
    breaks: /too many connections for role/,
  },
  {
    ...services,
    title: "a credential that has ended when it begins",
    rule: "proof/statement",
    spoil: (all) => create(all, "'{{expiration}}'", "'2001-01-01'"),
    breaks: /password authentication failed/,
  },
  {
    ...services,
    title: "a revocation that only locks",
    rule: "proof/statement",
    spoil: (all) => (role(all).revocation_statements = ['ALTER ROLE "{{name}}" NOLOGIN;']),
    breaks: /the user is left/,
  },
  {
    ...services,
    title: "a lease that no revocation can end the second time",
    rule: "proof/statement",
    spoil: (all) => (role(all).revocation_statements = ['DROP ROLE "{{name}}_"; ']),
    breaks: /does not exist/,
  },
  {
    title: "a pod whose agent logs in as somebody else",
    rule: "access/pod-login-refused",
    stack: STACKS.services,
    spoil: (all) => (annotations(all)["vault.hashicorp.com/role"] = "orders"),
    use: neverReady,
    breaks: /not authorized/,
  },
  {
    title: "a pod without the injector's annotation",
    rule: "proof/annotation",
    stack: STACKS.services,
    spoil: (all) => delete annotations(all)["vault.hashicorp.com/agent-inject"],
    use: neverReady,
    breaks: /no agent/,
  },
];

/** What the proof refuses is applied all the same, one after the other, and breaks as the finding said. */
export const refusals: Scenario = {
  name: "refusals",
  title: "what the proof refuses is applied, and breaks on real servers",
  async run(bench, measurements) {
    const without = bench.environment;
    bench.environment = { ...without, services: [...without.services, ledger] };
    const { terraform } = bench;
    try {
      await terraform.synthesize(bench.environment);
      await bench.runBootstrapSql();
      for (const stack of [STACKS.platform, STACKS.services]) await terraform.apply(stack);
      await life(bench);
      for (const [index, refusal] of REFUSALS.entries()) {
        await confirm(bench, refusal);
        if (REFUSALS[index + 1]?.stack !== refusal.stack) await terraform.apply(refusal.stack);
      }
      await life(bench);
    } finally {
      await leave(bench, without);
    }
    measurements.note("refused by the proof, and broken on real servers", String(REFUSALS.length));
  },
};

async function confirm(bench: Bench, { title, rule, stack, spoil, use, breaks }: Refusal): Promise<void> {
  const { terraform } = bench;
  const file = path.join(terraform.stackDirectory(stack), "cdk.tf.json");
  const right = fs.readFileSync(file, "utf8");
  const spoilt = JSON.parse(right) as { resource: Json };
  spoil(spoilt.resource);
  // Whoever applies it does not wait for pods that never come.
  for (const each of Object.values<Json>(spoilt.resource["kubernetes_deployment_v1"] ?? {}))
    each.wait_for_rollout = false;
  try {
    fs.writeFileSync(file, JSON.stringify(spoilt));
    const directory = path.dirname(path.dirname(terraform.stackDirectory(stack)));
    const { findings } = await prove([bench.environment], { directory });
    const rules = [...new Set(findings.map((finding) => finding.rule))];
    assert.ok(
      rules.includes(rule),
      `${title}: refused by ${rules.join(", ") || "nothing"}, and not by ${rule}`,
    );
    const before = bench.pods(NAME, NAME);
    // What is there is known from the one before.
    await terraform.succeed(stack, ["apply", "-auto-approve", "-no-color", "-refresh=false"]);
    const told = await use(bench, before).then(() => "nothing broke", errorMessage);
    assert.match(told, breaks, `${title}: ${told}`);
  } finally {
    fs.writeFileSync(file, right);
  }
}

/** The life of a credential as the agent of the pod has it, and what the application does with it. */
async function life(bench: Bench, waitMs = 0): Promise<void> {
  const { vault, postgres } = bench;
  const jwt = await serviceAccountToken(bench, NAME, NAME, "vault");
  const login = await vault.client.withToken().write("auth/kubernetes/login", { role: NAME, jwt });
  const agent = vault.client.withToken(login.auth?.client_token);
  const { data, lease_id } = await agent.read<{ username: string; password: string }>(
    `database/creds/${ROLE}`,
  );
  await sleep(waitMs);
  const { username: user, password } = data;
  const sessions = [1, 2].map(() => new Client({ ...postgres.superuser(SHOP), user, password }));
  try {
    for (const session of sessions) {
      session.on("error", () => undefined);
      await session.connect();
      await session.query("SELECT * FROM orders LIMIT 1");
    }
    await agent.write("sys/leases/renew", { lease_id });
    await agent.write("auth/token/renew-self");
    await vault.client.write("sys/leases/revoke", { lease_id, sync: true });
    if ((await bench.users(NAME)).includes(user.slice(0, 63))) throw new Error("the user is left");
  } finally {
    await Promise.all(sessions.map((session) => session.end().catch(() => undefined)));
    await agent.write("auth/token/revoke-self").catch(() => undefined);
    await vault.client.write(`sys/leases/revoke-force/database/creds/${ROLE}`).catch(() => undefined);
    await postgres.query(`DROP ROLE IF EXISTS "${user}"`).catch(() => undefined);
  }
}

/** Waits for the pod of the new template, and says what keeps it: the agent of an older one may have been refused before. */
async function neverReady(bench: Bench, before: readonly WatchedPod[]): Promise<void> {
  const reason = await eventually(
    `a pod of ${NAME} that does not get ready`,
    () => {
      for (const pod of bench.pods(NAME, NAME).filter((each) => !before.includes(each))) {
        const agent = [...pod.initContainers, ...pod.containers].find(({ name }) =>
          name.includes("vault-agent"),
        );
        if (agent === undefined) return "no agent";
        const refused = /.*not authorized.*/.exec(agent.log)?.[0];
        if (refused !== undefined) return refused;
      }
      return false;
    },
    { timeoutMs: 60_000 },
  );
  throw new Error(reason);
}

async function leave(bench: Bench, without: Bench["environment"]): Promise<void> {
  bench.environment = without;
  const { postgres } = bench;
  await bench.terraform.synthesize(without);
  await bench.terraform.apply(STACKS.services);
  await eventually("end of the pods", () => bench.pods(NAME, NAME).length === 0, { timeoutMs: 60_000 });
  await bench.terraform.apply(STACKS.platform);
  // Those of pods whose revocation was spoilt meanwhile stay otherwise.
  await bench.vault.client.write(`sys/leases/revoke-force/database/creds/${ROLE}`);
  for (const user of await bench.users(NAME)) await postgres.query(`DROP ROLE "${user}"`);
  await bench.runBootstrapSql();
  await postgres.query(`DROP ROLE "${ROLE}"`, { database: SHOP });
}

function find(resources: Json, type: string, chosen: (body: Json) => boolean): Json {
  const found = Object.values<Json>(resources[type] ?? {}).find(chosen);
  assert.ok(found, `there is no such ${type}`);
  return found;
}

function authRole(resources: Json): Json {
  return find(resources, "vault_kubernetes_auth_backend_role", ({ role_name }) => role_name === NAME);
}

function role(resources: Json): Json {
  return find(resources, "vault_database_secret_backend_role", ({ name }) => name === ROLE);
}

function create(resources: Json, from: string | RegExp, to: string): void {
  const body = role(resources);
  const before = JSON.stringify(body.creation_statements);
  body.creation_statements = body.creation_statements.map((text: string) => text.replace(from, to));
  assert.notEqual(JSON.stringify(body.creation_statements), before);
}

function annotations(resources: Json): Json {
  return find(resources, "kubernetes_deployment_v1", ({ metadata }) => metadata.name === NAME).spec.template
    .metadata.annotations;
}

import assert from "node:assert/strict";
import path from "node:path";
import type { EnvironmentService } from "../../lib/environment/environment";
import type { Migration, StaticCredentials } from "../../lib/service";
import { STACKS, type Bench } from "../bench";
import { psql } from "../doctor/psql";
import { CHECK_IMAGE, STOREFRONT_IMAGE } from "../images/bench";
import { SHOP } from "../schema";
import type { WatchedPod } from "../cluster/watched-pods";
import { scramVerifier } from "../servers/scram";
import { namespacePath } from "../support/kubernetes-paths";
import { customersService } from "../storefronts/service";
import { eventually } from "../support/wait";
import { deployBefore, removePodsOfBefore, takeOver } from "./deployment-of-before";
import { CustomersLoad } from "./customers";
import type { Scenario } from "./scenario";
import { filesBelow, filesWithSecrets, secretsIn } from "./secrets-in-files";

const NAMESPACE = "legacy";
const NAME = "ledger";
const REPLICAS = 4;
const SECRET = "ledger-database";
const USER = "ledger_app";
const PASSWORD = "canary-7f3a-static-password";
/** As somebody else has deployed it. */
const before = { namespace: NAMESPACE, name: NAME, replicas: REPLICAS, secret: SECRET };

const credentials: readonly StaticCredentials[] = [
  { database: SHOP, user: USER, secret: SECRET, as: { kind: "file", key: "shop.json" } },
];
const readiness = {
  rotation: "follows-file",
  ownership: "owns-nothing",
  longestSession: "1s",
  pooler: "none",
  schemaChanges: "none",
} as const;

/** What one step leaves: pods on static and on dynamic credentials. */
interface Step {
  readonly migration: Migration;
  readonly fixed: number;
  readonly dynamic: number;
}

const STEPS: readonly Step[] = [
  { migration: { stage: "static", credentials }, fixed: 4, dynamic: 0 },
  {
    migration: { stage: "shadow", credentials, check: { kind: "container", image: CHECK_IMAGE } },
    fixed: 4,
    dynamic: 0,
  },
  { migration: { stage: "canary", credentials, share: "25%", readiness }, fixed: 3, dynamic: 1 },
  { migration: { stage: "dynamic", credentials, readiness }, fixed: 0, dynamic: 4 },
  {
    migration: { stage: "complete", retired: [{ database: SHOP, user: USER, secret: SECRET }] },
    fixed: 0,
    dynamic: 4,
  },
];
const BACK: Step = { migration: { stage: "canary", credentials, share: 2, readiness }, fixed: 2, dynamic: 2 };

/** One service from its static password to none, by five applies under load, and back again; it was there before leasehold. */
export const migration: Scenario = {
  name: "migration",
  title: "a service walks from a static password to none and back to a canary, and no request fails",
  needs: () => (psql() ? undefined : "there is no psql for the container that checks"),
  async run(bench, measurements) {
    const without = bench.environment;
    await prepare(bench);
    const load = new CustomersLoad({ namespace: NAMESPACE, service: NAME, workers: 8 });
    try {
      for (const step of STEPS) {
        const isFirst = step.migration.stage === "static";
        await take(bench, without, step, isFirst ? () => takeOver(bench, before) : undefined);
        if (isFirst) await removePodsOfBefore(bench, before);
        if (step.migration.stage === "shadow") await assertChecked(bench);
      }
      await deleteSecret(bench);
      await assertNoStaticPassword(bench);
      await createSecret(bench);
      await take(bench, without, BACK);
    } finally {
      await load.stop();
      measurements.note("requests during six applies, failed", load.summary());
      await leave(bench, without);
    }
    assert.deepEqual(load.failures, [], "a customer has noticed the migration");
  },
};

/**
 * Leases of which the overlap bears that a Vault which shares its disk with another bench takes three seconds to issue:
 * with 20 s it is 2 s, and one of 31,108 requests was lost to that. Rotations of the shortest leases are `rotate`'s.
 */
const TTL = { default: "60s", max: "3m" } as const;

function ledger(migration: Migration): EnvironmentService {
  const own = { name: NAME, namespace: NAMESPACE, ttl: TTL, drain: "9s" } as const;
  const pods = { image: STOREFRONT_IMAGE, args: ["/app/orders/main.js"], replicas: REPLICAS };
  return { ...customersService({ ...own, ...pods }), migration };
}

/** How it has always been: a user with a password, and a Secret with both. */
async function prepare(bench: Bench): Promise<void> {
  const { postgres, apiServer } = bench;
  await postgres.query(`CREATE ROLE ${USER} LOGIN PASSWORD '${scramVerifier(PASSWORD)}'`);
  await postgres.query(`GRANT CONNECT ON DATABASE ${SHOP} TO ${USER}`);
  await postgres.query(`GRANT USAGE ON SCHEMA public TO ${USER}; GRANT SELECT, INSERT ON orders TO ${USER}`, {
    database: SHOP,
  });
  await apiServer.client.ensure("/api/v1/namespaces", { metadata: { name: NAMESPACE } });
  await createSecret(bench);
  await deployBefore(bench, before);
}

async function createSecret({ apiServer }: Bench): Promise<void> {
  const document = JSON.stringify({ username: USER, password: PASSWORD });
  await apiServer.client.create(`/api/v1/namespaces/${NAMESPACE}/secrets`, {
    metadata: { name: SECRET },
    data: { "shop.json": Buffer.from(document).toString("base64") },
  });
}

async function deleteSecret({ apiServer }: Bench): Promise<void> {
  await apiServer.client.delete(`/api/v1/namespaces/${NAMESPACE}/secrets/${SECRET}`);
}

/** What an operator does for one step, and what it must come to. */
async function take(
  bench: Bench,
  without: Bench["environment"],
  step: Step,
  beforeApply: () => Promise<void> = async () => {},
): Promise<void> {
  const services = [...without.services, ledger(step.migration)];
  // The namespace is that of whoever deployed the service so far.
  const cluster = { ...without.cluster, namespaces: { kind: "create" as const, except: [NAMESPACE] } };
  bench.environment = { ...without, cluster, services };
  await bench.terraform.synthesize(bench.environment);
  await bench.runBootstrapSql();
  await bench.terraform.apply(STACKS.platform);
  await beforeApply();
  await bench.terraform.apply(STACKS.services);
  const { stage } = step.migration;
  await eventually(
    `${step.fixed} static and ${step.dynamic} dynamic pods at ${stage}`,
    async () => {
      const pods = bench.pods(NAMESPACE, NAME);
      const dynamic = pods.filter((pod) => !readsSecret(pod)).length;
      return pods.length - dynamic === step.fixed && dynamic === step.dynamic;
    },
    { timeoutMs: 60_000 },
  );
  await bench.terraform.assertNothingToDo(STACKS.services, `the plan after ${stage} is not empty`);
}

function readsSecret({ pod }: WatchedPod): boolean {
  return (pod.spec.volumes ?? []).some(({ secret }) => secret?.secretName === SECRET);
}

async function assertChecked(bench: Bench): Promise<void> {
  for (const pod of bench.pods(NAMESPACE, NAME)) {
    const check = pod.container("credentials-check");
    await eventually(`check of ${pod.name}`, () => check.log.includes(`${SHOP}: OK`), {
      timeoutMs: 150_000,
    });
    assert.doesNotMatch(check.log, /FAILED|MISSING/);
  }
}

async function assertNoStaticPassword({ apiServer, terraform }: Bench): Promise<void> {
  const secrets = { static: PASSWORD, encoded: Buffer.from(PASSWORD).toString("base64").slice(0, -4) };
  const { client } = apiServer;
  for (const kind of ["secrets", "pods", "configmaps"]) {
    const all = JSON.stringify(await client.get(`/api/v1/${kind}`));
    assert.deepEqual(secretsIn(all, secrets), [], `the cluster's ${kind} hold the static password`);
    if (kind === "pods") assert.ok(!all.includes(SECRET), "a pod refers to the Secret");
  }
  const directory = path.dirname(path.dirname(terraform.stateFile(STACKS.services)));
  assert.deepEqual(
    filesWithSecrets(filesBelow(directory), secrets),
    [],
    "Terraform's files hold the static password",
  );
  assert.deepEqual(secretsIn(terraform.output.join(""), secrets), []);
}

async function leave(bench: Bench, without: Bench["environment"]): Promise<void> {
  bench.environment = without;
  await bench.terraform.synthesize(without);
  await bench.terraform.apply(STACKS.services);
  await bench.noUsers(NAME);
  await bench.terraform.apply(STACKS.platform);
  await bench.runBootstrapSql();
  const { postgres, apiServer } = bench;
  const { client } = apiServer;
  await client.delete(namespacePath(NAMESPACE));
  await eventually(
    "end of the namespace",
    async () => (await client.find(namespacePath(NAMESPACE))) === undefined,
    { timeoutMs: 60_000 },
  );
  await postgres.query(`DROP OWNED BY ${USER}`, { database: SHOP });
  await postgres.query(`DROP ROLE ${USER}`);
  await postgres.query(`DROP ROLE "${NAME}-${SHOP}"`, { database: SHOP });
}

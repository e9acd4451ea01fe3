import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { reportsAt } from "../../proof/cli/reports";
import type { Environment } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import { blastRadius, whoCan, type EnvironmentReport, type ServiceReport } from "../../proof/report";
import type { Migration, Readiness, StaticCredentials } from "../../lib/service";
import { synthesize } from "../../lib/synth/synthesize";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { readTree } from "../support/environment";

let outdir: string;
beforeEach(() => (outdir = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-migration-"))));
afterEach(() => fs.rmSync(outdir, { recursive: true }));

const credentials: readonly StaticCredentials[] = [
  {
    database: "shop",
    user: "orders_app",
    secret: "orders-database",
    as: { kind: "env", variables: { PGUSER: "username", PGPASSWORD: "password" } },
  },
];
const readiness: Readiness = {
  rotation: "follows-file",
  ownership: "owns-nothing",
  longestSession: "30s",
  pooler: "none",
  schemaChanges: "none",
};

const STAGES = {
  static: { stage: "static", credentials },
  shadow: {
    stage: "shadow",
    credentials,
    check: { kind: "container", image: "docker.io/library/postgres:17.2-alpine" },
  },
  canary: { stage: "canary", credentials, share: "25%", readiness },
  dynamic: { stage: "dynamic", credentials, readiness },
  complete: { stage: "complete" },
} as const satisfies Record<string, Migration>;
type StageName = keyof typeof STAGES;

const ALONE = { ...staging, name: "alone", provenIn: undefined } as Environment;

function at(migration: Migration, environment: Environment = ALONE, replicas = 6): Environment {
  return {
    ...environment,
    services: environment.services.map((service) =>
      service.name === "orders" && service.workload.kind === "deployment"
        ? { ...service, migration, workload: { ...service.workload, replicas } }
        : service,
    ),
  };
}

const synth = (migration: Migration) => synthesize([at(migration)], outdir);

async function walk(...stages: readonly StageName[]): Promise<void> {
  for (const stage of stages) await synth(STAGES[stage]);
}

type Resources = Record<string, Record<string, Record<string, never>>>;

function resources(): Resources {
  const file = path.join(outdir, "stacks/alone/cdk.tf.json");
  return (JSON.parse(fs.readFileSync(file, "utf8")) as { resource: Resources }).resource;
}

interface Pods {
  readonly replicas: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly stage: string | undefined;
  readonly containers: readonly {
    readonly name: string;
    readonly env: readonly { name: string; value?: string; value_from?: object }[];
    readonly readiness_probe?: object;
  }[];
}

/** The Deployments of orders by their names. */
function deployments(): Record<string, Pods> {
  const all = Object.values(resources().kubernetes_deployment_v1 ?? {}) as unknown as {
    metadata: { name: string; annotations?: Record<string, string> };
    spec: {
      replicas: string;
      template: {
        metadata: { labels: Record<string, string>; annotations: Record<string, string> };
        spec: { container: Pods["containers"] };
      };
    };
  }[];
  return Object.fromEntries(
    all
      .filter(({ metadata }) => metadata.name.startsWith("orders"))
      .map(({ metadata, spec }) => [
        metadata.name,
        {
          replicas: spec.replicas,
          labels: spec.template.metadata.labels,
          annotations: spec.template.metadata.annotations,
          stage: metadata.annotations?.["leasehold/migration-stage"],
          containers: spec.template.spec.container,
        },
      ]),
  );
}

const variables = ({ containers }: Pods) => (containers[0]?.env ?? []).map(({ name }) => name);
const isInjected = ({ annotations }: Pods) => "vault.hashicorp.com/agent-inject" in annotations;
const vaultOf = (type: string) => JSON.stringify(Object.values(resources()[type] ?? {})).includes("orders");

test("static: the Secret's variables, nothing of Vault, and a warning that says what is owed", async () => {
  const { findings } = await synth(STAGES.static);
  const { orders } = deployments();
  expect(orders).toMatchObject({
    replicas: "6",
    stage: "static",
    labels: { "leasehold/credentials": "static" },
  });
  expect(isInjected(orders as Pods)).toBe(false);
  expect(orders?.containers[0]?.env).toEqual([
    { name: "PGUSER", value_from: { secret_key_ref: { name: "orders-database", key: "username" } } },
    { name: "PGPASSWORD", value_from: { secret_key_ref: { name: "orders-database", key: "password" } } },
  ]);
  expect(vaultOf("vault_policy")).toBe(false);
  expect(vaultOf("vault_database_secret_backend_role")).toBe(false);
  expect(vaultOf("vault_kubernetes_auth_backend_role")).toBe(false);
  expect(findings.map(({ rule }) => rule)).toEqual(["migration/static-credentials"]);
  expect(fs.readFileSync(path.join(outdir, "bootstrap/alone/shop.sql"), "utf8")).not.toContain("orders-shop");
});

test("shadow: Vault's side and the file beside the variables; nothing waits for either", async () => {
  await walk("static", "shadow");
  const { orders } = deployments() as { orders: Pods };
  expect(vaultOf("vault_policy")).toBe(true);
  expect(orders.annotations).toMatchObject({
    "vault.hashicorp.com/agent-pre-populate": "false",
    "vault.hashicorp.com/template-config-exit-on-retry-failure": "false",
    "vault.hashicorp.com/agent-inject-containers": "orders,credentials-check",
  });
  expect(variables(orders)).toEqual(expect.arrayContaining(["PGUSER", "LEASEHOLD_SHOP_CREDENTIALS_FILE"]));
  const [application, check] = orders.containers;
  expect(check?.name).toBe("credentials-check");
  expect(check).not.toHaveProperty("readiness_probe");
  expect(JSON.stringify(application)).not.toContain("test -s /vault/secrets");
});

test("canary: the share is rounded up, told apart by a label, behind one Kubernetes Service", async () => {
  await walk("static", "shadow", "canary");
  const { orders, "orders-canary": canary } = deployments() as { orders: Pods; "orders-canary": Pods };
  expect([orders.replicas, canary.replicas]).toEqual(["4", "2"]);
  expect([orders, canary].map(({ labels }) => labels["leasehold/credentials"])).toEqual([
    "static",
    "dynamic",
  ]);
  expect([orders, canary].map(isInjected)).toEqual([false, true]);
  expect(variables(canary)).not.toContain("PGPASSWORD");
  const services = Object.values(resources().kubernetes_service_v1 ?? {}) as unknown as {
    metadata: { name: string };
    spec: { selector: Record<string, string> };
  }[];
  const [service] = services.filter(({ metadata }) => metadata.name.startsWith("orders"));
  expect(service?.metadata.name).toBe("orders");
  for (const { labels } of [orders, canary]) expect(labels).toMatchObject(service?.spec.selector ?? {});
  const [main] = Object.values(resources().kubernetes_deployment_v1 ?? {}).filter(
    ({ metadata }) => (metadata as unknown as { name: string }).name === "orders",
  ) as unknown as { depends_on: string[] }[];
  expect(main?.depends_on.some((address) => address.includes("Canary"))).toBe(true);
});

test("dynamic and complete: no pod refers to the Secret, and the last step restarts none", async () => {
  await walk("static", "shadow", "canary", "dynamic");
  const { orders: dynamic } = deployments() as { orders: Pods };
  expect(dynamic).toMatchObject({ replicas: "6", stage: "dynamic" });
  expect(JSON.stringify(resources())).not.toContain("orders-database");
  await synth(STAGES.complete);
  const { orders: complete } = deployments() as { orders: Pods };
  expect({ ...complete, stage: undefined }).toEqual({ ...dynamic, stage: undefined });
});

const ORDER: readonly StageName[] = ["static", "shadow", "canary", "dynamic", "complete"];

test.each(ORDER.flatMap((from) => ORDER.map((to) => [from, to] as const)))(
  "from %s to %s",
  async (from, to) => {
    fs.writeFileSync(path.join(outdir, "migration-stages.json"), JSON.stringify({ alone: { orders: from } }));
    const result = synth(STAGES[to]);
    const distance = Math.abs(ORDER.indexOf(from) - ORDER.indexOf(to));
    const isReturn = from === "complete" && to === "canary";
    if (distance <= 1 || isReturn) await result;
    else await expect(result).rejects.toThrow(`"orders" goes from "${from}" in the last synth to "${to}"`);
  },
);

test("a refusal does not make the next jump possible", async () => {
  await synth(STAGES.static);
  await expect(synth(STAGES.dynamic)).rejects.toThrow("migration/skipped-stage");
  expect(Object.keys(readTree(outdir))).toEqual([".leasehold.json", "migration-stages.json"]);
  await expect(synth(STAGES.dynamic)).rejects.toThrow("migration/skipped-stage");
  await synth(STAGES.shadow);
});

test("without a witness it warns", async () => {
  const { findings } = await synth(STAGES.canary);
  expect(findings.map(({ rule }) => rule)).toContain("migration/no-witness");
});

test("production is never ahead of staging", async () => {
  const pair = (there: Migration, here: Migration) => [at(there, staging), at(here, production)];
  await expect(synthesize(pair(STAGES.shadow, STAGES.canary), outdir)).rejects.toThrow(
    '"orders" stands at "canary" here and at "shadow" in staging',
  );
  await synthesize(pair(STAGES.canary, STAGES.shadow), outdir);
});

const messages = (migration: Migration, replicas?: number) =>
  configurationProblems([at(migration, ALONE, replicas)]).map(
    ({ property, must }) => `${property} must ${must}`,
  );

test("an unanswered question blocks the canary, and says why", () => {
  expect(messages({ ...STAGES.canary, readiness: {} })).toEqual([
    'migration.readiness.rotation must be "follows-file" or "restarts" before any pod changes its user',
    'migration.readiness.ownership must be "owns-nothing" or "owner-role" before any pod changes its user',
    'migration.readiness.pooler must be "none" or "passes-users" before any pod changes its user',
    'migration.readiness.schemaChanges must be "none" or "own-access" before any pod changes its user',
    'migration.readiness.longestSession must be a duration like "30s": how long a session, transaction or advisory lock is held at most',
  ]);
  expect(messages({ ...STAGES.shadow, readiness: {} })).toEqual([]);
});

test.each([
  ["rotation", "reads-at-start"],
  ["rotation", "restarts"],
  ["ownership", "static-user"],
  ["pooler", "fixed-user"],
  ["schemaChanges", "application"],
  ["longestSession", "2h"],
])("the answer %s: %s stands in the way", (question, answer) => {
  const [message, ...others] = messages({
    ...STAGES.dynamic,
    readiness: { ...readiness, [question]: answer } as Readiness,
  });
  expect(others).toEqual([]);
  expect(message).toContain(`migration.readiness.${question} must`);
});

test.each<[CanaryShare, number, boolean]>([
  [1, 2, true],
  [1, 1, false],
  [2, 2, false],
  ["1%", 6, true],
  ["100%", 6, false],
  ["90%", 6, false],
  ["80%", 6, true],
  ["-5%", 6, false],
  [0, 6, false],
])("a share of %s of %s replicas: %s", (share, replicas, good) => {
  expect(messages({ ...STAGES.canary, share }, replicas).length === 0).toBe(good);
});
type CanaryShare = number | `${number}%`;

test("a Secret does not go while another service lives on it", () => {
  const environment = at(STAGES.canary);
  const services = environment.services.map((service) =>
    service.name === "billing"
      ? {
          ...service,
          migration: {
            stage: "complete" as const,
            retired: [{ database: "shop", user: "orders_app", secret: "billing-database" }],
          },
        }
      : service,
  );
  expect(configurationProblems([{ ...environment, services }]).map(({ must }) => must)).toEqual([
    "retire a static user only when no service lives on it any more",
  ]);
});

test("a static file is mounted where the contract's variables say, and the document is not named", async () => {
  const file: Migration = {
    stage: "static",
    credentials: [{ ...credentials[0], as: { kind: "file", key: "shop.json" } } as StaticCredentials],
  };
  await synth(file);
  const { orders } = deployments() as { orders: Pods };
  const value = orders.containers[0]?.env.find(
    ({ name }) => name === "LEASEHOLD_SHOP_CREDENTIALS_FILE",
  )?.value;
  expect(value).toBe("/etc/leasehold-static/shop/shop.json");
  expect(variables(orders)).not.toContain("LEASEHOLD_CONTRACT");
});

test("an application that reads at its start is restarted by the agent at each new file", async () => {
  const environment = at(STAGES.complete);
  const services = environment.services.map((service) =>
    service.name === "orders"
      ? { ...service, restartOnRotation: { process: "java", reason: "its pool keeps the first user" } }
      : service,
  );
  await synthesize([{ ...environment, services }], outdir);
  const { orders } = deployments() as { orders: Pods };
  expect(orders.annotations["vault.hashicorp.com/agent-inject-command-shop"]).toBe(
    "pkill -TERM -x java || true",
  );
  const written = fs.readFileSync(path.join(outdir, "report/access.md"), "utf8");
  expect(written).toContain(
    "**shop/orders is restarted for each new user** by `pkill -TERM -x java || true`: its pool keeps the first user.",
  );
});

test("the report says what a password that never changes is worth, and that it does not know what it opens", async () => {
  await synth(STAGES.canary);
  const [report] = (await reportsAt(outdir)).environments as [EnvironmentReport];
  const orders = report.services.find(({ name }) => name === "orders") as ServiceReport;
  expect(orders.migration).toMatchObject({ stage: "canary", canary: { static: 4, dynamic: 2 } });
  expect(blastRadius(report, orders)).toContain("some of its pods live on a password that never changes");
  expect(whoCan(report, "DELETE", "shop.invoices")).toContain(
    "shop/orders: it lives on a password that never changes, and nothing that was read says what its user may do",
  );
});

import { formatProblems } from "../../lib/core";
import { bootstrapInput } from "../../lib/environment/derive";
import type { DatabaseEndpoint, Environment } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import type { DatabaseAccess } from "../../lib/service";
import { production } from "../../template/project/stacks/production";
import { environmentWith, synthesizeAside } from "../support/environment";
import { RenderedEnvironments } from "../support/rules-mutations";
import { twoClustersWith } from "../support/two-clusters";

type Changes = Record<string, unknown>;

const pooled = (changes: Changes = {}) =>
  ({
    name: "pooled",
    kind: "pgbouncer",
    poolMode: "transaction",
    host: "pgbouncer.acme.internal",
    port: 6432,
    ...changes,
  }) as DatabaseEndpoint;

/** `orders` alone goes by the endpoint; the others to the server. */
function behind(endpoint: DatabaseEndpoint, access: Changes = {}, more: Changes = {}): Environment {
  return environmentWith({
    databases: production.databases.map((each) => ({ ...each, endpoints: [endpoint] })),
    services: production.services.map((service) =>
      service.name !== "orders"
        ? service
        : ({
            ...service,
            access: service.access.map(
              (each) => ({ ...each, endpoint: endpoint.name, ...access }) as DatabaseAccess,
            ),
            ...more,
          } as typeof service),
    ),
  });
}

function problems(environment: Environment): string {
  return formatProblems(configurationProblems([environment])).join("\n");
}

type Rendered = Awaited<ReturnType<typeof synthesizeAside>>;

function contractOf({ json }: Rendered, stack = "production"): Record<string, never> {
  const maps = Object.values(json(stack).resource?.["kubernetes_config_map_v1"] ?? {}) as {
    metadata: { name: string };
    data: Record<string, string>;
  }[];
  const text = maps.find(({ metadata }) => metadata.name.startsWith("orders"))?.data["contract.json"];
  return (JSON.parse(text ?? "{}") as { databases: { shop: Record<string, never> } }).databases.shop;
}

const BETWEEN_TRANSACTIONS = [
  "startup-parameters",
  "session-settings",
  "listen",
  "session-advisory-locks",
  "temporary-tables",
  "cursors-with-hold",
  "sql-prepare",
  "load",
];

test("the contract of a service behind PgBouncer says what it is and what it forbids, and the proof holds", async () => {
  const rendered = await synthesizeAside([behind(pooled())]);
  expect(rendered.findings).toEqual([]);
  expect(contractOf(rendered)).toMatchObject({
    host: "pgbouncer.acme.internal",
    port: 6432,
    endpoint: {
      name: "pooled",
      kind: "pgbouncer",
      poolMode: "transaction",
      maxClientConn: 100,
      defaultPoolSize: 20,
      maxDbConnections: 0,
      processes: 1,
      forbids: [...BETWEEN_TRANSACTIONS, "prepared-statements"],
      of: { host: "pg.acme.internal", port: 5432 },
    },
  });
  const platform = JSON.stringify(rendered.json("production-platform"));
  expect(platform).not.toContain("pgbouncer");

  expect(rendered.files["report/access.json"]).toContain("; behind a pooler, what it opens");
}, 600_000);

test.each<[Changes, string[]]>([
  [{ poolMode: "session" }, ["startup-parameters"]],
  [{ poolMode: "transaction", maxPreparedStatements: 200 }, BETWEEN_TRANSACTIONS],
  [{ poolMode: "statement" }, [...BETWEEN_TRANSACTIONS, "prepared-statements", "transactions"]],
])(
  "of %j the contract forbids %j",
  async (changes, forbids) => {
    const rendered = await synthesizeAside([behind(pooled(changes))]);
    expect(rendered.findings).toEqual([]);
    expect(contractOf(rendered)).toMatchObject({ endpoint: { forbids } });
  },
  600_000,
);

test("a pooler finds the users of the services that go by it, in whatever cluster, and one login may serve two endpoints", () => {
  const [shop] = behind(pooled()).databases as [Environment["databases"][0]];
  expect(bootstrapInput(behind(pooled()), shop).poolers).toEqual([
    { login: "pgbouncer", roles: ["orders-shop"] },
  ]);
  const both = { ...shop, endpoints: [pooled(), pooled({ name: "sessions", poolMode: "session" })] };
  expect(bootstrapInput(behind(pooled()), both).poolers).toEqual([
    { login: "pgbouncer", roles: ["orders-shop"] },
  ]);
  const apart = { ...shop, endpoints: [pooled(), pooled({ name: "sessions", authUser: "other" })] };
  expect(bootstrapInput(behind(pooled()), apart).poolers).toEqual([
    { login: "pgbouncer", roles: ["orders-shop"] },
    { login: "other", roles: [] },
  ]);
  expect(bootstrapInput(production, production.databases[0] as typeof shop).poolers).toBeUndefined();
});

const OWNER = { owner: { role: "shop_owner", reason: "it changes the schema" }, grants: undefined };
const JOB = { workload: { kind: "job", image: "ghcr.io/acme/orders:1.4.2" } };
const STATIC = {
  migration: {
    stage: "static",
    credentials: [
      {
        database: "shop",
        user: "orders_app",
        secret: "orders-database",
        as: { kind: "env", variables: { PGUSER: "username", PGPASSWORD: "password" } },
      },
    ],
  },
};

test.each<[string, Environment, RegExp]>([
  [
    "a pooler of no kind",
    behind(pooled({ kind: "pooler", poolMode: undefined })),
    /endpoints\[0\].kind' must be one of "primary", "replica", "pgbouncer", "pgdog", "rds-proxy", got "pooler"/,
  ],
  ["PgBouncer without a mode", behind(pooled({ poolMode: undefined })), /endpoints\[0\].poolMode' must be/],
  ["a mode of a replica", behind(pooled({ kind: "replica" })), /endpoints\[0\].poolMode' must/],
  [
    "a login that needs quotes",
    behind(pooled({ authUser: "Pg-Bouncer" })),
    /endpoints\[0\].authUser' must be of up to 40 lower-case letters, digits and underscores.*got "Pg-Bouncer"/,
  ],
  [
    "the login of Vault",
    behind(pooled({ authUser: "vault_admin" })),
    /'endpoints' must have logins of their own: Vault's is changed by Vault, got "vault_admin"/,
  ],
  [
    "a limit of nobody",
    behind(pooled({ maxClientConn: 0, defaultPoolSize: 0 })),
    /maxClientConn' must be[^]*defaultPoolSize' must be/,
  ],
  [
    "RDS Proxy for users that Vault creates",
    behind(pooled({ kind: "rds-proxy", poolMode: undefined })),
    /'access\[0\].endpoint' must let users through that Vault creates: RDS Proxy knows only those in Secrets Manager or IAM, got "pooled, of the kind rds-proxy"; leave 'endpoint' out/,
  ],
  [
    "PgDog, which takes a credential itself",
    behind(pooled({ kind: "pgdog", poolMode: undefined })),
    /'access\[0\].endpoint' must let users through that Vault creates: PgDog with server_auth = "vault_dynamic" takes a credential itself[^]*declare PgDog as the service/,
  ],
  [
    "a schema change by what hands sessions on",
    behind(pooled(), OWNER, JOB),
    /'access\[0\].endpoint' must be the server itself, or a pooler with poolMode "session", for what changes the schema[^]*got "pooled, with poolMode transaction"/,
  ],
  [
    "a stream of changes",
    behind(pooled(), { replication: { publications: ["orders_cdc"], reason: "the warehouse follows it" } }),
    /'access\[0\].endpoint' must be the server itself for what streams changes/,
  ],
  [
    "credentials without bootstrap SQL",
    behind(pooled(), { strategy: "direct" }),
    /'access\[0\].endpoint' must be the server itself with the strategy "direct"/,
  ],
])("%s is refused", (_, environment, expected) => {
  expect(problems(environment)).toMatch(expected);
});

test.each(["rds-proxy", "pgdog"])("%s is a way for a service that still has a static password", (kind) => {
  expect(problems(behind(pooled({ kind, poolMode: undefined }), {}, STATIC))).toBe("");
});

test("a pooler has no login where no role is a group's: there is no bootstrap SQL that could make one", () => {
  const { databases, services } = behind(pooled());
  const [shop] = databases;
  const direct = services.map((service) => ({
    ...service,
    access: service.access.map(
      ({ endpoint: _, ...each }) => ({ ...each, strategy: "direct" }) as DatabaseAccess,
    ),
  }));
  expect(bootstrapInput(environmentWith({ databases, services }), shop!).poolers).toHaveLength(1);
  expect(bootstrapInput(environmentWith({ databases, services: direct }), shop!).poolers).toBeUndefined();
});

test("a service behind a pooler has one in between, whatever it answers before it changes its user", () => {
  const canary = (pooler: string) => ({
    migration: {
      ...STATIC.migration,
      stage: "canary",
      share: "25%",
      readiness: {
        rotation: "follows-file",
        ownership: "owns-nothing",
        schemaChanges: "none",
        longestSession: "30s",
        pooler,
      },
    },
  });
  expect(problems(behind(pooled(), {}, canary("none")))).toContain(
    '[production/orders] \'migration.readiness.pooler\' must be "passes-users" before any pod changes its user, got "none"',
  );
  expect(problems(behind(pooled(), {}, canary("passes-users")))).toBe("");
});

test.each<[string, Changes, string]>([
  [
    "by the size of its pools, those of old users and of its look-ups among them",
    { defaultPoolSize: 3 },
    '39 of the pooler "pooled" ("orders_Workload_282D4965" 12 users × 3, 3 to look users up) + 4 of Vault + 3 reserved = 68 connections',
  ],
  [
    "by the pools of the pods where these are smaller",
    { defaultPoolSize: 50 },
    '170 of the pooler "pooled" ("orders_Workload_282D4965" 12 users × 10, 50 to look users up)',
  ],
  [
    "up to its limit, of each process",
    { defaultPoolSize: 3, maxDbConnections: 7, processes: 2 },
    '14 of the pooler "pooled" ("orders_Workload_282D4965" 12 users × 6, 6 to look users up, at most 14)',
  ],
])(
  "connections behind a pooler count %s",
  async (_, changes, expected) => {
    const environment = behind(pooled(changes));
    const databases = environment.databases.map((each) => ({ ...each, maxConnections: 10 }));
    await expect(synthesizeAside([{ ...environment, databases }])).rejects.toThrow(expected);
  },
  600_000,
);

test("more clients than max_client_conn lets in are refused, those of all clusters together", async () => {
  await expect(synthesizeAside([behind(pooled({ maxClientConn: 69 }))])).rejects.toThrow(
    'at a rolling restart "orders" (6 + 1 surge) × 10 = 70 clients come to the pooler "pooled", and max_client_conn lets in 69',
  );
  const { databases, services } = behind(pooled({ maxClientConn: 70, processes: 2 }));
  const own = twoClustersWith({ databases, services });
  expect((await synthesizeAside([own])).findings).toEqual([]);
  const short = behind(pooled({ maxClientConn: 139 })).databases;
  await expect(synthesizeAside([{ ...own, databases: short }])).rejects.toThrow(
    '"orders" (6 + 1 surge) × 10 + "orders" (6 + 1 surge) × 10 = 140 clients come to the pooler "pooled", and max_client_conn lets in 139',
  );
}, 600_000);

test.each<[string, (text: string) => string]>([
  ["forbids less than its mode", (text) => text.replace('\\"listen\\",', "")],
  [
    "leads to RDS Proxy",
    (text) =>
      text.replace(/\\"kind\\": \\"pgbouncer\\"[^]*?\\"of\\"/, '\\"kind\\": \\"rds-proxy\\", \\"of\\"'),
  ],
])(
  "a contract that %s is found",
  async (_, spoil) => {
    const environment = behind(pooled());
    const { findings } = await new RenderedEnvironments([environment]).findingsAfter(environment, (spoilt) =>
      spoilt.change("production", (json) => {
        const text = JSON.stringify(json);
        const other = spoil(text);
        expect(other).not.toBe(text);
        return JSON.parse(other) as object;
      }),
    );
    expect(findings.map(({ rule: id }) => id)).toContain("proof/contract");
  },
  600_000,
);

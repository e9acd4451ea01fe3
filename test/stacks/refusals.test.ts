import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { InvalidConfigurationError, type LocatedProblem } from "../../lib/core";
import type { Environment, EnvironmentService } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import { synthesize } from "../../lib/synth/synthesize";
import { environments } from "../../template/project/stacks";
import { local } from "../../template/project/stacks/local";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { environmentWith, environmentWithOrders, readTree } from "../support/environment";

const where = (problems: readonly LocatedProblem[]) =>
  problems.map(({ path, property }) => `${path} ${property}`);
const refusals = (...changed: Environment[]) => where(configurationProblems(changed));
const [orders] = environmentWithOrders({}).services as [EnvironmentService];
const [shop] = production.databases as [Environment["databases"][0]];
const grantsOf = (grants: unknown) =>
  ({ access: [{ database: "shop", grants }] }) as Partial<EnvironmentService>;

test("the environments of this project have no problem", () =>
  expect(configurationProblems(environments)).toEqual([]));

test.each([
  ["another service's group role", "billing-shop"],
  ["its own group role", "orders-shop"],
  ["Vault's login", "vault_admin"],
])("an owner that is %s is refused", (_, owner) => {
  const service = grantsOf([
    { allTablesOwnedBy: owner, privileges: ["SELECT"], reason: "it reports on all of them" },
  ]);
  const environment = environmentWithOrders(service);
  const index = environment.services.findIndex(({ name }) => name === "orders");
  expect(
    refusals({ ...environment, services: [...environment.services, { ...orders, name: "billing" }] }),
  ).toContain(`production services[${index}].access[0].grants[0].allTablesOwnedBy`);
});

test("MAINTAIN is refused where the server does not know it, with what to do", () => {
  const grants = grantsOf([
    { tables: ["orders"], privileges: ["SELECT", "MAINTAIN"] },
    { allTablesOwnedBy: "app", privileges: ["MAINTAIN"], reason: "it refreshes all of them" },
  ]);
  const on = (postgresVersion: 15 | 16 | 17) =>
    configurationProblems([{ ...environmentWithOrders(grants), databases: [{ ...shop, postgresVersion }] }]);
  expect(on(17)).toEqual([]);
  for (const version of [15, 16] as const)
    expect(on(version).map(({ property, must }) => `${property} ${must}`)).toEqual([
      `services[0].access[0].grants[0].privileges[1] be left out on PostgreSQL ${version}: MAINTAIN is a privilege from 17 on, and before that an owner's alone`,
      `services[0].access[0].grants[1].privileges[0] be left out on PostgreSQL ${version}: MAINTAIN is a privilege from 17 on, and before that an owner's alone`,
    ]);
});

describe("replication", () => {
  const grants = [{ tables: ["orders"], privileges: ["SELECT"] }] as const;
  const streaming = (replication: object, changes: object = {}) =>
    environmentWithOrders({
      access: [{ database: "shop", grants, replication, ...changes }],
    } as unknown as Partial<EnvironmentService>);
  const reason = "the warehouse follows each order";

  test("is refused before PostgreSQL 16, with what to do", () => {
    const on = (postgresVersion: 15 | 16 | 18) =>
      configurationProblems([
        { ...streaming({ publications: ["orders_cdc"], reason }), databases: [{ ...shop, postgresVersion }] },
      ]);
    expect([...on(16), ...on(18)]).toEqual([]);
    expect(on(15)).toEqual([
      {
        path: "production",
        property: "services[0].access[0].replication",
        must: "be left out on PostgreSQL 15: before 16 only a superuser creates a role with REPLICATION, and Vault's login is none",
        got: ["orders_cdc"],
        fix: 'upgrade shop, or let the service stay on a static user for now (migration: { stage: "static", …, stays: { reason, until } })',
      },
    ]);
  });

  test.each<[string, object, object, string[]]>([
    ["without publications", { publications: [], reason }, {}, ["replication.publications"]],
    ["without a reason that says something", { publications: ["a"], reason: "" }, {}, ["replication.reason"]],
    ["with a publication twice", { publications: ["a", "a"], reason }, {}, ["replication.publications"]],
    [
      "with names that mean something else",
      { publications: ["*", '"orders_cdc"', " a"], reason },
      {},
      [0, 1, 2].map((index) => `replication.publications[${index}]`),
    ],
    ["with privileges of its own", { publications: ["a"], reason }, { strategy: "direct" }, ["replication"]],
    [
      "as an owner",
      { publications: ["a"], reason },
      { grants: undefined, owner: { role: "shop_owner", reason } },
      ["replication"],
    ],
    ["with a key that there is not", { publications: ["a"], reason, slot: "b" }, {}, ["replication.slot"]],
  ])("%s is refused", (_, replication, changes, expected) =>
    expect(
      configurationProblems([streaming(replication, changes)])
        .map(({ property }) => property.replace(/^.*access\[0\]\./, ""))
        .filter((property) => property.startsWith("replication")),
    ).toEqual(expected),
  );

  test("of a publication with a dot, which has no schema, is none", () =>
    expect(configurationProblems([streaming({ publications: ["orders.changes"], reason })])).toEqual([]));
});

describe("a service is refused at its construct path", () => {
  test.each<[string, Partial<EnvironmentService>, string[]]>([
    [
      "an unknown database",
      { access: [{ database: "shoop", grants: [] }] },
      ["access[0].database", "access[0].grants"],
    ],
    [
      "a table granted twice",
      grantsOf([
        { tables: ["orders"], privileges: ["SELECT"] },
        { tables: ["orders"], privileges: ["INSERT"] },
      ]),
      ["access[0].grants[1].tables[0]"],
    ],
    [
      "an empty grant",
      grantsOf([{ tables: [], privileges: [] }]),
      ["access[0].grants[0].privileges", "access[0].grants[0].tables"],
    ],
    ["no grant at all", grantsOf([]), ["access[0].grants"]],
    ["a TTL that is no duration", { ttl: { default: "soon" as "1h", max: "24h" } }, ["ttl.default"]],
    ["a default TTL over its maximum", { ttl: { default: "2h", max: "1h" } }, ["ttl.default"]],
    ["a name that Kubernetes refuses", { name: "Orders_1" }, ["name"]],
    [
      "no replica",
      { workload: { kind: "deployment", image: "ghcr.io/acme/orders:1", replicas: 0 } },
      ["workload.replicas"],
    ],
    [
      "an image without a tag",
      { workload: { kind: "deployment", image: "ghcr.io/acme/orders", replicas: 2 } },
      ["workload.image"],
    ],
  ])("%s", (_, changes, properties) => {
    const name = changes.name ?? "orders";
    expect(refusals(environmentWithOrders(changes))).toEqual(
      properties.map((property) => `production/${name} ${property}`),
    );
  });

  test("in its team's stack", () => {
    expect(refusals(environmentWithOrders({ team: "sales", drain: "later" as "1s" }))).toEqual([
      "production-sales/orders drain",
    ]);
    expect(refusals(environmentWithOrders({ team: "Sales" }))).toEqual(["production-Sales/orders team"]);
  });
});

describe("what only the whole literal shows is refused", () => {
  test("two services of one name", () => {
    expect(refusals(environmentWith({ services: [orders, orders] }))).toEqual(["production services"]);
  });

  test("two databases of one name, and on one login", () => {
    expect(refusals(environmentWith({ databases: [shop, shop] }))).toEqual([
      "production databases",
      "production-platform/shop username",
    ]);
  });

  test("two databases of one server on one login: each rotation would lock the other out", () => {
    const second = { ...shop, name: "stock", database: "stock" };
    const [problem] = configurationProblems([environmentWith({ databases: [shop, second] })]);
    expect(problem).toMatchObject({
      path: "production-platform/stock",
      property: "username",
      got: "vault_admin",
      fix: 'give each database of one server a login of its own, such as "vault_admin_stock"',
    });
    expect(
      refusals(environmentWith({ databases: [shop, { ...second, username: "vault_admin_stock" }] })),
    ).toEqual([]);
    expect(
      refusals(environmentWith({ databases: [shop, { ...second, host: "pg2.acme.internal" }] })),
    ).toEqual([]);
  });

  test("a namespace that is somebody else's, and that no service has", () => {
    const namespaces = { kind: "create", except: ["shop", "shops"] } as const;
    const problems = configurationProblems([
      environmentWith({ cluster: { ...production.cluster, namespaces } }),
    ]);
    expect(problems.map(({ property, must, got }) => `${property} must ${must}, got ${String(got)}`)).toEqual(
      [
        "cluster.namespaces.except must name namespaces of the services (shop, billing, analytics), got shops",
      ],
    );
  });

  test("two roles of one name: service a-b on c is service a on b-c", () => {
    const services = [
      { ...orders, name: "a-b", access: [{ ...orders.access[0], database: "c" }] },
      { ...orders, name: "a", access: [{ ...orders.access[0], database: "b-c" }] },
    ] as EnvironmentService[];
    const databases = [
      { ...shop, name: "c" },
      { ...shop, name: "b-c", host: "pg2.acme.internal" },
    ];
    expect(refusals(environmentWith({ services, databases }))).toEqual(["production services"]);
  });

  test("services of one database with different strategies", () => {
    const [first, second] = production.services as [EnvironmentService, EnvironmentService];
    const direct = {
      ...second,
      access: second.access.map((entry) => ({ ...entry, strategy: "direct" })),
    } as EnvironmentService;
    expect(refusals(environmentWith({ services: [first, direct] }))).toEqual([
      "production-platform/shop strategy",
    ]);
    expect(refusals(environmentWith({ services: [direct] }))).toEqual([]);
  });

  test("two environments of one name, and stacks that would fall together", () => {
    expect(refusals(production, production)).toEqual([
      "production-vault name",
      "production-platform name",
      "production name",
      "production provenIn",
      "production provenIn",
    ]);
    expect(refusals(environmentWithOrders({ team: "platform" }))).toEqual(["production-platform name"]);
  });

  test("environments that share a Vault and its paths", () => {
    const external = {
      mode: "external",
      address: "https://vault:8200",
      injector: { kind: "existing" },
      audit: [],
    } as const;
    const shared = (environment: Environment, paths: object) => ({
      ...environment,
      cluster: { ...environment.cluster, caCertificate: caPem },
      vault: { ...external, ...paths },
    });
    const caPem = production.vault.mode === "ha" ? production.vault.tls.caCertificate : "";
    expect(refusals(shared(staging, {}), shared(production, {}))).toEqual([
      "staging vault.mountPath",
      "staging vault.authPath",
      "production vault.mountPath",
      "production vault.authPath",
    ]);
    const own = { mountPath: "production/database", authPath: "production" };
    expect(refusals(shared(staging, {}), shared(production, own))).toEqual([]);
  });
});

test("guardrails that are none are refused", () => {
  const guardrails = { ...production.guardrails, maxTtl: "1.5h" as "1h", replicas: 0, auditDevices: -1 };
  expect(refusals(environmentWith({ guardrails }))).toEqual([
    "production guardrails.maxTtl",
    "production guardrails.auditDevices",
    "production guardrails.replicas",
  ]);
});

describe("an unsafe choice without a reason is refused", () => {
  test.each<[string, Partial<Environment>, string]>([
    [
      "an unprotected environment",
      { protection: { kind: "disposable", reason: "" } },
      "local protection.reason",
    ],
    [
      "a database without TLS",
      { databases: [{ ...shop, tls: { mode: "disable", reason: "" } }] },
      "local-platform/shop tls.reason",
    ],
  ])("%s", (_, changes, expected) => expect(refusals({ ...local, ...changes })).toContain(expected));
});

describe("a refused configuration", () => {
  let outdir: string;
  beforeEach(() => (outdir = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-refused-"))));
  afterEach(() => fs.rmSync(outdir, { recursive: true }));

  const broken = [
    { ...staging, databases: [{ ...shop, port: 0 }] },
    environmentWithOrders({ ttl: { default: "2h", max: "1h" }, drain: "later" as "1s" }),
  ];

  test("tells all its problems at once", async () => {
    await expect(synthesize(broken, outdir)).rejects.toThrow(InvalidConfigurationError);
    expect(where(configurationProblems(broken))).toEqual([
      "staging-platform/shop port",
      "production/orders ttl.default",
      "production/orders drain",
    ]);
  });

  test("leaves nothing that could be deployed: no half of the new one, nothing of the old one", async () => {
    await synthesize([environmentWith({})], outdir);
    expect(Object.keys(readTree(outdir))).toContain("stacks/production/cdk.tf.json");
    await expect(synthesize(broken, outdir)).rejects.toThrow();
    expect(Object.keys(readTree(outdir))).toEqual([".leasehold.json", "migration-stages.json"]);
    const beside = fs.readdirSync(path.dirname(outdir));
    expect(beside.filter((name) => name.startsWith(`${path.basename(outdir)}.`))).toEqual([]);
  });
});

test("HCL output is refused: CDKTF would drop the ephemeral variables", async () => {
  process.env["SYNTH_HCL_OUTPUT"] = "true";
  try {
    await expect(synthesize([environmentWith({})], path.join(os.tmpdir(), "leasehold-hcl"))).rejects.toThrow(
      /synth without --hcl/,
    );
  } finally {
    delete process.env["SYNTH_HCL_OUTPUT"];
  }
});

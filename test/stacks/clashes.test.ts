import fc from "fast-check";
import { InvalidConfigurationError } from "../../lib/core";
import type { Database, Environment, EnvironmentService } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import { environments } from "../../template/project/stacks";
import { production } from "../../template/project/stacks/production";
import { synthesizeAside } from "../support/environment";

const [shop] = production.databases as [Database];
const [orders] = production.services as [EnvironmentService];

/** An environment that shares nothing with one of another name. */
function apart(
  name: string,
  changes: Partial<Environment> = {},
  database: Partial<Database> = {},
): Environment {
  return {
    ...production,
    provenIn: undefined,
    name,
    cluster: { ...production.cluster, connection: { kind: "kubeconfig", context: name } },
    vault: { ...production.vault, terraform: { address: `https://vault.${name}.acme.internal:8200` } },
    databases: [{ ...shop, host: `pg.${name}.acme.internal`, ...database }],
    services: [orders],
    ...changes,
  };
}
const refusals = (...all: Environment[]) =>
  configurationProblems(all).map(({ path, property }) => `${path} ${property}`);
/** One server for both, with nothing in common on it but what is asked for. */
const onOneServer = (host: string, other: string, database: Partial<Database> = {}) => [
  apart("dev-eu", { services: [] }, { host }),
  apart("dev-us", { services: [] }, { host: other, ...database }),
];
const external = (name: string, address: string, changes: object = {}): Environment => {
  const ca = production.vault.mode === "ha" ? production.vault.tls.caCertificate : "";
  const environment = apart(name);
  return {
    ...environment,
    cluster: { ...environment.cluster, caCertificate: ca },
    vault: {
      mode: "external",
      address,
      injector: { kind: "existing" },
      audit: [],
      mountPath: `database-${name}`,
      authPath: `kubernetes-${name}`,
      ...changes,
    } as Environment["vault"],
  };
};

test("environments apart share nothing", () => {
  expect(configurationProblems([apart("dev-eu"), apart("dev-us")])).toEqual([]);
  expect(configurationProblems(environments)).toEqual([]);
});

describe("one login on one server", () => {
  test("of two environments is refused in both, with the other's name, before anything is written", async () => {
    const both = onOneServer("pg.acme.internal", "pg.acme.internal");
    expect(configurationProblems(both)).toEqual([
      {
        path: "dev-eu-platform/shop",
        property: "username",
        must: "be a login of this connection alone: Vault rotates its password, which locks out any other; dev-us has it too",
        got: "vault_admin",
        fix: 'give each database of one server a login of its own, such as "vault_admin_shop"',
      },
      expect.objectContaining({
        path: "dev-us-platform/shop",
        must: expect.stringMatching(/; dev-eu has it too$/),
      }),
    ]);
    await expect(synthesizeAside(both)).rejects.toThrow(InvalidConfigurationError);
  });

  test("of three names all the others", () => {
    const all = ["a", "b", "c"].map((name) =>
      apart(name, { services: [] }, { host: "pg" + ".acme.internal" }),
    );
    expect(configurationProblems(all).map(({ must }) => /; (.*)$/.exec(must)?.[1])).toEqual([
      "b, c have it too",
      "a, c have it too",
      "a, b have it too",
    ]);
  });

  test.each([
    ["PG.acme.internal", "pg.acme.internal"],
    ["fd00::1", "FD00:0:0::1"],
    ["10.0.0.1", "::ffff:10.0.0.1"],
  ])("is one login as %s and %s", (host, other) => {
    const both = ["dev-eu-platform/shop username", "dev-us-platform/shop username"];
    expect(refusals(...onOneServer(host, other))).toEqual(both);
    expect(refusals(...onOneServer(host, other, { port: 5432 }))).toEqual(both);
    expect(refusals(...onOneServer(host, other, { port: 5433 }))).toEqual([]);
    expect(refusals(...onOneServer(host, other, { username: "vault_admin_us" }))).toEqual([]);
  });

  test("is one login also with a dot at the end, which is refused itself", () => {
    expect(refusals(...onOneServer("pg.acme.internal.", "pg.acme.internal"))).toEqual([
      "dev-eu-platform/shop host",
      "dev-eu-platform/shop username",
      "dev-us-platform/shop username",
    ]);
  });

  test("within one environment is found in any spelling, also of the own machine", () => {
    const databases = [
      { ...shop, host: "localhost" },
      { ...shop, name: "stock", host: "127.0.0.1", port: 5432 },
    ];
    expect(refusals(apart("dev", { databases, services: [] }))).toEqual(["dev-platform/stock username"]);
  });

  test.each(["localhost", "postgres", "postgres.db.svc"])("%s is another server for each cluster", (host) => {
    expect(refusals(...onOneServer(host, host))).toEqual([]);
  });
});

test("services of one name on one server would share a group role", () => {
  const pair = (database: Partial<Database>) => [
    apart("dev-eu", {}, { host: "pg.acme.internal", username: "eu" }),
    apart("dev-us", {}, { host: "pg.acme.internal", username: "us", ...database }),
  ];
  const [first, second] = configurationProblems(pair({ database: "another" }));
  expect(first).toMatchObject({ path: "dev-eu-platform/shop", property: "name", got: "orders-shop" });
  expect(second).toMatchObject({
    path: "dev-us-platform/shop",
    fix: expect.stringContaining('"shop-dev-us"'),
  });
  const [eu, us] = pair({ name: "shop-us" }) as [Environment, Environment];
  const access = [{ ...orders.access[0], database: "shop-us" }] as EnvironmentService["access"];
  expect(refusals(eu, { ...us, services: [{ ...orders, access }] })).toEqual([]);
});

describe("one Vault", () => {
  const address = "https://vault.acme.internal:8200";

  test("takes no mount below another, in whatever spelling its address is", () => {
    const [eu, us] = [
      external("dev-eu", address, { mountPath: "acme", authPath: "eu" }),
      external("dev-us", "https://VAULT.acme.internal.:8200", { mountPath: "acme/us", authPath: "us" }),
    ];
    expect(refusals(eu, us)).toEqual(["dev-eu vault.mountPath", "dev-us vault.mountPath"]);
    expect(
      refusals(eu, external("dev-us", "https://vault.acme.internal:8201", { mountPath: "acme" })),
    ).toEqual([]);
  });

  test("is known by the address that Terraform uses", () => {
    const terraform = { address: "https://vault.acme.internal:8200" };
    const shared = (name: string) => ({ ...apart(name), vault: { ...production.vault, terraform } });
    expect(refusals(shared("dev-eu"), shared("dev-us"))).toContain("dev-us vault.mountPath");
    const tunnel = { address: "http://127.0.0.1:8200" };
    const forwarded = (name: string) => ({
      ...apart(name),
      vault: { ...production.vault, terraform: tunnel },
    });
    expect(refusals(forwarded("dev-eu"), forwarded("dev-us"))).toEqual([]);
  });

  test("has each audit device once", () => {
    const audit = [{ kind: "stdout" }];
    const both = [external("dev-eu", address, { audit }), external("dev-us", address, { audit })];
    expect(refusals(...both)).toEqual(["dev-eu vault.audit", "dev-us vault.audit"]);
  });

  test("has one policy for service c of a-b and b-c of a", () => {
    const one = { ...external("a-b", address), services: [{ ...orders, name: "c" }] };
    const other = { ...external("a", address), services: [{ ...orders, name: "b-c" }] };
    expect(refusals(one, other)).toEqual(["a-b/c name", "a/b-c name"]);
  });
});

describe("one cluster", () => {
  const cluster = production.cluster;

  test("takes Vault's chart, a namespace and a service once", () => {
    expect(refusals(apart("dev-eu", { cluster }), apart("dev-us", { cluster }))).toEqual(
      ["dev-eu", "dev-us"].flatMap((name) => [
        `${name} vault.mountPath`,
        `${name} vault.authPath`,
        `${name} vault.audit`,
        `${name}-vault vault.mode`,
        `${name} cluster.namespaces`,
        `${name}/orders name`,
      ]),
    );
  });

  test("is another one by another context", () => {
    expect(refusals(apart("dev-eu", { cluster }), apart("dev-us"))).toEqual([]);
  });

  test("is known by its API server, unless that is the same for every cluster", () => {
    const at = (name: string, apiServer: string) => {
      const environment = external(name, "https://vault.acme.internal:8200");
      return { ...environment, cluster: { ...environment.cluster, apiServer } };
    };
    const refused = ["dev-eu", "dev-us"].flatMap((name) => [
      `${name} cluster.namespaces`,
      `${name}/orders name`,
    ]);
    expect(
      refusals(at("dev-eu", "https://K8S.acme.internal"), at("dev-us", "https://k8s.acme.internal:443")),
    ).toEqual(refused);
    const usual = "https://kubernetes.default.svc";
    expect(refusals(at("dev-eu", usual), at("dev-us", usual))).toEqual([]);
  });

  test("has a canary's workload once, also within one environment", () => {
    const canary = { ...orders, name: "orders-canary" };
    const migration = {
      stage: "canary",
      share: 1,
      credentials: [
        { database: "shop", user: "orders", secret: "orders", as: { kind: "file", key: "a.json" } },
      ],
      readiness: {
        rotation: "follows-file",
        ownership: "owns-nothing",
        pooler: "none",
        schemaChanges: "none",
        longestSession: "30s",
      },
    } as const;
    const environment = apart("dev", { services: [{ ...orders, migration } as EnvironmentService, canary] });
    expect(refusals(environment)).toEqual(["dev/orders-canary name"]);
  });
});

test("a static user is not retired while a service of another environment lives on it", () => {
  const retired = [{ database: "shop", user: "app", secret: "shop-database" }];
  const credentials = [{ ...retired[0], as: { kind: "file", key: "a.json" } }];
  const done = { ...orders, migration: { stage: "complete", retired } } as EnvironmentService;
  const living = { ...orders, migration: { stage: "static", credentials } } as EnvironmentService;
  const both = (host: string) => [
    apart("dev-eu", { services: [done] }, { host: "pg.acme.internal", username: "eu" }),
    apart("dev-us", { services: [living] }, { host, username: "us" }),
  ];
  expect(configurationProblems(both("PG.acme.internal"))).toEqual([
    expect.objectContaining({
      path: "dev-eu",
      property: "services",
      fix: 'take orders of dev-us to "dynamic" first',
    }),
  ]);
  expect(configurationProblems(both("pg2.acme.internal"))).toEqual([]);
});

test("two stacks never share a state, and none is another one's lock", () => {
  const state = (address: string) => ({ kind: "http", address }) as const;
  expect(
    refusals(
      apart("dev", { state: state("https://state.acme.internal") }),
      apart("lock", { state: state("https://State.acme.internal/dev") }),
    ),
  ).toEqual(["dev state", "lock state"]);
});

test("environments of other names, hosts, clusters and Vaults never clash", () => {
  const name = fc.stringMatching(/^[a-z]{3,9}$/);
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 4 }), (names) => {
      expect(configurationProblems(names.map((each) => apart(each)))).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

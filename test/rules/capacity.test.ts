import { allRules, type Rule } from "../../proof/rules";
import { graphOf, violations } from "../support/rules-graph";

const rule = allRules.find(({ id }) => id === "capacity/connections") as Rule;

/** One pod with a pool of ten: 20 connections at a rolling restart, and two of Vault. */
const environment = (host: string, { name = "shop", pods = 1, url = `postgresql://${host}/d` } = {}) => `
resource "vault_database_secret_backend_connection" "${name}" {
  backend = "database"
  name = "${name}"
  allowed_roles = ["${name}"]
  postgresql {
    connection_url = "${url}"
    username = "vault"
  }
}
resource "vault_database_secret_backend_role" "${name}" {
  backend = "database"
  name = "${name}"
  db_name = "${name}"
  creation_statements = ["CREATE ROLE x"]
}
resource "kubernetes_deployment_v1" "${name}" {
  metadata {
    name = "${name}"
    namespace = "shop"
  }
  spec {
    replicas = ${pods}
    template {
      metadata {
        annotations = {
          "vault.hashicorp.com/agent-inject" = "true"
          "vault.hashicorp.com/role" = "${name}"
          "vault.hashicorp.com/agent-inject-secret-${name}" = "database/creds/${name}"
        }
      }
      spec {
        container {
          name = "a"
        }
      }
    }
  }
}
`;

async function told(maxConnections: number, own: string, others: Readonly<Record<string, string>> = {}) {
  const found = await violations(rule, own, {
    capacities: new Map([["shop", { maxConnections }]]),
    others: await Promise.all(
      Object.entries(others).map(async ([name, hcl]) => ({ name, graph: await graphOf({ "main.tf": hcl }) })),
    ),
  });
  return found.map(({ message }) => message);
}

const HOST = "pg.acme.internal";
const message = (needed: string, max: number) =>
  `at a rolling restart ${needed} connections are needed, and max_connections of "shop" is ${max}`;

test("environments of one server share its connections, each for its own pods and Vault", async () => {
  const own = environment(HOST);
  expect(await told(25, own)).toEqual([]);
  const both = { "dev-us": environment(HOST, { pods: 2 }) };
  expect(await told(57, own, both)).toEqual([]);
  expect(await told(56, own, both)).toEqual([
    message(
      '"shop" (1 + 1 surge) × 10 + 2 of Vault + 32 of the connection "shop" of dev-us + 3 reserved = 57',
      56,
    ),
  ]);
  const three = { "dev-us": environment(HOST), "dev-asia": environment(HOST) };
  expect(await told(69, own, three)).toEqual([]);
  expect(await told(68, own, three)).toEqual([
    message(
      '"shop" (1 + 1 surge) × 10 + 2 of Vault + 22 of the connection "shop" of dev-asia + 22 of the connection "shop" of dev-us + 3 reserved = 69',
      68,
    ),
  ]);
});

test("connections of one database are one budget, with the sessions of each, and are told once", async () => {
  const two = environment(HOST) + environment(HOST, { name: "shop-2" });
  expect(await told(47, two)).toEqual([]);
  expect(await told(46, two)).toEqual([
    message('"shop" (1 + 1 surge) × 10 + "shop-2" (1 + 1 surge) × 10 + 4 of Vault + 3 reserved = 47', 46),
  ]);
  // To another database of the server it is a connection beside it.
  const beside = environment(HOST) + environment(HOST, { name: "shop-2", url: `postgresql://${HOST}/other` });
  expect(await told(46, beside)).toEqual([
    message('"shop" (1 + 1 surge) × 10 + 2 of Vault + 22 of the connection "shop-2" + 3 reserved = 47', 46),
  ]);
});

test("of many the largest are named, and of the others what they come to", async () => {
  const [shop = "", deployment = ""] = environment(HOST).split(/(?=resource "kubernetes_deployment_v1")/);
  const name = (index: number) => `s-${String(index).padStart(2, "0")}`;
  const all = Array.from({ length: 12 }, (_, index) =>
    deployment
      .replaceAll(/(deployment_v1" |^ +name = )"shop"/gm, `$1"${name(index)}"`)
      .replace("= 1", `= ${index + 1}`),
  );
  const [found = ""] = await told(100, [shop, ...all].join("\n"));
  expect(found).toContain('at a rolling restart "s-11" (12 + 6 surge) × 10 + "s-10" (11 + 5 surge) × 10 + ');
  expect(found).toContain('"s-02" (3 + 1 surge) × 10 + 50 of 2 others + 2 of Vault + 3 reserved = ');
  expect(found).not.toMatch(/s-0[01]/);
});

test.each([
  [HOST, "PG.Acme.Internal"],
  [HOST, `${HOST}.`],
  [HOST, `${HOST}:5432`],
  ["10.0.0.7", "[::ffff:10.0.0.7]"],
  ["[fd00:0:0::1]", "[fd00::1]:5432"],
  [`a.acme.internal,${HOST}`, HOST],
])("%s and %s are one server", async (own, other) => {
  expect(await told(46, environment(own), { other: environment(other) })).toHaveLength(1);
});

test.each([
  [HOST, "pg2.acme.internal"],
  [HOST, `${HOST}:5433`],
  // Each environment has a cluster and machines of its own.
  ["pg.db.svc.cluster.local", "pg.db.svc"],
  ["localhost", "127.0.0.1"],
  ["pg", "pg"],
])("%s and %s of another environment are two servers", async (own, other) => {
  expect(await told(46, environment(own), { other: environment(other) })).toEqual([]);
});

test("environments of one cluster share the servers of that cluster, and no machine", async () => {
  const cluster = (context: string) => `provider "kubernetes" {\n  config_context = "${context}"\n}\n`;
  const found = (host: string, other: string) =>
    told(46, cluster("eu") + environment(host), { other: cluster(other) + environment(host) });
  expect(await found("pg.db.svc", "eu")).toHaveLength(1);
  expect(await found("pg.db.svc", "us")).toEqual([]);
  expect(await found("localhost", "eu")).toEqual([]);
});

test("within one environment a name of its cluster and one of its machine are one server", async () => {
  const two = (one: string, other: string) => environment(one) + environment(other, { name: "stock" });
  expect(await told(46, two("pg.db.svc.cluster.local", "pg.db.svc"))).toHaveLength(1);
  expect(await told(46, two("localhost", "127.0.0.1"))).toHaveLength(1);
  expect(await told(46, two("pg", "pg:5433"))).toEqual([]);
});

test("keywords name a server as a URL does", async () => {
  const keywords = environment("", { url: `host=${HOST} port=5432 dbname=d` });
  expect(await told(46, environment(HOST), { other: keywords })).toHaveLength(1);
});

test("a server that is not known shares nothing, and without a limit nothing is judged", async () => {
  const unknown = environment("", { url: "${var.url}" });
  expect(await told(46, environment(HOST), { other: unknown })).toEqual([]);
  expect(await told(1, environment(HOST, { name: "stock" }))).toEqual([]);
});

import { readGraph } from "../../proof/access";
import { allRules, judge, limits } from "../../proof/rules";

/** The rules that fire on a configuration which works. */
async function rulesOn(main: string, manifest = ""): Promise<string[]> {
  const { graph, failures } = await readGraph({
    terraform: { roots: [{ directory: ".", files: [{ file: "main.tf", text: main }] }], plans: [] },
    manifests: [{ file: "a.yaml", text: manifest }],
    sql: [],
  });
  expect(failures).toEqual([]);
  const context = { limits: limits.strict, capacities: new Map() };
  const found = judge(graph, { rules: allRules, context, waivers: [], waiversFile: "" });
  return [...new Set(found.map(({ rule }) => rule))];
}

const connection = (name: string, engine: string, more = "") => `
resource "vault_database_secret_backend_connection" "${name}" {
  backend       = "db"
  name          = "${name}"
  allowed_roles = ["${name}"]
  ${engine} {
    ${more}
  }
}`;
const role = (name: string, creation: string, more = "") => `
resource "vault_database_secret_backend_role" "${name}" {
  backend             = "db"
  name                = "${name}"
  db_name             = "${name}"
  creation_statements = [${JSON.stringify(creation)}]
  ${more}
}`;
const MYSQL = "CREATE USER '{{name}}'@'%' IDENTIFIED BY '{{password}}'";
const POSTGRES = connection(
  "pg",
  "postgresql",
  'connection_url = "postgresql://{{username}}:{{password}}@h/d"',
);

test("statements of another plugin are no SQL of PostgreSQL's, and its connection is there", async () => {
  const mysql = await rulesOn(POSTGRES + connection("my", "mysql", 'username = "v"') + role("my", MYSQL));
  expect(mysql.filter((rule) => /^sql\/|role-not-allowed/.test(rule))).toEqual([]);
  const endpoint = `
resource "vault_generic_endpoint" "my" {
  path      = "db/config/my"
  data_json = jsonencode({ plugin_name = "mysql-rds-database-plugin", allowed_roles = "my" })
}`;
  const written = await rulesOn(POSTGRES + endpoint + role("my", MYSQL));
  expect(written.filter((rule) => /^sql\/|role-not-allowed/.test(rule))).toEqual([]);
  expect(await rulesOn(POSTGRES + role("pg", MYSQL))).toContain("sql/syntax");
  expect(await rulesOn(POSTGRES + role("my", MYSQL))).toContain("access/role-not-allowed");
});

test("a TTL that a role leaves to its mount is set where the mount sets it", async () => {
  const mount = (ttl: string) =>
    `resource "vault_mount" "db" {\n  path = "db"\n  type = "database"\n  ${ttl}\n}`;
  const both = "default_lease_ttl_seconds = 3600\n  max_lease_ttl_seconds = 14400";
  expect(await rulesOn(mount(both) + role("pg", "CREATE ROLE x"))).not.toContain("ttl/unset");
  expect(await rulesOn(mount("") + role("pg", "CREATE ROLE x"))).toContain("ttl/unset");
});

test.each([
  ["sys/leases/revoke-prefix/db/creds/*", []],
  ["sys/leases/lookup/db/creds/app/", []],
  ["db/creds/*", ["access/policy-too-wide", "access/policy-writes-credentials"]],
])("a policy's path is known by how it begins: %s", async (path, expected) => {
  const found = await rulesOn(`
resource "vault_policy" "a" {
  name   = "a"
  policy = "path \\"${path}\\" { capabilities = [\\"update\\", \\"sudo\\"] }"
}`);
  const about = found.filter((rule) => /policy-(too-wide|writes|path)/.test(rule));
  expect(about.sort()).toEqual(expected);
});

test("a login by the cloud's identity has no password, and its proxy does TLS", async () => {
  const url = 'connection_url = "host=p:r:i user=vault@p.iam dbname=d sslmode=disable"';
  const about = /sslmode|url-without-user|root-not-rotated/;
  const iam = await rulesOn(connection("pg", "postgresql", `${url}\n    auth_type = "gcp_iam"`));
  expect(iam.filter((rule) => about.test(rule))).toEqual([]);
  const password = await rulesOn(connection("pg", "postgresql", url));
  expect(password.filter((rule) => about.test(rule))).toHaveLength(3);
});

test("the server of a database is no client of it", async () => {
  const pod = (image: string, name: string) => `
kind: StatefulSet
apiVersion: apps/v1
metadata: { name: pg }
spec:
  template:
    spec:
      containers:
        - { name: pg, image: "${image}", env: [{ name: ${name}, valueFrom: { secretKeyRef: { name: a, key: b } } }] }`;
  const rule = "secrets/static-database-password";
  expect(await rulesOn("", pod("registry.example:5000/postgres:17", "POSTGRES_PASSWORD"))).not.toContain(
    rule,
  );
  expect(await rulesOn("", pod("postgres:17", "PGPASSWORD"))).toContain(rule);
  expect(await rulesOn("", pod("app:1", "POSTGRES_PASSWORD"))).toContain(rule);
});

test("a number or a truth value is no secret, whatever it is called", async () => {
  const pod = (value: string) => `
kind: Pod
apiVersion: v1
metadata: { name: a }
spec: { containers: [{ name: a, env: [{ name: create_entity_token, value: "${value}" }] }] }`;
  expect(await rulesOn("", pod("1"))).not.toContain("secrets/literal");
  expect(await rulesOn("", pod("true"))).not.toContain("secrets/literal");
  expect(await rulesOn("", pod("c0rrect-horse"))).toContain("secrets/literal");
});

import { readGraph } from "../../proof/access";
import { allRules, judge, limits } from "../../proof/rules";

/** The rules that fire on a configuration which works. */
async function rulesOn(
  main: string,
  manifest = "",
  more: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const { graph, failures } = await readGraph({
    terraform: { roots: [{ directory: ".", files: [{ file: "main.tf", text: main }] }], plans: [] },
    manifests: Object.entries({ "a.yaml": manifest, ...more }).map(([file, text]) => ({ file, text })),
    sql: [],
  });
  expect(failures).toEqual([]);
  const context = { limits: limits.strict, capacities: new Map() };
  const found = judge(graph, { rules: allRules, context, waivers: [], waiversFile: "", today: "2026-01-01" });
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
  [86_400, "default_ttl = 90000\n  max_ttl = 80000", ["ttl/default-over-max"]],
  [86_400, "default_ttl = 3600\n  max_ttl = 2592000", ["ttl/role-over-mount"]],
  [86_400, "default_ttl = 3600", []],
  [2_592_000, "default_ttl = 3600", ["ttl/beyond-guardrail"]],
  [2_592_000, "default_ttl = 3600\n  max_ttl = 86400", []],
])(
  "of two maxima the lower one ends a lease: of a mount %d, and of a role %j",
  async (max, ttls, expected) => {
    const mount = `resource "vault_mount" "db" {\n  path = "db"\n  type = "database"\n  max_lease_ttl_seconds = ${max}\n}`;
    const found = await rulesOn(mount + role("pg", "CREATE ROLE x", ttls));
    expect(found.filter((rule) => /^ttl\/(beyond|default|role)/.test(rule))).toEqual(expected);
  },
);

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

const BINDS = (namespace: string) => `
resource "vault_kubernetes_auth_backend_role" "cart" {
  backend                          = "kubernetes"
  role_name                        = "cart"
  bound_service_account_names      = ["cart"]
  bound_service_account_namespaces = ["${namespace}"]
}`;
const cart = (account: string, annotations: string) => `
kind: Deployment
apiVersion: apps/v1
metadata: { name: cart }
spec:
  template:
    metadata:
      annotations: { ${annotations} }
    spec: { ${account} }`;
const AGENT = 'vault.hashicorp.com/agent-inject: "true", vault.hashicorp.com/role: cart';
const WHOLE = cart("serviceAccountName: cart, containers: [{ name: cart, image: c }]", AGENT);
const PATCH = cart("", AGENT);

test.each([
  ["patches", "patches: [{ path: patch.yaml }]"],
  ["patchesStrategicMerge", "patchesStrategicMerge: [./patch.yaml]"],
])("a patch of Kustomize's under %s is a part of an object, and no object", async (_, list) => {
  const kustomization = `resources: [../base]\n${list}`;
  const files = { "k8s/prod/kustomization.yaml": kustomization, "k8s/prod/patch.yaml": PATCH };
  expect(await rulesOn(BINDS("shop"), "", files)).not.toContain("access/pod-login-refused");
  const alone = { "k8s/prod/patch.yaml": PATCH };
  expect(await rulesOn(BINDS("shop"), "", alone)).toContain("access/pod-login-refused");
});

test("the namespace of a kustomization is that of its objects, once for each overlay", async () => {
  const overlay = (namespace: string) => `namespace: ${namespace}\nresources: [../base]`;
  const base = { "k8s/base/kustomization.yaml": "resources: [cart.yaml]", "k8s/base/cart.yaml": WHOLE };
  const refused = async (files: Readonly<Record<string, string>>) =>
    (await rulesOn(BINDS("shop"), "", { ...base, ...files })).includes("access/pod-login-refused");
  expect(await refused({})).toBe(true);
  expect(await refused({ "k8s/prod/kustomization.yaml": overlay("shop") })).toBe(false);
  expect(await refused({ "k8s/prod/kustomization.yaml": overlay("other") })).toBe(true);
  const both = {
    "k8s/prod/kustomization.yaml": overlay("other"),
    "k8s/test/kustomization.yml": overlay("third"),
  };
  expect(await refused(both)).toBe(true);
  const twice = {
    ...base,
    "k8s/prod/kustomization.yaml": overlay("shop"),
    "k8s/test/kustomization.yml": overlay("third"),
  };
  const told = await rulesOn(BINDS('shop", "third'), "", twice);
  expect(told.filter((rule) => /refused|unknown/.test(rule))).toEqual([]);
  // One that takes in itself ends.
  expect(
    await refused({ "k8s/base/kustomization.yaml": "namespace: shop\nresources: [../base, cart.yaml]" }),
  ).toBe(false);
});

test("a Secret that an operator writes is no password that never changes", async () => {
  const rule = "secrets/static-database-password";
  const pod = `
kind: Deployment
apiVersion: apps/v1
metadata: { name: a, namespace: shop }
spec:
  template:
    spec:
      containers: [{ name: a, image: a, env: [{ name: PGPASSWORD, valueFrom: { secretKeyRef: { name: db, key: p } } }] }]`;
  const made = (kind: string, spec: string, namespace = "shop") => ({
    "b.yaml": `apiVersion: example/v1\nkind: ${kind}\nmetadata: { name: db, namespace: ${namespace} }\nspec: { ${spec} }`,
  });
  expect(await rulesOn("", pod)).toContain(rule);
  expect(await rulesOn("", pod, made("VaultDynamicSecret", "destination: { name: db }"))).not.toContain(rule);
  expect(await rulesOn("", pod, made("ExternalSecret", "target: {}"))).not.toContain(rule);
  expect(
    await rulesOn("", pod, made("SecretProviderClass", "secretObjects: [{ secretName: db }]")),
  ).not.toContain(rule);
  expect(await rulesOn("", pod, made("VaultDynamicSecret", "destination: { name: other }"))).toContain(rule);
  expect(await rulesOn("", pod, made("VaultDynamicSecret", "destination: { name: db }", "stock"))).toContain(
    rule,
  );
  expect(await rulesOn("", pod, made("SealedSecret", "template: {}"))).toContain(rule);
});

test("a merge key in a chart's values is what stands at its anchor", async () => {
  const release = (values: string) =>
    `resource "helm_release" "vault" {\n  chart = "vault"\n  values = [<<-EOT\n${values}\n  EOT\n  ]\n}`;
  const on =
    "x: &ha\n  ha: { enabled: true, replicas: 3 }\nserver:\n  <<: *ha\nglobal: { tlsDisable: false }";
  expect(await rulesOn(release(on))).not.toContain("vault/one-replica");
  expect(await rulesOn(release(on.replace("  <<: *ha", "  a: 1")))).toContain("vault/one-replica");
});

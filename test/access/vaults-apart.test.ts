import { readGraph, type AccessGraph } from "../../proof/access";
import { allRules, judge, limits } from "../../proof/rules";

async function read(
  folders: Readonly<Record<string, string>>,
  manifests: Readonly<Record<string, string>> = {},
): Promise<AccessGraph> {
  const roots = Object.entries(folders).map(([directory, text]) => ({
    directory,
    files: [{ file: `${directory}/main.tf`, text }],
  }));
  const { graph, failures } = await readGraph({
    terraform: { roots, plans: [] },
    manifests: Object.entries(manifests).map(([file, text]) => ({ file, text })),
    sql: [],
  });
  expect(failures).toEqual([]);
  return graph;
}
const found = (graph: AccessGraph) =>
  judge(graph, {
    rules: allRules,
    context: { limits: limits.relaxed, capacities: new Map() },
    waivers: [],
    waiversFile: "",
    today: "2026-01-01",
  }).filter(({ rule }) => /^access\/|ttl\/(unset|role-over|token-ends)/.test(rule));
const texts = (graph: AccessGraph) => found(graph).map(({ rule, message }) => `${rule}: ${message}`);

interface Names {
  readonly namespace?: string;
  readonly ttl?: number;
  readonly more?: string;
}
/** Mount, connection and auth method. */
const platform = ({ ttl = 86_400, more = "" }: Names = {}) => `
resource "vault_auth_backend" "kubernetes" {
  type = "kubernetes"
  ${more}
}
resource "vault_mount" "database" {
  path                      = "database"
  type                      = "database"
  default_lease_ttl_seconds = 3600
  max_lease_ttl_seconds     = ${ttl}
  ${more}
}
resource "vault_database_secret_backend_connection" "shop" {
  backend       = "database"
  name          = "shop"
  allowed_roles = ["orders"]
  ${more}
  postgresql {
    connection_url = "postgresql://{{username}}:{{password}}@pg:5432/shop"
  }
}
`;
/** What a service has in Vault. */
const service = ({ namespace = "shop", ttl = 86_400, more = "" }: Names = {}) => `
resource "vault_policy" "orders" {
  name   = "orders"
  policy = "path \\"database/creds/orders\\" { capabilities = [\\"read\\"] }"
  ${more}
}
resource "vault_kubernetes_auth_backend_role" "orders" {
  backend                          = "kubernetes"
  role_name                        = "orders"
  bound_service_account_names      = ["orders"]
  bound_service_account_namespaces = ["${namespace}"]
  audience                         = "vault"
  token_policies                   = ["orders"]
  token_period                     = 3600
  ${more}
}
resource "vault_database_secret_backend_role" "orders" {
  backend             = "database"
  name                = "orders"
  db_name             = "shop"
  default_ttl         = 3600
  max_ttl             = ${ttl}
  creation_statements = ["CREATE ROLE x"]
  ${more}
}
`;
const pod = (namespace = "shop", annotation = "") => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: ${namespace} }
spec:
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/role: orders
        vault.hashicorp.com/agent-inject-secret-shop: database/creds/orders${annotation && `\n        ${annotation}`}
    spec:
      serviceAccountName: orders
      containers: [{ name: orders, image: "orders:1" }]
`;
const one = (namespace?: string) => platform() + service({ ...(namespace !== undefined && { namespace }) });
const files = (graph: AccessGraph) =>
  graph.chains.map(({ workload, authRole, databaseRole, connection }) =>
    [workload, authRole, databaseRole, connection].map((each) => each?.origin.file.split("/")[0]).join(" "),
  );

test("two roots of the same names are two Vaults, and each pod belongs to what stands nearest", async () => {
  const graph = await read(
    { staging: one("shop-staging"), production: one("shop") },
    { "staging/k8s/pod.yaml": pod("shop-staging"), "production/k8s/pod.yaml": pod("shop") },
  );
  expect(files(graph)).toEqual([
    "staging staging staging staging",
    "production production production production",
  ]);
  expect(texts(graph)).toEqual([]);
  const swapped = await read(
    { staging: one("shop-staging"), production: one("shop") },
    { "staging/k8s/pod.yaml": pod("shop"), "production/k8s/pod.yaml": pod("shop") },
  );
  expect(texts(swapped)).toEqual([
    'access/pod-login-refused: the pod runs in the namespace "shop", and the role "orders" binds "shop-staging"',
  ]);
});

test("a pod that stands beside no root is judged in each Vault that knows its role", async () => {
  const graph = await read({ staging: one(), production: one() }, { "k8s/pod.yaml": pod() });
  expect(files(graph)).toEqual(["k8s staging staging staging", "k8s production production production"]);
  expect(texts(graph)).toEqual([]);
  const elsewhere = await read({ staging: one("other"), production: one() }, { "k8s/pod.yaml": pod() });
  expect(texts(elsewhere)).toEqual([]);
  const nowhere = await read({ staging: one("other"), production: one("none") }, { "k8s/pod.yaml": pod() });
  expect(texts(nowhere)).toHaveLength(1);
  const other = one().replaceAll('"orders"', '"billing"').replaceAll("creds/orders", "creds/billing");
  expect(files(await read({ a: one(), b: other }, { "k8s/pod.yaml": pod() }))).toEqual(["k8s a a a"]);
});

test("two roots of one Vault are one, though nothing says its address", async () => {
  const graph = await read({ platform: platform(), services: service() }, { "k8s/pod.yaml": pod() });
  expect(files(graph)).toEqual(["k8s services services platform"]);
  expect(texts(graph)).toEqual([]);
  const four = await read({
    "production/platform": platform({ ttl: 3600 }),
    "staging/platform": platform(),
    "staging/services": service({ ttl: 86_400 }),
    "production/services": service({ ttl: 3600 }),
  });
  expect(texts(four)).toEqual([]);
});

test("what one root has another one has not, where they are two Vaults", async () => {
  const at = (address: string) => `provider "vault" {\n  address = "https://${address}:8200"\n}\n`;
  const without = service().replace(/resource "vault_policy"[^}]*}[^}]*}/, "");
  const apart = { a: at("a.example") + platform() + without, b: at("b.example") + platform() + service() };
  expect(texts(await read(apart))).toContain(
    'access/policy-missing: the role carries the policy "orders", which no vault_policy writes',
  );
  const short = { a: at("a.example") + platform({ ttl: 3600 }), b: at("b.example") + platform() + service() };
  expect(texts(await read(short)).filter((text) => text.startsWith("ttl/"))).toEqual([]);
  const swapped = {
    a: at("a.example") + platform(),
    b: at("b.example") + platform({ ttl: 3600 }) + service(),
  };
  expect(texts(await read(swapped))).toEqual([
    expect.stringContaining("ttl/role-over-mount: the role asks for 1d"),
  ]);
});

test("a namespace and an alias of the provider are a part of each name", async () => {
  const [a, b] = [{ more: 'namespace = "a"' }, { more: 'namespace = "b"' }];
  const both =
    platform(a) +
    service(a) +
    (platform(b) + service({ ...b, namespace: "other" })).replace(/" "(\w+)" {/g, '" "$1_b" {');
  const inNamespace = (name: string) => pod("shop", `vault.hashicorp.com/namespace: ${name}`);
  expect(texts(await read({ ".": both }, { "pod.yaml": inNamespace("a") }))).toEqual([]);
  expect(texts(await read({ ".": both }, { "pod.yaml": inNamespace("admin/a/") }))).toEqual([]);
  expect(texts(await read({ ".": both }, { "pod.yaml": inNamespace("b") }))).toEqual([
    'access/pod-login-refused: the pod runs in the namespace "shop", and the role "orders" binds "other"',
  ]);
  expect(texts(await read({ ".": both }, { "pod.yaml": inNamespace("c") }))).toContain(
    'access/pod-login-refused: there is no role "orders" at auth/kubernetes of the namespace "c"',
  );
  const aliases = 'provider "vault" {\n  alias = "one"\n}\nprovider "vault" {\n  alias = "two"\n}\n';
  const [first, second] = [{ more: "provider = vault.one" }, { more: "provider = vault.two" }];
  const two =
    aliases +
    platform(first) +
    service(first) +
    (platform({ ...second, ttl: 3600 }) + service({ ...second, ttl: 3600 })).replace(
      /" "(\w+)" {/g,
      '" "$1_b" {',
    );
  expect(texts(await read({ ".": two }))).toEqual([]);
});

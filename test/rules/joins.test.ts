import { everyRule, type Rule } from "../../proof/rules";
import { graphOf, violations } from "../support/rules-graph";

const ruleOf = (id: string): Rule => everyRule.find((rule) => rule.id === id) as Rule;

const release = (values: string) => `resource "helm_release" "vault" {
  name = "vault"
  namespace = "vault"
  chart = "vault"
  values = [yamlencode(${values})]
}
`;
const pod = (annotations = "", labels = "") => `resource "kubernetes_deployment_v1" "orders" {
  metadata {
    name = "orders"
    namespace = "shop"
  }
  spec {
    replicas = 2
    template {
      metadata {
        labels = { ${labels} }
        annotations = {
          "vault.hashicorp.com/agent-inject" = "true"
          "vault.hashicorp.com/role" = "orders"
          "vault.hashicorp.com/agent-inject-secret-shop" = "database/creds/orders"
          ${annotations}
        }
      }
      spec {
        service_account_name = "orders"
        container {
          name = "orders"
          image = "orders:1"
        }
      }
    }
  }
}
`;
const namespace = `resource "kubernetes_namespace_v1" "shop" {
  metadata {
    name = "shop"
    labels = { inject = "yes" }
  }
}
`;
const webhook = (body: string) => release(`{ injector = { webhook = { ${body} } } }`);
const count = async (id: string, hcl: string) => (await violations(ruleOf(id), hcl)).length;

test.each<[string, string, number]>([
  ["nothing is installed here", pod(), 0],
  ["no selector", release("{}") + pod(), 0],
  [
    "a namespace that is named",
    webhook('namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = "shop" } }') + pod(),
    0,
  ],
  [
    "another namespace",
    webhook('namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = "stock" } }') + pod(),
    1,
  ],
  [
    "the older key",
    release(
      '{ injector = { namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = "stock" } } } }',
    ) + pod(),
    1,
  ],
  [
    "a label of a namespace that others make",
    webhook('namespaceSelector = { matchLabels = { inject = "no" } }') + pod(),
    0,
  ],
  [
    "a label that the namespace has",
    webhook('namespaceSelector = { matchLabels = { inject = "yes" } }') + namespace + pod(),
    0,
  ],
  [
    "a label that the namespace has not",
    webhook('namespaceSelector = { matchExpressions = [{ key = "other", operator = "Exists" }] }') +
      namespace +
      pod(),
    1,
  ],
  [
    "a label that the pods have not",
    webhook('objectSelector = { matchLabels = { inject = "yes" } }') + pod(),
    1,
  ],
  [
    "a label that the pods have",
    webhook('objectSelector = { matchLabels = { inject = "yes" } }') + pod("", 'inject = "yes"'),
    0,
  ],
  ["a selector as text", webhook('objectSelector = "matchLabels: { inject: true }"') + pod(), 1],
  [
    "a template of the chart",
    webhook('objectSelector = "matchLabels: { a: {{ .Release.Name }} }"') + pod(),
    0,
  ],
  [
    "the older key of an object selector beside none",
    release(
      '{ injector = { webhook = { objectSelector = null }, objectSelector = { matchLabels = { a = "b" } } } }',
    ) + pod(),
    1,
  ],
  [
    "the older key of an object selector that the chart's own one hides",
    release('{ injector = { objectSelector = { matchLabels = { a = "b" } } } }') + pod(),
    0,
  ],
  ["selectors of null", webhook("namespaceSelector = null, objectSelector = null") + pod(), 0],
  ["empty selectors", webhook('namespaceSelector = {}, objectSelector = ""') + pod(), 0],
  [
    "the older key beside null",
    release(
      '{ injector = { webhook = { namespaceSelector = null }, namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = "stock" } } } }',
    ) + pod(),
    1,
  ],
  ["values that are not known", release("{}").replace("yamlencode({})", "var.values") + pod(), 0],
  [
    "an injector that is off",
    release(
      '{ injector = { enabled = false, webhook = { objectSelector = { matchLabels = { a = "b" } } } } }',
    ) + pod(),
    0,
  ],
])("the webhook and %s", async (_, hcl, expected) => {
  expect(await count("lifecycle/webhook-passes-over", hcl)).toBe(expected);
});

test.each<[string, number]>([
  ["", 1],
  ["namespaceSelector = null", 1],
  ['namespaceSelector = ""', 1],
  ['namespaceSelector = { matchLabels = { inject = "yes" } }', 0],
  ["namespaceSelector = var.selector", 0],
])("a webhook that fails with %s blocks the cluster: %s", async (selector, expected) => {
  const values = webhook(`failurePolicy = "Fail", ${selector}`);
  expect(await count("vault/webhook-blocks-cluster", values)).toBe(expected);
});

const at = (address: string) => pod(`"vault.hashicorp.com/service" = "${address}"`);
test.each<[string, string, string, number]>([
  ["the Service", "{}", "http://vault.vault.svc:8200", 0],
  ["its whole name", "{}", "http://vault.vault.svc.cluster.local:8200", 0],
  ["a server of its own", "{}", "http://vault-0.vault-internal.vault.svc:8200", 0],
  ["the active one of one server", "{}", "http://vault-active.vault.svc:8200", 1],
  [
    "the active one of several",
    "{ server = { ha = { enabled = true } } }",
    "http://vault-active.vault.svc:8200",
    0,
  ],
  ["another namespace", "{}", "http://vault.security.svc:8200", 1],
  ["another port", "{}", "http://vault.vault.svc", 1],
  ["a port of the values", "{ server = { service = { port = 80 } } }", "http://vault.vault.svc", 0],
  ["another release", '{ fullnameOverride = "secrets" }', "http://vault.vault.svc:8200", 1],
  [
    "a Service that is off",
    "{ server = { service = { enabled = false } } }",
    "http://vault.vault.svc:8200",
    1,
  ],
  ["the pods by their Service", "{}", "http://vault-internal.vault.svc:8200", 0],
  ["the pods of another release", "{}", "http://secrets-internal.vault.svc:8200", 1],
  [
    "the pods by their Service, whose port is theirs",
    "{ server = { service = { port = 80 } } }",
    "http://vault-internal.vault.svc:8200",
    0,
  ],
  [
    "the pods at the other Services' port",
    "{ server = { service = { port = 80 } } }",
    "http://vault-internal.vault.svc",
    1,
  ],
  [
    "the Service in the namespace of the values",
    '{ global = { namespace = "security" } }',
    "http://vault.security.svc:8200",
    0,
  ],
  [
    "the Service in the namespace of the release, where the values have another",
    '{ global = { namespace = "security" } }',
    "http://vault.vault.svc:8200",
    1,
  ],
  ["the Service beside no namespace", "{ global = { namespace = null } }", "http://vault.vault.svc:8200", 0],
  ["a namespace that is not known", "{ global = { namespace = var.x } }", "http://vault.shop.svc:8200", 0],
  ["a user interface that is off", "{}", "http://vault-ui.vault.svc:8200", 1],
  [
    "a user interface that is on as the chart is",
    '{ ui = { enabled = "-", externalPort = 80 } }',
    "http://vault-ui.vault.svc",
    0,
  ],
  [
    "an external Vault of the whole chart",
    '{ global = { externalVaultAddr = "https://vault.acme.internal" } }',
    "http://vault.security.svc:8200",
    0,
  ],
  ["no external Vault", '{ global = { externalVaultAddr = "" } }', "http://vault.security.svc:8200", 1],
  ["a name outside", "{}", "https://vault.acme.internal:8200", 0],
  [
    "an external Vault",
    '{ injector = { externalVaultAddr = "https://vault.acme.internal" } }',
    "http://vault.security.svc:8200",
    0,
  ],
])("an address of %s", async (_, values, address, expected) => {
  expect(await count("lifecycle/address-elsewhere", release(values) + at(address))).toBe(expected);
});

test("an external Vault of one release is looked for among the Services of another", async () => {
  const injector = (address: string) =>
    release(`{ global = { externalVaultAddr = "${address}" } }`).replace(' "vault"', ' "injector"');
  const found = (address: string) => count("lifecycle/address-elsewhere", release("{}") + injector(address));
  expect(await found("http://vault.vault.svc:8200")).toBe(0);
  expect(await found("http://vault.security.svc:8200")).toBe(1);
});

const policy = (ingress: string) =>
  release(`{ server = { networkPolicy = { enabled = true, ingress = ${ingress} } } }`);
const from = (name: string) =>
  `[{ from = [{ namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = "${name}" } } }]`;
test.each<[string, string, number]>([
  ["is not there", release("{}") + pod(), 0],
  [
    "lets in pods beside Vault, in the namespace of the values",
    release(
      '{ global = { namespace = "shop" }, server = { networkPolicy = { enabled = true, ingress = [{ from = [{ podSelector = {} }] }] } } }',
    ) + pod(),
    0,
  ],
  [
    "lets in pods beside Vault, in another namespace",
    policy("[{ from = [{ podSelector = {} }] }]") + pod(),
    1,
  ],
  [
    "is of a server that an external Vault replaces",
    policy(`${from("billing")} }]`).replace(
      "{ server",
      '{ global = { externalVaultAddr = "https://vault.acme.internal" }, server',
    ) + pod(),
    0,
  ],
  ["has no ingress of its own", release("{ server = { networkPolicy = { enabled = true } } }") + pod(), 0],
  ["lets in another namespace", policy(`${from("billing")} }]`) + pod(), 1],
  ["lets in this one", policy(`${from("shop")} }]`) + pod(), 0],
  ["lets it in at another port", policy(`${from("shop")}, ports = [{ port = 8201 }] }]`) + pod(), 1],
  [
    "lets it in at a range",
    policy(`${from("shop")}, ports = [{ port = 8000, endPort = 9000 }] }]`) + pod(),
    0,
  ],
  ["lets in addresses", policy('[{ from = [{ ipBlock = { cidr = "10.0.0.0/8" } }] }]') + pod(), 0],
  ["lets everybody in", policy("[{ from = [] }]") + pod(), 0],
  [
    "is of a Vault that pods do not go to",
    policy(`${from("billing")} }]`) + at("https://vault.acme.internal"),
    0,
  ],
])("a network policy that %s", async (_, hcl, expected) => {
  expect(await count("lifecycle/network-policy-cuts-off", hcl)).toBe(expected);
});

test.each<[string, string, number]>([
  ["is off", "{ injector = { enabled = false } }", 1],
  ["is off with the whole chart", "{ global = { enabled = false } }", 1],
  ["is on where the chart is off", "{ global = { enabled = false }, injector = { enabled = true } }", 0],
  ["is on", "{}", 0],
])("an injector that %s", async (_, values, expected) => {
  expect(await count("lifecycle/injector-off", release(values) + pod())).toBe(expected);
});

test("agents log in where the injector says, unless their pods say it", async () => {
  const role = `resource "vault_kubernetes_auth_backend_role" "orders" {
  backend = "clusters/eu"
  role_name = "orders"
  bound_service_account_names = ["orders"]
  bound_service_account_namespaces = ["shop"]
  audience = "vault"
}
`;
  const injector = release('{ injector = { authPath = "auth/clusters/eu" } }');
  const login = async (hcl: string) =>
    (await graphOf({ "main.tf": hcl })).chains.map(({ authRole }) => authRole?.authPath);
  expect(await login(injector + role + pod())).toEqual(["clusters/eu"]);
  expect(await login(release("{}") + role + pod())).toEqual([undefined]);
  expect(await login(injector + role + pod('"vault.hashicorp.com/auth-path" = "auth/kubernetes"'))).toEqual([
    undefined,
  ]);
});

const connection = (host: string, name = "shop") => `provider "vault" {
  address = "https://vault.acme.internal:8200"
}
resource "vault_policy" "orders" {
  name = "orders"
  policy = "path \\"database/creds/orders\\" { capabilities = [\\"read\\"] }"
}
resource "vault_database_secret_backend_connection" "${name}" {
  backend = "database"
  name = "${name}"
  allowed_roles = ["orders"]
  postgresql {
    connection_url = "postgresql://{{username}}:{{password}}@${host}/shop"
    username = "vault"
  }
}
`;
const beside = async (id: string, own: string, other: string) => {
  const others = [{ name: "dev-us", graph: await graphOf({ "main.tf": other }) }];
  return (await violations(ruleOf(id), own, { others })).map(({ message }) => message);
};

test.each([
  ["another database", "archive.acme.internal", ['"shop-2" allows "orders", whose credentials "shop" makes']],
  ["the same database", "pg.acme.internal", []],
])("a role that a connection to %s allows as well", async (_, host, expected) => {
  const role = `resource "vault_database_secret_backend_role" "orders" {
  backend = "database"
  name = "orders"
  db_name = "shop"
}
`;
  const second = connection(host, "shop-2");
  const beside = second.slice(second.indexOf('resource "vault_database'));
  const found = await violations(
    ruleOf("proof/disagreement"),
    role + connection("pg.acme.internal") + beside,
  );
  expect(found.map(({ message }) => message)).toEqual(expected);
});

test.each([
  ["PG.acme.internal", "pg.acme.internal:5432", true],
  ["pg.acme.internal.", "pg.acme.internal", true],
  ["a.acme.internal,b.acme.internal", "b.acme.internal", true],
  ["[fd00:0::1]:5432", "[fd00::1]", true],
  ["pg.acme.internal:5433", "pg.acme.internal", false],
  ["localhost", "127.0.0.1", false],
  ["pg.db.svc", "pg.db.svc", false],
])("a login at %s of this environment and at %s of another one: %s", async (own, other, expected) => {
  const found = await beside("connection/two-on-one-login", connection(own), connection(other));
  expect(found.length).toBe(Number(expected));
  if (expected)
    expect(found[0]).toContain("vault_database_secret_backend_connection.shop of dev-us log in as");
});

test("a login in one cluster is one login, by all environments of that cluster", async () => {
  const cluster = (context: string) => `provider "kubernetes" {\n  config_context = "${context}"\n}\n`;
  const found = (other: string) =>
    beside(
      "connection/two-on-one-login",
      cluster("eu") + connection("pg.db.svc"),
      cluster(other) + connection("pg.db.svc.cluster.local"),
    );
  expect(await found("eu")).toHaveLength(1);
  expect(await found("us")).toEqual([]);
});

test("one machine is one server within an environment, as localhost and as 127.0.0.1", async () => {
  const [, second = ""] = connection("127.0.0.1", "stock").split(/(?=resource "vault_database)/);
  expect(await count("connection/two-on-one-login", connection("localhost") + second)).toBe(1);
});

test("a name in one Vault is written once, by all environments together", async () => {
  const [own, other] = [connection("a.acme.internal"), connection("b.acme.internal")];
  expect(await beside("access/name-clash", own, other)).toEqual([
    'the policy "orders" is also written by vault_policy.orders of dev-us',
    'the connection "database/config/shop" is also written by vault_database_secret_backend_connection.shop of dev-us',
  ]);
  expect(await beside("access/name-clash", own, other.replace("https://vault.", "https://vault2."))).toEqual(
    [],
  );
  const inNamespace = other.replace('8200"', '8200"\n  namespace = "team"');
  expect(await beside("access/name-clash", own, inNamespace)).toEqual([]);
  expect(await beside("access/name-clash", own, other.replace(/provider[^}]*}/, ""))).toEqual([]);
});

import type { Environment, EnvironmentService } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import { local } from "../../template/project/stacks/local";
import { production } from "../../template/project/stacks/production";
import { environmentWith, environmentWithOrders } from "../support/environment";

const refusals = (environment: Environment) =>
  configurationProblems([environment]).map(({ path, property }) => `${path} ${property}`);
const ha = production.vault as Extract<Environment["vault"], { mode: "ha" }>;
const inNamespace = (namespace: string, vault: Partial<typeof ha> = {}): Environment => ({
  ...environmentWithOrders({ namespace }),
  vault: { ...ha, ...vault } as Environment["vault"],
});

test.each<[string, Environment]>([
  ["the namespace of Vault", inNamespace("vault")],
  ["the namespace of Vault by another name", inNamespace("secrets", { namespace: "secrets" })],
  ["one that the webhook leaves out", inNamespace("batch", { injector: { excludedNamespaces: ["batch"] } })],
  ["one of Kubernetes", inNamespace("kube-node-lease")],
  ["one that the network policy leaves out", inNamespace("shop", { clientNamespaces: ["billing"] })],
  [
    "one that an injector of an external Vault leaves out",
    {
      ...inNamespace("batch"),
      cluster: { ...production.cluster, caCertificate: ha.tls.caCertificate },
      vault: {
        mode: "external",
        address: "https://vault.acme.internal:8200",
        injector: { kind: "install", excludedNamespaces: ["batch"] },
        audit: [],
      },
    },
  ],
])("a service in %s is refused once", (_, environment) => {
  expect(refusals(environment)).toEqual(["production/orders namespace"]);
});

test.each<[string, Environment]>([
  ["is not left out", inNamespace("shop", { injector: { excludedNamespaces: ["shops"] } })],
  ["may reach Vault", inNamespace("shop", { clientNamespaces: ["billing", "shop"] })],
  ["is that of a Vault somewhere else", inNamespace("vault", { namespace: "secrets" })],
])("a service whose namespace %s is taken", (_, environment) => expect(refusals(environment)).toEqual([]));

test("says what is left out, and what to do", () => {
  const [problem] = configurationProblems([
    inNamespace("batch", { injector: { excludedNamespaces: ["batch"] } }),
  ]);
  expect(problem).toMatchObject({
    must: "be one that the injector's webhook looks at: it leaves out kube-system, kube-public, kube-node-lease, vault, batch, and pods there start without an agent",
    got: "batch",
  });
});

test.each(["sys", "auth", "identity", "cubbyhole", "token", "sys/database"])(
  "Vault's own path %s is refused",
  (path) => {
    const found = refusals(environmentWith({ vault: { ...ha, mountPath: path } }));
    expect(found).toContain("production vault.mountPath");
    expect(refusals(environmentWith({ vault: { ...ha, authPath: path } }))).toContain(
      "production vault.authPath",
    );
  },
);

test("a path that only begins like one of Vault's own is taken", () => {
  const vault = { ...ha, mountPath: "system", authPath: "tokens" };
  expect(refusals(environmentWith({ vault }))).toEqual([]);
});

test("a dev Vault has secret/ already", () => {
  expect(refusals({ ...local, vault: { ...local.vault, mountPath: "secret" } })).toEqual([
    "local vault.mountPath",
  ]);
  expect(refusals(environmentWith({ vault: { ...ha, mountPath: "secret" } }))).toEqual([]);
});

describe("a namespace that is there before", () => {
  test("is not made again", () => {
    expect(refusals(environmentWithOrders({ namespace: "default" }))).toEqual([
      "production cluster.namespaces",
    ]);
    const state = { kind: "kubernetes", namespace: "shop" } as const;
    expect(refusals({ ...environmentWithOrders({}), state })).toEqual(["production cluster.namespaces"]);
  });

  test("is taken where somebody else makes it", () => {
    const namespaces = { kind: "create", except: ["default"] } as const;
    const cluster = { ...production.cluster, namespaces };
    expect(refusals({ ...environmentWithOrders({ namespace: "default" }), cluster })).toEqual([]);
  });
});

test.each<[string, Partial<EnvironmentService>, string[]]>([
  ["the agent's container", { name: "vault-agent-init" }, ["production/vault-agent-init name"]],
  ["the agent's container", { name: "vault-agent" }, ["production/vault-agent name"]],
  ["the container of a migration", { name: "credentials-check" }, ["production/credentials-check name"]],
  ["each namespace's ServiceAccount", { name: "default" }, ["production/default name"]],
  [
    "the agent's container, elsewhere",
    { workload: { kind: "elsewhere", controller: "Deployment", container: "vault-agent" } },
    ["production/orders workload.container"],
  ],
])("the name of %s is taken already", (_, changes, expected) => {
  expect(refusals(environmentWithOrders(changes))).toEqual(expected);
});

test("the API server's Service is in one namespace", () => {
  const namespaces = { kind: "create", except: ["default"] } as const;
  const cluster = { ...production.cluster, namespaces };
  const inDefault = environmentWithOrders({ name: "kubernetes", namespace: "default" });
  expect(refusals({ ...inDefault, cluster })).toEqual(["production/kubernetes name"]);
  expect(refusals(environmentWithOrders({ name: "kubernetes" }))).toEqual([]);
});

test("a database whose annotation would be another one is refused", () => {
  const [shop] = production.databases as [Environment["databases"][0]];
  const [orders] = production.services as [EnvironmentService];
  const services = [
    { ...orders, access: [{ ...orders.access[0], database: "file-shop" }] },
  ] as EnvironmentService[];
  expect(refusals(environmentWith({ databases: [{ ...shop, name: "file-shop" }], services }))).toEqual([
    "production/orders access[0].database",
  ]);
});

test("a Vault that asks for more memory than it may have is refused", () => {
  const asked = (resources: object) => refusals(environmentWith({ vault: { ...ha, resources } }));
  expect(asked({ memoryRequest: "2Gi" })).toEqual(["production-vault/Vault resources.memoryRequest"]);
  expect(asked({ memoryRequest: "1025Mi", memoryLimit: "1Gi" })).toEqual([
    "production-vault/Vault resources.memoryRequest",
  ]);
  expect(asked({ memoryRequest: "1024Mi", memoryLimit: "1Gi" })).toEqual([]);
});

test("nobody among the clients would mean everybody", () => {
  const vault = { ...ha, clientNamespaces: [] };
  expect(refusals(environmentWith({ vault, services: [] }))).toEqual([
    "production-vault/Vault clientNamespaces",
  ]);
});

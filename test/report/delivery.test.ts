import { explain, type EnvironmentReport } from "../../proof/report";
import { CONNECTION, POLICY, ROLE } from "../../proof/rules/example-parts";
import { reportOnTexts } from "../support/report";
import { NOT_CLOSED } from "../../proof/report/coverage";
import { readAs } from "../support/report-pages";

const VAULT = `${CONNECTION}
${ROLE}
${POLICY}
resource "vault_kubernetes_auth_backend_role" "orders" {
  backend                          = "kubernetes"
  role_name                        = "orders"
  bound_service_account_names      = ["orders"]
  bound_service_account_namespaces = ["shop"]
  token_policies                   = ["orders"]
}
`;
const pod = (address = "") => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/role: orders
        vault.hashicorp.com/agent-inject-secret-shop: database/creds/orders${address && `\n        vault.hashicorp.com/service: ${address}`}
    spec:
      serviceAccountName: orders
      containers: [{ name: orders, image: "orders:1" }]
`;
const release = (values = "{}") => `resource "helm_release" "vault" {
  name      = "vault"
  namespace = "vault"
  chart     = "vault"
  values    = [yamlencode(${values})]
}
`;

async function reported(main: string, manifest = pod()): Promise<EnvironmentReport> {
  const { environments } = await reportOnTexts({ "main.tf": main, "pod.yaml": manifest });
  return environments[0]!;
}
const accessOf = async (main: string, manifest = pod()) =>
  (await reported(main, manifest)).services[0]!.accesses[0]!;

test("with a release of the chart everything on the way to Vault is known", async () => {
  const report = await reported(VAULT + release());
  expect(report.services[0]?.accesses[0]).toMatchObject({
    reaches: { value: "yes" },
    delivered: { value: "yes" },
  });
  expect(report.notLookedAt).toEqual([NOT_CLOSED]);
  const told = explain(report, report.services[0]!, {});
  expect(told).not.toMatch(/agent brings|looks at its pods|network policy/);
});

test("without one neither webhook, address nor network policy is known, and each answer says why", async () => {
  const report = await reported(VAULT);
  const [service] = report.services;
  const reason =
    "no release of Vault's chart was read, whose webhook has selectors; neither its pods nor a chart that was read says where Vault is; Vault is installed elsewhere, and its network policy was not read";
  expect(service?.accesses[0]?.delivered).toEqual({ value: "not-known", reason });
  // What the login may read does not hang on it.
  expect(service?.accesses[0]?.reaches).toEqual({ value: "yes" });
  expect(report.notLookedAt).toEqual([
    NOT_CLOSED,
    "which pods the injector's webhook looks at: no release of Vault's chart was read",
    "whom Vault's network lets in: Vault is installed elsewhere, and its network policy was not read",
  ]);
  const told = explain(report, service!, {});
  expect(told).toContain(`; whether an agent brings its pods the credentials is not known: ${reason}`);
  expect(told).toContain("whether the injector's webhook looks at its pods is not known: ");
  const reports = await reportOnTexts({ "main.tf": VAULT, "pod.yaml": pod() });
  for (const format of ["md", "html"] as const) {
    const page = readAs(reports, format);
    expect(page).toMatch(/not looked at/i);
    expect(page.replaceAll("&#39;", "'")).toContain(
      "no release of Vault's chart was read, whose webhook has selectors",
    );
  }
});

test("of an external Vault the webhook is known, and the way to Vault is not", async () => {
  const values = '{ global = { externalVaultAddr = "https://vault.acme.internal:8200" } }';
  const { delivered } = await accessOf(VAULT + release(values), pod("https://vault.acme.internal:8200"));
  expect(delivered).toEqual({
    value: "not-known",
    reason:
      "where https://vault.acme.internal:8200 leads does not stand in what was read; Vault is installed elsewhere, and its network policy was not read",
  });
});

test.each<[string, string, string]>([
  [
    "the webhook",
    '{ injector = { webhook = { namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = "stock" } } } } }',
    "leaves them out",
  ],
  ["an injector that is off", "{ injector = { enabled = false } }", "injector.enabled is false"],
  [
    "the network policy",
    '{ server = { networkPolicy = { enabled = true, ingress = [{ from = [{ namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = "stock" } } }] }] } } }',
    "has no ingress for pods in shop",
  ],
  ["the name of the release", '{ fullnameOverride = "secrets" }', "is no Service of Vault's release"],
])("what %s keeps away is told as no, and what the login may read stays", async (_, values, refusal) => {
  const report = await reported(VAULT + release(values), pod("http://vault.vault.svc:8200"));
  const [access] = report.services[0]!.accesses;
  expect(access).toMatchObject({ delivered: { value: "no" }, reaches: { value: "yes" } });
  const told = explain(report, report.services[0]!, {});
  expect(told).toContain("; but no agent brings its pods the credentials");
  expect(told).toContain(refusal);
});

test("a selector that depends on labels of others, and values that are not known, are no yes", async () => {
  const labels = '{ injector = { webhook = { namespaceSelector = { matchLabels = { inject = "yes" } } } } }';
  expect((await accessOf(VAULT + release(labels))).delivered.value).toBe("not-known");
  expect((await accessOf(VAULT + release("var.x"))).delivered.value).toBe("not-known");
});

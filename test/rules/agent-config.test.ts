import { readGraph } from "../../proof/access";
import { allRules, judge, limits } from "../../proof/rules";

/** What is said about a Deployment beside a ConfigMap, what is not judged of it, and what cannot be read. */
async function told(configMap: string, annotations: readonly string[]) {
  const { graph, failures } = await readGraph({
    terraform: { roots: [{ directory: ".", files: [{ file: "main.tf", text: VAULT }] }], plans: [] },
    manifests: [
      { file: "pod.yaml", text: deployment(annotations) },
      { file: "config.yaml", text: configMap },
    ],
    sql: [],
  });
  const context = { limits: limits.strict, capacities: new Map() };
  const found = judge(graph, { rules: allRules, context, waivers: [], waiversFile: "", today: "2026-01-01" });
  return {
    lines: found
      .filter(({ resource, rule }) => resource === "Deployment/shop/orders" && !OF_THE_END.has(rule))
      .map(({ rule, message }) => `${rule}: ${message}`),
    notJudged: graph.notJudged.map(({ what }) => what),
    failures: failures.map(({ file, message }) => `${file}: ${message}`),
  };
}

/** When a pod ends, annotations say. */
const OF_THE_END = new Set<string>(["lifecycle/revoke-races-drain", "lifecycle/drain-exceeds-grace"]);

const VAULT = `
resource "vault_auth_backend" "kubernetes" {
  type = "kubernetes"
}

resource "vault_kubernetes_auth_backend_role" "orders" {
  backend                          = vault_auth_backend.kubernetes.path
  role_name                        = "orders"
  bound_service_account_names      = ["orders"]
  bound_service_account_namespaces = ["shop"]
  token_policies                   = ["orders"]
}

resource "vault_policy" "orders" {
  name   = "orders"
  policy = "path \\"database/creds/orders\\" { capabilities = [\\"read\\"] }"
}

resource "vault_database_secret_backend_role" "orders" {
  backend             = "database"
  name                = "orders"
  db_name             = "shop"
  creation_statements = ["CREATE ROLE x"]
}`;

const deployment = (annotations: readonly string[]) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: orders } }
  template:
    metadata:
      labels: { app: orders }
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/agent-revoke-on-shutdown: "true"
${annotations.map((each) => `        vault.hashicorp.com/${each}\n`).join("")}
    spec:
      serviceAccountName: orders
      containers: [{ name: orders, image: "shop/orders:1" }]`;

const HCL = `
auto_auth {
  method "kubernetes" {
    mount_path = "auth/kubernetes"
    config = {
      role = "orders"
    }
  }
}
template {
  destination          = "/vault/secrets/db"
  perms                = "0400"
  error_on_missing_key = true
  contents             = <<EOF
{{ with secret "database/creds/orders" }}{{ .Data.username }}{{ end }}
EOF
}`;

const JSON_TEXT = JSON.stringify({
  auto_auth: { method: { type: "kubernetes", mount_path: "auth/kubernetes", config: { role: "orders" } } },
  template: [
    {
      destination: "/vault/secrets/db",
      perms: "0400",
      error_on_missing_key: true,
      contents: '{{ with secret "database/creds/orders" }}{{ .Data.username }}{{ end }}',
    },
  ],
});

const configMap = (files: Readonly<Record<string, string>>) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "agent", namespace: "shop" },
    data: files,
  });
const both = (text: string) => configMap({ "config-init.hcl": text, "config.hcl": text });

const BY_CONFIG_MAP = ["agent-configmap: agent"];
const LOGINS =
  "lifecycle/two-logins: an init container and a sidecar log in, and the second one replaces the file under the running application";

describe("agents that a ConfigMap configures", () => {
  test.each([
    ["HCL", HCL],
    [
      "a method with its type inside",
      HCL.replace('method "kubernetes" {', 'method {\n    type = "kubernetes"'),
    ],
    ["JSON", JSON_TEXT],
  ])("log in and read as its files say: %s", async (_, text) => {
    expect(await told(both(text), BY_CONFIG_MAP)).toEqual({ lines: [LOGINS], notJudged: [], failures: [] });
  });

  test.each([
    [
      'role = "orders"',
      'role = "billing"',
      'access/pod-login-refused: there is no role "billing" at auth/kubernetes',
    ],
    ['role = "orders"', "", "access/pod-login-refused: the pod names no role"],
    [
      "auth/kubernetes",
      "auth/k8s",
      "access/pod-login-refused: the pod logs in at auth/k8s, where no auth method is mounted",
    ],
    [
      "creds/orders",
      "creds/ordes",
      'access/pod-path-refused: the pod reads "database/creds/ordes", and the policies "orders" of the role "orders" do not allow it',
    ],
    [
      ".Data.username",
      ".Data.data.username",
      'lifecycle/template-fields: the template of "/vault/secrets/db" reads .Data.data',
    ],
    [
      '"0400"',
      '"0644"',
      'lifecycle/file-readable-by-others: the file of "/vault/secrets/db" has the mode 0644',
    ],
    [
      "error_on_missing_key = true",
      "",
      'lifecycle/missing-key-ignored: the template of "/vault/secrets/db" reads fields by name, and a missing one is no error',
    ],
    [
      "auto_auth {",
      "cache {\n}\nauto_auth {",
      "lifecycle/agent-cache: cache in the ConfigMap switches the cache on",
    ],
  ])("are wrong where the files are: %s as %s", async (right, wrong, expected) => {
    expect((await told(both(HCL.replace(right, wrong)), BY_CONFIG_MAP)).lines).toContain(expected);
  });

  test("start from the file of their kind, and from nothing where it is not there", async () => {
    const patch = 'agent-init-json-patch: \'[{"op":"add","path":"/restartPolicy","value":"Always"}]\'';
    const native = [...BY_CONFIG_MAP, 'agent-pre-populate-only: "true"', patch];
    const init = configMap({ "config-init.hcl": HCL });
    expect((await told(init, native)).lines).toEqual([
      "lifecycle/no-readiness-gate: the native sidecar has no startupProbe that waits for every file",
    ]);
    expect((await told(init, BY_CONFIG_MAP)).lines).toContain(
      'access/pod-login-refused: the ConfigMap "agent" has no config.hcl, from which an agent of the pod starts',
    );
  });

  test("log in apart, which nobody judges", async () => {
    const apart = configMap({
      "config-init.hcl": HCL,
      "config.hcl": HCL.replace('role = "orders"', 'role = "billing"'),
    });
    const { lines, notJudged } = await told(apart, BY_CONFIG_MAP);
    expect(lines).toEqual([LOGINS]);
    expect(notJudged).toEqual(["login of a pod whose agents log in apart"]);
  });

  test("are not judged where the ConfigMap is somewhere else, or is not what it should be", async () => {
    const elsewhere = await told(both(HCL).replace('"agent"', '"another"'), BY_CONFIG_MAP);
    expect(elsewhere.notJudged).toEqual(["ConfigMap of an agent"]);
    expect(elsewhere.lines.filter((line) => /pod-login|pod-path/.test(line))).toEqual([]);
    const broken = await told(both("auto_auth {"), BY_CONFIG_MAP);
    expect(broken.notJudged).toEqual(["ConfigMap of an agent"]);
    expect(broken.failures[0]).toMatch(
      /^config\.yaml: config-init\.hcl of ConfigMap\/shop\/agent cannot be read: /,
    );
  });
});

describe("agents that annotations configure", () => {
  const FILE = "agent-inject-secret-db: database/creds/orders";

  test("are told to quit over a listener, which the injector gives a cache", async () => {
    const { lines } = await told("", [FILE, "role: orders", 'agent-enable-quit: "true"']);
    expect(lines).toContain(
      "lifecycle/agent-cache: vault.hashicorp.com/agent-enable-quit switches the cache on",
    );
  });

  test("log in by another method than Kubernetes', which nobody judges", async () => {
    const { lines, notJudged } = await told("", [FILE, "auth-type: jwt", "auth-path: auth/jwt", "role: any"]);
    expect(lines.filter((line) => /login-refused|path-refused/.test(line))).toEqual([]);
    expect(notJudged).toEqual(["login of a pod by jwt"]);
  });

  test("are passed over where a running pod's annotations were copied", async () => {
    const { lines } = await told("", [FILE, "role: orders", "agent-inject-status: injected"]);
    expect(lines).toContainEqual(expect.stringMatching(/^lifecycle\/webhook-passes-over: .* is injected: /));
  });

  test("may have values that only Go's parser takes", async () => {
    const values = ["agent-inject-default-template: JSON", 'template-lease-renewal-threshold: "0.9"'];
    const denied = ({ lines }: { lines: string[] }) => lines.filter((line) => /denied-value/.test(line));
    expect(denied(await told("", [FILE, "role: orders", ...values]))).toEqual([]);
    expect(denied(await told("", [FILE, 'template-lease-renewal-threshold: "90%"']))).toHaveLength(1);
  });

  test("are not the only ones where a container is an agent as well, which nobody judges", async () => {
    const own = (image: string, args: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: own }\nspec:\n  containers: [{ name: agent, image: "${image}", args: [${args}] }]`;
    const unjudged = async (image: string, args: string) => (await told(own(image, args), [])).notJudged;
    expect(await unjudged("hashicorp/vault:1.21.4", "agent, -config=/etc/agent.hcl")).toEqual([
      "agent of a pod's own",
    ]);
    expect(await unjudged("docker.io/openbao/openbao:2.5", '"exec bao agent -config=/a"')).toHaveLength(1);
    expect(await unjudged("hashicorp/vault:1.21.4", "server")).toEqual([]);
    expect(await unjudged("hashicorp/vault-k8s:1.7.6", "agent-inject")).toEqual([]);
  });

  test("have a role among the method's own settings, delimiters for each file and telemetry", async () => {
    const { lines } = await told("", [
      FILE,
      "auth-config-role: orders",
      'agent-template-left-delim-db: "[["',
      'agent-template-right-delim-db: "]]"',
      'agent-telemetry-prometheus-retention-time: "24h"',
    ]);
    expect(lines.filter((line) => /login-refused|path-refused|unknown-annotation/.test(line))).toEqual([]);
  });
});

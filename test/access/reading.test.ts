import { readGraph, type AccessGraph, type ReadFailure } from "../../proof/access";

async function graphOf(
  main: string,
  manifests: Readonly<Record<string, string>> = {},
): Promise<AccessGraph & { readonly failures: readonly ReadFailure[] }> {
  const { graph, failures } = await readGraph({
    terraform: { roots: [{ directory: ".", files: [{ file: "main.tf", text: main }] }], plans: [] },
    manifests: Object.entries(manifests).map(([file, text]) => ({ file, text })),
    sql: [],
  });
  return { ...graph, failures };
}

describe("objects of Kubernetes", () => {
  test("a merge key gives what its anchor has, and what is written beside it wins", async () => {
    const { workloads } = await graphOf("", {
      "jobs.yaml": `
apiVersion: batch/v1
kind: Job
metadata: { name: load }
spec:
  template:
    metadata:
      labels: &labels { app: load, tier: batch }
      annotations:
        <<: { vault.hashicorp.com/agent-inject: "true", vault.hashicorp.com/role: other }
        vault.hashicorp.com/role: load
    spec: { containers: [{ name: load }] }`,
    });
    expect(workloads[0]?.pod.injection).toMatchObject({ requested: true, role: "load" });
  });

  test.each(["ReplicaSet", "ReplicationController"])("a %s runs pods", async (kind) => {
    const { workloads } = await graphOf("", {
      "a.yaml": `{ apiVersion: apps/v1, kind: ${kind}, metadata: { name: a }, spec: { replicas: 3, template: {} } }`,
    });
    expect(workloads).toMatchObject([{ kind, name: "a", replicas: 3 }]);
  });

  test("what stands in a template's braces is not known, and nothing is warned of", async () => {
    const warned = jest.spyOn(process, "emitWarning");
    const { workloads, failures } = await graphOf("", {
      "a.yaml": `
apiVersion: apps/v1
kind: Deployment
metadata: { name: a }
spec:
  template:
    spec:
      serviceAccountName: {{ account }}
      containers: [{ name: a, resources: { {{ key }}: 1 } }]`,
    });
    expect(workloads[0]?.pod.serviceAccount).toMatchObject({ expression: "{{ account }}" });
    expect([failures, warned.mock.calls]).toEqual([[], []]);
  });

  test.each([
    ["an alias without an anchor", "kind: Secret\nmetadata: *hunter2", undefined],
    ["a key that is there twice", "kind: Secret\ndata: { hunter2: 1, hunter2: 2 }", 2],
    ["a text that is not closed", 'kind: Secret\ndata: { a: "hunter2', 2],
  ])("%s is told at its place, and not repeated", async (_what, text, line) => {
    const { failures } = await graphOf("", { "a.yaml": text });
    expect(failures).toMatchObject([{ file: "a.yaml" }]);
    expect(failures[0]?.line).toBe(line);
    expect(JSON.stringify(failures)).not.toContain("hunter2");
  });

  test("what cannot be read in kubectl_manifest is told at the resource", async () => {
    const { failures } = await graphOf(
      'resource "kubectl_manifest" "a" {\n  yaml_body = "kind: [hunter2"\n}',
    );
    expect(failures).toMatchObject([{ file: "main.tf", line: 1 }]);
    expect(JSON.stringify(failures)).not.toContain("hunter2");
  });

  test.each([
    ["Deployment", "spec: { template: { metadata: { annotations: { a: b } } } }"],
    ["CronJob", "spec: { jobTemplate: { spec: {} } }"],
  ])("annotations that another resource puts on a %s are those of its pods", async (kind, spec) => {
    const manifest = `kind: ${kind}\nmetadata: { name: web, namespace: shop }\n${spec}`;
    const annotate = (namespace: string) => `
resource "kubernetes_annotations" "web" {
  api_version = "v1"
  kind        = "${kind}"
  metadata {
    name      = "web"
    namespace = "${namespace}"
  }
  annotations          = { "on" = "workload" }
  template_annotations = { "vault.hashicorp.com/agent-inject" = "true", "vault.hashicorp.com/role" = "web" }
}`;
    const { workloads } = await graphOf(annotate("shop"), { "a.yaml": manifest });
    expect(workloads[0]).toMatchObject({
      annotations: { on: "workload" },
      pod: { injection: { requested: true, role: "web" } },
    });
    const other = await graphOf(annotate("other"), { "a.yaml": manifest });
    expect(other.workloads[0]?.pod.injection).toBeUndefined();
  });
});

describe("what vault_generic_endpoint writes", () => {
  const endpoint = (path: string, data: string) =>
    graphOf(`
variable "password" { sensitive = true }
resource "vault_generic_endpoint" "this" {
  path      = "${path}"
  data_json = ${data}
}`);

  test("a role, with times in words", async () => {
    const { databaseRoles } = await endpoint(
      "/database/roles/app",
      `jsonencode({ db_name = "main", creation_statements = "CREATE ROLE x", default_ttl = "1h30m", max_ttl = "8760h" })`,
    );
    expect(databaseRoles).toMatchObject([
      { mount: "database", name: "app", connection: "main", defaultTtl: 5400, maxTtl: 31_536_000 },
    ]);
    expect(databaseRoles[0]?.creation).toEqual(["CREATE ROLE x"]);
  });

  test.each([
    [
      "jsonencode",
      'jsonencode({ allowed_roles = "a, b", connection_url = "postgresql://x", password = var.password })',
    ],
    [
      "a text",
      '"{\\"allowed_roles\\": \\"a, b\\", \\"connection_url\\": \\"postgresql://x\\", \\"password\\": \\"${"${var.password}"}\\"}"',
    ],
  ])("a connection of whose JSON a part is not known, by %s", async (_how, data) => {
    const { connections } = await endpoint("pg/config/main", data);
    expect(connections).toMatchObject([
      {
        mount: "pg",
        name: "main",
        allowedRoles: ["a", "b"],
        url: "postgresql://x",
        passwordArguments: ["password"],
      },
    ]);
  });

  test("policies and roles of the auth method, and the mounts of both", async () => {
    const policy = JSON.stringify(JSON.stringify({ policy: 'path "a/b" { capabilities = ["read"] }' }));
    expect((await endpoint("sys/policies/acl/App", policy)).policies).toMatchObject([{ name: "app" }]);
    const role = `jsonencode({ bound_service_account_names = "*", policies = ["app"] })`;
    expect((await endpoint("auth/kube/role/app", role)).authRoles).toMatchObject([
      { authPath: "kube", name: "app", serviceAccounts: ["*"], policies: ["app"] },
    ]);
    const mount = `jsonencode({ type = "database", config = { max_lease_ttl = "4h" } })`;
    expect((await endpoint("sys/mounts/pg", mount)).mounts).toMatchObject([
      { path: "pg", maxLeaseTtl: 14_400 },
    ]);
    expect(
      (await endpoint("sys/auth/kube", `jsonencode({ type = "kubernetes" })`)).authMethods,
    ).toMatchObject([{ path: "kube" }]);
  });

  test("the roles of other engines and methods are none of a database", async () => {
    const aws = await endpoint("aws/roles/app", `jsonencode({ credential_type = "iam_user" })`);
    expect(aws.databaseRoles).toEqual([]);
    const jwt = await endpoint("auth/jwt/role/app", `jsonencode({ bound_audiences = ["vault"] })`);
    expect(jwt.authRoles).toEqual([]);
  });
});

test("an import of what no file describes is told", async () => {
  const { failures } = await graphOf(`
import {
  to = vault_policy.gone
  id = "gone"
}
import {
  to = vault_policy.kept["a"]
  id = "kept"
}
resource "vault_policy" "kept" {
  for_each = toset(["a"])
  name     = each.key
  policy   = ""
}`);
  expect(failures).toEqual([
    {
      file: "main.tf",
      message: "this imports vault_policy.gone, and no file of the folder has a resource of that name",
    },
  ]);
});

test("a policy that cannot be read is not repeated", async () => {
  for (const policy of ['"{\\"path\\": hunter2"', '"path \\"hunter2"']) {
    const { failures } = await graphOf(
      `resource "vault_policy" "a" {\n  name = "a"\n  policy = ${policy}\n}`,
    );
    expect(failures).toMatchObject([{ file: "main.tf" }]);
    expect(JSON.stringify(failures)).not.toContain("hunter2");
  }
});

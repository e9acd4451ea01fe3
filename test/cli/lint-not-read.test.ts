import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { lintCommand } from "../../proof/cli/lint";
import { files } from "../../proof/cli/source";
import { reportOnFiles } from "../support/report";

const log = jest.spyOn(console, "log").mockImplementation(() => {});
const checkout = process.cwd();
let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-not-read-"));
  process.chdir(directory);
});
afterEach(() => {
  process.chdir(checkout);
  fs.rmSync(directory, { recursive: true });
  process.exitCode = 0;
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}
async function lint(format = "text"): Promise<string> {
  log.mockClear();
  await lintCommand(files).parseAsync([".", "--format", format], { from: "user" });
  return log.mock.calls.flat().join("\n");
}
const lastLine = async () => (await lint()).split("\n").at(-1);
const object = (kind: string, more = "") =>
  `apiVersion: example/v1\nkind: ${kind}\nmetadata: { name: a }\n${more}`;
const WORKING = { "a.yaml": object("ServiceAccount") };

test("what is read whole has nothing to add", async () => {
  write({
    ...WORKING,
    "b.yaml": ["Service", "Ingress", "RoleBinding", "ConfigMap"].map((kind) => object(kind)).join("---\n"),
  });
  expect(await lint()).toBe("0 errors, 0 warnings, 0 waived");
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  [
    "a chart",
    {
      "deploy/Chart.yaml": "name: a",
      "deploy/values.yaml": "a: 1",
      "deploy/values-prod.yaml": "a: 1",
      "deploy/templates/a.yaml": "{{ if }}",
      "deploy/templates/b.yaml": "{{ if }}",
      "deploy/templates/_helpers.tpl": "",
    },
    "2 Helm templates (deploy/templates), 2 files of Helm values (deploy/values-prod.yaml, deploy/values.yaml)",
  ],
  [
    "custom resources",
    { "b.yaml": `${object("VaultAuth")}---\n${object("VaultAuth")}` },
    "2 VaultAuth (b.yaml)",
  ],
  ["an application of Argo", { "b.yaml": object("Application") }, "1 Application (b.yaml)"],
  ["workloads of others", { "b.yaml": object("Rollout") }, "1 Rollout (b.yaml)"],
  ["network policies", { "b.yaml": object("NetworkPolicy") }, "1 NetworkPolicy (b.yaml)"],
  [
    "patches",
    {
      "k/kustomization.yaml": "patches: [{ path: p.yaml }, { path: q.yaml }]",
      "k/p.yaml": object("Deployment"),
      "k/q.yaml": object("Deployment"),
    },
    "2 patches of Kustomize's (k/p.yaml, k/q.yaml)",
  ],
  [
    "resources of Terraform that no reader knows",
    {
      "a.tf": `resource "vault_identity_group_policies" "a" {}
resource "postgresql_grant" "a" {}
resource "postgresql_grant" "b" {}
resource "kubernetes_network_policy_v1" "a" {}
resource "kubernetes_role_binding_v1" "a" {}
resource "aws_s3_bucket" "a" {}
resource "helm_release" "a" {
  chart = "argo-cd"
}`,
    },
    "1 helm_release of another chart than Vault's (a.tf), 1 kubernetes_network_policy_v1 (a.tf), 2 postgresql_grant (a.tf), 1 vault_identity_group_policies (a.tf)",
  ],
  [
    "variables that nobody takes over",
    { "prod.tfvars": "", "terraform.tfvars": "", "a.auto.tfvars": "" },
    "1 file of variables (prod.tfvars)",
  ],
  ["Terragrunt", { "a/terragrunt.hcl": "" }, "1 file of Terragrunt (a/terragrunt.hcl)"],
  [
    "many files",
    Object.fromEntries(["b", "c", "d", "e", "f"].map((name) => [`${name}.yaml`, object("VaultAuth")])),
    "5 VaultAuth (b.yaml, c.yaml, d.yaml, 2 more)",
  ],
])("%s: the last line says that nobody judges it", async (_, files, expected) => {
  write({ ...WORKING, ...files });
  expect(await lastLine()).toBe(`not read: ${expected}`);
  expect(process.exitCode).toBe(0);
});

test("arguments that no reader of a resource asks for are told, and what is empty or another database's is not", async () => {
  write({
    "a.tf": `resource "vault_kubernetes_auth_backend_role" "a" {
  role_name                        = "a"
  bound_service_account_names      = ["a"]
  bound_service_account_namespaces = ["a"]
  token_policies                   = ["a"]
  token_num_uses                   = 1
  token_bound_cidrs                = ["10.0.0.0/8"]
  token_no_default_policy          = false
  description                      = "of a"
}
resource "vault_database_secret_backend_connection" "a" {
  name            = "a"
  backend         = "db"
  rotation_period = 3600
  postgresql {
    connection_url          = "postgres://{{username}}:{{password}}@a/a?sslmode=verify-full"
    max_connection_lifetime = 60
    service_account_json    = ""
  }
}
resource "vault_database_secret_backend_connection" "b" {
  name              = "b"
  backend           = "db"
  verify_connection = true
  mysql {
    connection_url = "{{username}}:{{password}}@tcp(b:3306)/"
  }
}`,
  });
  expect(await lastLine()).toBe(
    "not read: 1 vault_database_secret_backend_connection.postgresql.max_connection_lifetime (a.tf), " +
      "1 vault_kubernetes_auth_backend_role.token_bound_cidrs (a.tf), " +
      "1 vault_kubernetes_auth_backend_role.token_num_uses (a.tf)",
  );
  const { environments } = await reportOnFiles(".");
  expect(environments[0]?.notLookedAt).toContain(
    "1 vault_kubernetes_auth_backend_role.token_num_uses (a.tf)",
  );
});

test("OpenTofu's own files are read as Terraform's are", async () => {
  write({ "a.tofu": 'resource "vault_mount" "a" {\n  type = "database"\n  path = "a"\n}' });
  expect(await lint()).toContain("vault_mount.a a.tofu:1");
  expect(await lint()).not.toContain("not read");
});

test("machines are told it too, and so is who reads the report", async () => {
  write({ ...WORKING, "b.yaml": object("VaultAuth") });
  expect(JSON.parse(await lint("json"))).toMatchObject({
    notRead: [{ what: "VaultAuth", count: 1, places: ["b.yaml"] }],
  });
  const [invocation] = (JSON.parse(await lint("sarif")) as { runs: { invocations: object[] }[] }).runs[0]!
    .invocations;
  expect(invocation).toMatchObject({
    executionSuccessful: true,
    toolExecutionNotifications: [{ level: "note", message: { text: "not read: 1 VaultAuth (b.yaml)" } }],
  });
  expect(await lint("github")).toBe("::notice title=not read::no rule judges 1 VaultAuth (b.yaml)");
  const { environments } = await reportOnFiles(".");
  expect(environments[0]?.notLookedAt).toContain("1 VaultAuth (b.yaml)");
});

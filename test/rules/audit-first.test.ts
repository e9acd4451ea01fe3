import { readGraph, type FileReader } from "../../proof/access";
import { limits } from "../../proof/rules";
import { auditFirst } from "../../proof/rules/vault/audit-first";

const DEVICE = `resource "vault_audit" "stdout" {
  type    = "file"
  path    = "stdout"
  options = { file_path = "stdout" }
}
`;

/** What the rule finds in a root, and in the modules beside it. */
async function found(root: string, beside: Record<string, string> = {}): Promise<string[]> {
  const reader: FileReader = {
    read: (file) => beside[file],
    list: (directory) =>
      Object.keys(beside)
        .filter((file) => file.startsWith(`${directory}/`))
        .map((file) => file.slice(directory.length + 1)),
  };
  const roots = [{ directory: ".", files: [{ file: "main.tf", text: root }] }];
  const { graph, failures } = await readGraph({
    terraform: { roots, plans: [], reader },
    manifests: [],
    sql: [],
  });
  expect(failures).toEqual([]);
  const context = { limits: limits.strict, capacities: new Map() };
  return [...auditFirst.check(graph, context)].map(({ at }) => at.address);
}

test("only the first of what is made beside the device is named: the others follow it", async () => {
  expect(
    await found(`${DEVICE}
      resource "vault_mount" "m" { path = "database" }
      resource "vault_database_secret_backend_role" "r" { backend = vault_mount.m.path }
      resource "vault_policy" "p" { for_each = toset(["a", "b"]) }`),
  ).toEqual(["vault_mount.m", 'vault_policy.p["a"]']);
});

test.each([
  ["what depends on it", `resource "vault_mount" "m" { depends_on = [vault_audit.stdout] }`],
  [
    "what refers to it",
    `resource "vault_mount" "m" { description = "audited by \${vault_audit.stdout.path}" }`,
  ],
  [
    "what refers to it by an index",
    `resource "vault_mount" "m" { description = values(vault_audit.stdout)[0].path }`,
  ],
  [
    "what refers to that",
    `resource "vault_mount" "m" { depends_on = [vault_audit.stdout] }
     resource "vault_policy" "p" { name = vault_mount.m.path }`,
  ],
  [
    "what refers to it by a local",
    `locals { audited = vault_audit.stdout.id }
     resource "vault_mount" "m" { description = local.audited }`,
  ],
  [
    "what refers to it by a data source",
    `data "vault_policy_document" "d" { depends_on = [vault_audit.stdout] }
     resource "vault_policy" "p" { policy = data.vault_policy_document.d.hcl }`,
  ],
  [
    "what waits for a device after it",
    `resource "vault_audit" "second" { depends_on = [vault_audit.stdout] }
     resource "vault_mount" "m" { depends_on = [vault_audit.second] }`,
  ],
  ["a resource of another provider", `resource "kubernetes_namespace_v1" "n" {}`],
  ["another Vault", `resource "vault_mount" "m" { provider = vault.other }`],
  ["a data source of its own", `data "vault_policy_document" "d" {}`],
])("says nothing of %s", async (_title, text) => {
  expect(await found(`${DEVICE}\n${text}`)).toEqual([]);
});

test("says nothing of what the device itself needs", async () => {
  const device = `resource "vault_audit" "stdout" { description = vault_namespace.n.path }`;
  expect(await found(`${device}\nresource "vault_namespace" "n" { path = "team" }`)).toEqual([]);
});

test("says nothing of a plan, which does not show the order", async () => {
  const resource = (type: string, name: string) => ({
    address: `${type}.${name}`,
    mode: "managed",
    type,
    values: { path: name },
  });
  const resources = [resource("vault_audit", "stdout"), resource("vault_mount", "database")];
  const text = JSON.stringify({ planned_values: { root_module: { resources } } });
  const plans = [{ file: "plan.json", text }];
  const { graph } = await readGraph({ terraform: { roots: [], plans }, manifests: [], sql: [] });
  expect(graph.auditDevices).toHaveLength(1);
  expect([...auditFirst.check(graph, { limits: limits.strict, capacities: new Map() })]).toEqual([]);
});

describe("modules", () => {
  const access = { "access/main.tf": `variable "after" { default = "" }\nresource "vault_mount" "m" {}` };
  const audit = {
    "audit/main.tf": `${DEVICE}output "path" { value = vault_audit.stdout.path }\noutput "other" { value = 1 }`,
  };

  test("what is in a module is found", async () => {
    expect(await found(`${DEVICE} module "access" { source = "./access" }`, access)).toEqual([
      "module.access.vault_mount.m",
    ]);
  });

  test("a variable that nobody uses orders nothing", async () => {
    const call = `module "access" {\n source = "./access"\n after = vault_audit.stdout.path\n}`;
    expect(await found(`${DEVICE} ${call}`, access)).toEqual(["module.access.vault_mount.m"]);
  });

  test("a call that depends on the device orders all in it", async () => {
    const call = `module "access" {\n source = "./access"\n depends_on = [vault_audit.stdout]\n}`;
    expect(await found(`${DEVICE} ${call}`, access)).toEqual([]);
  });

  test("a variable that is used does as well, also in a module with instances", async () => {
    const text = `variable "after" {}\nresource "vault_mount" "m" { description = var.after }`;
    const call = `module "access" {\n source = "./access"\n for_each = toset(["a", "b"])\n after = vault_audit.stdout.path\n}`;
    expect(await found(`${DEVICE} ${call}`, { "access/main.tf": text })).toEqual([]);
  });

  test("a module that holds the device orders what waits for it as a whole, or for an output of the device", async () => {
    const call = `module "audit" { source = "./audit" }`;
    const mount = (argument: string) => `${call}\nresource "vault_mount" "m" { ${argument} }`;
    expect(await found(mount("depends_on = [module.audit]"), audit)).toEqual([]);
    expect(await found(mount("description = module.audit.path"), audit)).toEqual([]);
    expect(await found(mount("description = module.audit.other"), audit)).toEqual(["vault_mount.m"]);
    expect(await found(mount(""), audit)).toEqual(["vault_mount.m"]);
  });

  test("a module that is given another Vault is not of this one", async () => {
    const call = `module "access" {\n source = "./access"\n providers = { vault = vault.other }\n}`;
    expect(await found(`${DEVICE} ${call}`, access)).toEqual([]);
  });

  test("what waits for a module that is not on disk is not known to be too early", async () => {
    const call = `module "elsewhere" { source = "acme/audit/vault" }`;
    const mount = `resource "vault_mount" "m" { depends_on = [module.elsewhere] }`;
    expect(await found(`${DEVICE} ${call}\n${mount}`)).toEqual([]);
  });
});

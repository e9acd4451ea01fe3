import { readGraph } from "../../proof/access";
import { allRules, judge, limits, type Finding } from "../../proof/rules";

async function findings(folders: Readonly<Record<string, string>>): Promise<Finding[]> {
  const roots = Object.entries(folders).map(([directory, text]) => ({
    directory,
    files: [{ file: `${directory}/main.tf`, text }],
  }));
  const { graph, failures } = await readGraph({ terraform: { roots, plans: [] }, manifests: [], sql: [] });
  expect(failures).toEqual([]);
  const context = { limits: limits.strict, capacities: new Map() };
  return judge(graph, { rules: allRules, context, waivers: [], waiversFile: "", today: "2026-01-01" });
}

const clashes = async (folders: Readonly<Record<string, string>>): Promise<string[]> =>
  (await findings(folders)).filter(({ rule }) => rule === "access/name-clash").map(({ message }) => message);

const policy = (id: string, more = "") =>
  `resource "vault_policy" "${id}" {\n  name   = "orders"\n  policy = ""\n  ${more}\n}\n`;
const provider = (more: string) => `provider "vault" {\n${more}\n}\n`;

test("a name is one name in one Vault and one namespace", async () => {
  expect(await clashes({ a: policy("x") + policy("y") })).toHaveLength(1);
  expect(await clashes({ a: policy("x", 'namespace = "a"') + policy("y", 'namespace = "b"') })).toEqual([]);
  expect(
    await clashes({ a: policy("x", 'namespace = "a"') + policy("y", 'namespace = "/a/"') }),
  ).toHaveLength(1);
  const aliases = provider('alias = "one"') + provider('alias = "two"');
  const both = policy("x", "provider = vault.one") + policy("y", "provider = vault.two");
  expect(await clashes({ a: aliases + both })).toEqual([]);
});

test("two roots are one Vault where they name one address", async () => {
  const at = (address: string) => provider(`  address = "${address}"`) + policy("x");
  expect(await clashes({ staging: policy("x"), production: policy("x") })).toEqual([]);
  expect(await clashes({ a: at("https://one:8200"), b: at("https://two:8200") })).toEqual([]);
  expect(await clashes({ a: at("https://one:8200"), b: at("https://one:8200/") })).toHaveLength(1);
});

test("no finding repeats a password of an address or a name, and none has a value that is no word", async () => {
  const secret = "pw-canary-7731";
  const all = await findings({
    a: `
variable "x" {}
resource "vault_mount" "m" {
  path = var.x
  type = "database"
}
resource "vault_database_secret_backend_connection" "c" {
  backend       = vault_mount.m.path
  name          = "https://me:${secret}@db"
  allowed_roles = ["https://me:${secret}@role"]
  postgresql {
    connection_url = "postgresql://{{username}}:{{password}}@\${var.x}/shop"
    username       = "v"
  }
}
resource "vault_generic_endpoint" "e" {
  path      = ""
  data_json = "{\\"password\\": \\"some\\"}"
}
resource "vault_kubernetes_auth_backend_config" "k" {
  kubernetes_host = "https://me:${secret}@kube:6443"
}
resource "vault_kubernetes_auth_backend_role" "r" {
  role_name                        = "https://me:${secret}@r"
  bound_service_account_names      = ["*"]
  bound_service_account_namespaces = ["*"]
}`,
  });
  expect(all.length).toBeGreaterThan(5);
  for (const { message, fix } of all) {
    expect(`${message} ${fix}`).not.toContain(secret);
    expect(`${message} ${fix}`).not.toMatch(/\[object Object\]|undefined|""|NaN/);
  }
});

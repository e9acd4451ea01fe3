import { readTerraform, type FileReader } from "../../../proof/access";
import { isUnknown } from "../../../proof/access";

const read = async (files: Record<string, string>, beside: Record<string, string> = {}) => {
  const reader: FileReader = {
    read: (file) => beside[file],
    list: (directory) =>
      Object.keys(beside)
        .filter((file) => file.startsWith(`${directory}/`))
        .map((file) => file.slice(directory.length + 1))
        .filter((name) => !name.includes("/")),
  };
  const texts = Object.entries(files).map(([file, text]) => ({ file, text }));
  return readTerraform({ roots: [{ directory: ".", files: texts }], plans: [], reader });
};
const bodies = async (...args: Parameters<typeof read>) => {
  const { configuration, failures } = await read(...args);
  expect(failures).toEqual([]);
  return Object.fromEntries(configuration.resources.map(({ origin, body }) => [origin.address, { ...body }]));
};

test("locals, defaults and tfvars, in that order of strength", async () => {
  const files = {
    "main.tf": `
      variable "a" { default = "default" }
      variable "b" { default = "default" }
      variable "c" { type = string }
      locals { joined = "\${var.a}-\${var.b}" }
      resource "x" "y" {
        name = local.joined
        none = null
        open = var.c
      }`,
    "terraform.tfvars": 'a = "given"',
    "z.auto.tfvars.json": '{ "b": "automatic" }',
  };
  const { "x.y": body } = await bodies(files);
  expect(body).toEqual({
    name: "given-automatic",
    open: expect.objectContaining({ expression: "${var.c}" }) as unknown,
  });
});

test("count and for_each make instances, and references find them", async () => {
  expect(
    await bodies({
      "main.tf": `
      resource "vault_mount" "m" {
        count = 2
        path  = "db\${count.index}"
      }
      resource "vault_policy" "p" {
        for_each = toset(["a", "b"])
        name     = "p-\${each.key}"
      }
      resource "x" "off" {
        count = 0
      }
      resource "x" "y" {
        mounts   = vault_mount.m[*].path
        id       = vault_mount.m[1].id
        policies = [for p in vault_policy.p : p.name]
        one      = vault_policy.p["b"].name
      }`,
    }),
  ).toEqual({
    "vault_mount.m[0]": { path: "db0" },
    "vault_mount.m[1]": { path: "db1" },
    'vault_policy.p["a"]': { name: "p-a" },
    'vault_policy.p["b"]': { name: "p-b" },
    "x.y": { mounts: ["db0", "db1"], id: "db1", policies: ["p-a", "p-b"], one: "p-b" },
  });
});

test("dynamic blocks, nested blocks and references into them", async () => {
  const { "x.y": body, "x.z": other } = await bodies({
    "main.tf": `
      resource "x" "y" {
        dynamic "rule" {
          for_each = { a = 1, b = 2 }
          content {
            name  = rule.key
            value = rule.value
          }
        }
        metadata {
          name = "orders"
        }
      }
      resource "x" "z" {
        name = x.y.metadata[0].name
      }`,
  });
  expect(body?.rule).toEqual([
    { name: "a", value: 1 },
    { name: "b", value: 2 },
  ]);
  expect(other).toEqual({ name: "orders" });
});

test("templates and policies that Terraform renders", async () => {
  const { "x.y": body } = await bodies(
    {
      "main.tf": `
      data "vault_policy_document" "d" {
        rule {
          path         = "a/b"
          capabilities = ["read"]
        }
      }
      resource "x" "y" {
        template = templatefile("\${path.module}/t.tftpl", { names = ["a", "b"] })
        policy   = data.vault_policy_document.d.hcl
      }`,
    },
    { "t.tftpl": "%{ for n in names ~}\n<${n}>\n%{ endfor ~}\n" },
  );
  expect(body?.template).toBe("<a>\n<b>\n");
  expect(JSON.parse(String(body?.policy))).toEqual({ path: { "a/b": [{ capabilities: ["read"] }] } });
});

test("modules on disk, in folders and as Terraform has installed them; others are named", async () => {
  const { configuration } = await read(
    {
      "main.tf": `
      module "local" {
        source = "./local"
        name   = "orders"
      }
      module "registry" {
        source = "acme/thing/vault"
      }
      module "absent" {
        source = "acme/absent/vault"
      }
      resource "x" "y" {
        upper  = module.local.upper
        secret = module.local.secret
        gone   = module.absent.value
      }`,
    },
    {
      "local/main.tf": `
      variable "name" {}
      output "upper" { value = upper(var.name) }
      output "secret" {
        value     = "s"
        sensitive = true
      }`,
      ".terraform/modules/modules.json":
        '{"Modules":[{"Key":"registry","Dir":".terraform/modules/registry"}]}',
      ".terraform/modules/registry/main.tf": 'resource "x" "inner" {}',
    },
  );
  const addresses = configuration.resources.map(({ origin }) => origin.address);
  expect(addresses).toEqual(["x.y", "module.registry.x.inner"]);
  expect(configuration.unresolvedModules).toEqual([
    { origin: { address: "module.absent", file: "main.tf", line: 9 }, source: "acme/absent/vault" },
  ]);
  const body = configuration.resources[0]?.body;
  expect(body?.upper).toBe("ORDERS");
  expect([body?.secret, body?.gone].every(isUnknown)).toBe(true);
});

test("what refers to itself ends, and what is sensitive is not looked at", async () => {
  const { "x.a": a } = await bodies({
    "main.tf": `
      variable "password" {
        default   = "canary"
        sensitive = true
      }
      resource "x" "a" {
        name     = x.b.name
        password = var.password
      }
      resource "x" "b" { name = x.a.name }`,
  });
  expect(isUnknown(a?.name)).toBe(true);
  expect(a?.password).toMatchObject({ expression: "${var.password}" });
});

test("a plan, without what it marks as sensitive", async () => {
  const plan = {
    format_version: "1.2",
    planned_values: {
      root_module: {
        resources: [
          {
            address: "x.y",
            mode: "managed",
            type: "x",
            values: { name: "orders", password: "canary", unset: null, nested: [{ token: "canary" }] },
            sensitive_values: { password: true, nested: [{ token: true }] },
          },
        ],
        child_modules: [{ resources: [{ address: "module.m.x.z", mode: "managed", type: "x", values: {} }] }],
      },
    },
    resource_changes: [{ address: "x.y", change: { after_unknown: { id: true } } }],
  };
  const text = JSON.stringify(plan);
  const { configuration } = await readTerraform({ roots: [], plans: [{ file: "plan.json", text }] });
  expect(configuration.resources.map(({ origin }) => origin.address)).toEqual(["x.y", "module.m.x.z"]);
  expect(configuration.resources[0]?.body).toEqual({
    name: "orders",
    password: { expression: "${x.y}" },
    nested: [{ token: { expression: "${x.y}" } }],
    id: { expression: "${x.y}" },
  });
  expect(JSON.stringify(configuration)).not.toContain("canary");
});

test("a broken file is told by its place and not by its words", async () => {
  const { failures, configuration } = await read({
    "a.tf": 'resource "x" "y" {}\n',
    "b.tf": 'resource "x" "z" {\n  password = "canary\n}\n',
    "c.tf.json": '{ "resource": canary }',
  });
  expect(configuration.resources).toHaveLength(1);
  expect(failures.map(({ file, line }) => [file, line])).toEqual([
    ["b.tf", 2],
    ["c.tf.json", 1],
  ]);
  expect(JSON.stringify(failures)).not.toContain("canary");
});

test("optional attributes have their defaults, also within each other, and values their types", async () => {
  const { "x.y": body } = await bodies({
    "main.tf": `
      variable "service" {
        type = object({
          name = string
          port = optional(string, "5432")
          ttl  = optional(object({ default = optional(number, 3600), max = optional(number) }), {})
          tags = optional(set(string), ["b", "a", "b"])
          none = optional(string)
        })
        default = { name = 1, more = true }
      }
      variable "services" {
        type    = map(object({ role = optional(string, "app(\\")\\")") }))
        default = { orders = {}, billing = { role = "b" } }
      }
      variable "count_as_text" {
        type    = string
        default = 3
      }
      resource "x" "y" {
        service  = var.service
        roles    = [for k, s in var.services : s.role]
        is_text  = var.count_as_text == "3"
      }`,
  });
  expect(body).toEqual({
    service: { name: "1", port: "5432", ttl: { default: 3600 }, tags: ["a", "b"] },
    roles: ["b", 'app(")")'],
    is_text: true,
  });
});

test("overrides are laid upon what they override", async () => {
  const files = {
    "main.tf": `
      variable "ttl" { default = 1 }
      locals {
        a = "base"
        b = "base"
      }
      resource "x" "y" {
        ttl  = var.ttl
        a    = local.a
        b    = local.b
        kept = true
        nested { name = "base" }
        lifecycle {
          prevent_destroy = true
          ignore_changes  = [ttl]
        }
      }`,
    "override.tf": `
      variable "ttl" { default = 2 }
      locals { a = "first" }
      resource "x" "y" {
        nested { name = "over" }
        lifecycle { prevent_destroy = false }
      }`,
    "z_override.tf.json": '{ "locals": { "a": "second" } }',
  };
  const { "x.y": body } = await bodies(files);
  expect(body).toMatchObject({ ttl: 2, a: "second", b: "base", kept: true });
  expect(body?.nested).toEqual([{ name: "over" }]);
  expect(body?.lifecycle).toMatchObject({ prevent_destroy: false });
  const { failures } = await read({ "override.tf": 'resource "x" "z" {}\n' });
  expect(failures.map(({ message }) => message)).toEqual([
    "this overrides x.z, which no other file of the folder has",
  ]);
});

test("the workspace is not known, null is a value of an input, OpenTofu's files go first, UTF-16 is said", async () => {
  const { "x.y": body, "data.http.c": check } = await bodies({
    "main.tf": 'resource "x" "y" { name = "never read" }\n',
    "main.tofu": `
      resource "x" "y" { name = terraform.workspace }
      check "c" {
        data "http" "c" { url = "https://example.com" }
      }`,
  });
  expect(body?.name).toMatchObject({ expression: "${terraform.workspace}" });
  expect(check).toEqual({ url: "https://example.com" });
  const { failures } = await read({ "main.tf": "\ufffd\ufffdr\0e\0s\0" });
  expect(failures.map(({ message }) => message)).toEqual([
    "this is no UTF-8, as Terraform reads it; UTF-16 has to be converted",
  ]);
});

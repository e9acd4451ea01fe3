import { graphOf } from "../support/rules-graph";
import { reportOnTexts } from "../support/report";
import { allRules, judge, limits } from "../../proof/rules";

/** Names that every object of JavaScript has, and names that nobody has. */
const INHERITED = ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"];
const PLAIN = "ordinary";

/** A chain in which whatever has a name has this one. */
const chainOf = (name: string) => ({
  "main.tf": `
variable "${name}" {}
locals {
  ${name} = "database"
}
provider "${name}" {
  ${name} = "x"
}
resource "${name}" "${name}" {
  ${name} = "x"
}
data "${name}" "${name}" {}
data "vault_policy_document" "${name}" {
  rule {
    path         = "${name}"
    capabilities = ["read"]
  }
  rule {
    path         = "database/creds/${name}"
    capabilities = ["read"]
  }
}
module "${name}" {
  source = "git::https://example.com/m"
}
resource "vault_mount" "database" {
  path = local.${name}
  type = "database"
}
resource "vault_database_secret_backend_connection" "${name}" {
  backend       = vault_mount.database.path
  name          = "${name}"
  allowed_roles = ["${name}"]
  postgresql {
    connection_url = "postgresql://{{username}}:{{password}}@${name}:5432/${name}?sslmode=disable"
    username       = "${name}"
  }
}
resource "vault_database_secret_backend_role" "${name}" {
  backend             = "database"
  name                = "${name}"
  db_name             = "${name}"
  creation_statements = [
    "CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE \\"${name}\\"",
  ]
}
resource "vault_policy" "${name}" {
  name   = "${name}"
  policy = data.vault_policy_document.${name}.hcl
}
resource "vault_kubernetes_auth_backend_role" "${name}" {
  backend                          = "kubernetes"
  role_name                        = "${name}"
  bound_service_account_names      = ["${name}"]
  bound_service_account_namespaces = ["${name}"]
  token_policies                   = ["${name}"]
}
resource "helm_release" "vault" {
  name   = "${name}"
  chart  = "vault"
  values = [yamlencode({ ${name} = 1, injector = { webhook = { objectSelector = { matchLabels = { ${name} = "x" } } } } })]
}
output "${name}" {
  value = merge({ ${name} = 1 }, transpose({ ${name} = ["${name}"] }))
}
`,
  "pod.yaml": `
apiVersion: apps/v1
kind: Deployment
metadata: { name: "${name}", namespace: "${name}", labels: { "${name}": "x" } }
spec:
  template:
    metadata:
      labels: { "${name}": "x" }
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/role: "${name}"
        vault.hashicorp.com/${name}: x
        vault.hashicorp.com/agent-inject-secret-${name}: "database/creds/${name}"
    spec:
      serviceAccountName: "${name}"
      volumes: [{ name: "${name}", emptyDir: {} }]
      containers: [{ name: "${name}", image: "a:1", env: [{ name: "${name}", value: "x" }] }]
---
apiVersion: v1
kind: "${name}"
metadata: { name: "${name}" }
"${name}": { "${name}": 1 }
`,
  "grants.sql": `
CREATE ROLE "${name}" NOLOGIN;
GRANT SELECT ("${name}") ON "${name}"."${name}" TO "${name}";
`,
});

test.each(INHERITED)("a chain of things that are named %s is read as any other is", async (name) => {
  const prototype = Object.getOwnPropertyNames(Object.prototype);
  const functions = Object.getOwnPropertyNames(Object);
  const graph = await graphOf(chainOf(name));
  const ordinary = await graphOf(chainOf(PLAIN));
  const shape = ({ chains: [chain], ...nodes }: typeof graph) => ({
    hops: [chain?.authRole, chain?.mount, chain?.databaseRole, chain?.connection].map((each) => !!each),
    allowed: chain?.allowed,
    grants: chain?.grants.length,
    counts: Object.entries(nodes).map(([key, all]) => [key, Array.isArray(all) ? all.length : 0]),
    resources: nodes.terraform.resources
      .map(({ type, body }) => `${type}: ${Object.keys(body).join(", ")}`.replaceAll(name, PLAIN))
      .sort(),
  });
  expect(shape(graph)).toEqual(shape(ordinary));
  expect(graph.policies[0]?.rules?.map(({ path }) => path)).toEqual([name, `database/creds/${name}`]);
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(prototype);
  expect(Object.getOwnPropertyNames(Object)).toEqual(functions);
});

test.each(INHERITED)("every rule and every answer sees things that are named %s", async (name) => {
  const told = async (each: string) => {
    const graph = await graphOf(chainOf(each));
    const context = { limits: limits.strict, capacities: new Map() };
    return (
      judge(graph, { rules: allRules, context, waivers: [], waiversFile: "", today: "2026-01-01" })
        .map(({ rule, message, fix }) => `${rule}: ${message}; ${fix}`.toLowerCase())
        .map((text) => text.replaceAll(each.toLowerCase(), PLAIN))
        // Which name was meant depends on the letters.
        .map((text) => (text.startsWith("lifecycle/unknown-annotation") ? text.replace(/;.*/, "") : text))
        .sort()
    );
  };
  expect(await told(name)).toEqual(await told(PLAIN));

  const { environments } = await reportOnTexts(chainOf(name));
  const [table] = environments[0]?.tables ?? [];
  expect(table).toMatchObject({ database: name, schema: name, table: name });
  expect(table?.reachedBy[0]?.verbs).toMatchObject([{ verb: "SELECT", columns: [name] }]);
});

test.each(INHERITED)("what is not declared is not known, though it is named %s", async (name) => {
  const graph = await graphOf({
    "main.tf": `
variable "other" {
  default = {}
}
resource "vault_policy" "a" {
  name   = "\${var.${name}}-\${${name}.${name}}"
  policy = ""
}
resource "vault_policy" "b" {
  name   = lookup(var.other, "${name}", "none")
  policy = ""
}`,
  });
  expect(graph.unknowns.map(({ argument }) => argument)).toEqual(["name"]);
  expect(graph.policies[1]?.name).toBe("none");
});

import { readGraph } from "../../proof/access";
import {
  allRules,
  formatGithub,
  formatJson,
  formatSarif,
  formatText,
  judge,
  limits,
  type Finding,
  type Findings,
} from "../../proof/rules";

/** An argument that is a text in HCL. */
const TEXT_ARGUMENT = /^(\s*(?!default\b|sensitive\b)[a-z_]+\s*=\s*)"[^"]*"$/gm;

async function textsOn(main: string): Promise<string[]> {
  return (await findingsOn(main)).map(
    ({ rule, message, fix, resource }) => `${rule}: ${message}; ${fix}; ${resource}`,
  );
}

async function findingsOn(main: string): Promise<readonly Finding[]> {
  const { graph } = await readGraph({
    terraform: { roots: [{ directory: ".", files: [{ file: "main.tf", text: main }] }], plans: [] },
    manifests: [],
    sql: [],
  });
  const context = { limits: limits.strict, capacities: new Map() };
  return judge(graph, { rules: allRules, context, waivers: [], waiversFile: "", today: "2026-01-01" });
}

/** All rules judge what one of them has as its example. */
test("no text says what a computer calls nothing, where no argument is known, set, or other than empty", async () => {
  const texts: string[] = [];
  for (const { example } of allRules.filter(({ example: { language } }) => language === "hcl")) {
    for (const argument of ["$1var.not_known", '$1"x-${var.not_known}"', "", '$1""']) {
      const changed = example.text.replace(TEXT_ARGUMENT, argument);
      texts.push(...(await textsOn(`${changed}\nvariable "not_known" {}\n`)));
    }
  }
  expect(texts.length).toBeGreaterThan(500);
  const wrong = texts.filter((text) => /\[object Object\]|\bundefined\b|\bNaN\b|""/.test(text));
  expect([...new Set(wrong)]).toEqual([]);
}, 120_000);

/** Some of every kind that a message or a fix may list. */
const OTHERS = Array.from({ length: 60 }, (_, index) => {
  const name = `other-${index}`;
  return `
resource "vault_database_secret_backend_connection" "${name}" {
  backend       = "database"
  name          = "${name}"
  allowed_roles = ["${name}"]
}
resource "vault_database_secret_backend_role" "${name}" {
  backend             = "database"
  name                = "${name}"
  db_name             = "${name}"
  creation_statements = ["CREATE ROLE x"]
}
resource "vault_policy" "${name}" {
  name   = "${name}"
  policy = "path \\"database/creds/${name}\\" { capabilities = [\\"read\\"] }"
}
resource "vault_kubernetes_auth_backend_role" "${name}" {
  backend                          = "kubernetes"
  role_name                        = "${name}"
  bound_service_account_names      = ["${name}"]
  bound_service_account_namespaces = ["${name}"]
  token_policies                   = ["${name}"]
}`;
}).join("\n");

test("no text grows with what stands beside it", async () => {
  const texts: string[] = [];
  for (const { example } of allRules.filter(({ example: { language } }) => language === "hcl"))
    texts.push(...(await textsOn(`${example.text}\n${OTHERS}`)));
  expect(texts.length).toBeGreaterThan(500);
  expect(texts.filter((text) => text.length > 1500)).toEqual([]);
}, 120_000);

test("what a message leaves out is evidence all the same", async () => {
  const all = `resource "vault_policy" "all" {
  name   = "all"
  policy = "path \\"database/creds/*\\" { capabilities = [\\"read\\"] }"
}`;
  const mount = `resource "vault_mount" "database" {
  path = "database"
  type = "database"
}`;
  const found = await findingsOn([mount, all, OTHERS].join("\n"));
  const wide = found.find(({ rule }) => rule === "access/policy-too-wide");
  expect(wide?.message).toMatch(/opens (database\/creds\/other-\d+, ){9}\S+ and 50 others$/);
  expect(wide?.evidence.filter((each) => each.startsWith("database/creds/other-"))).toHaveLength(60);
});

test("a secret in an address or in why a file cannot be read is not repeated, in any format", () => {
  const url = "postgresql://app:hunter2@db/shop";
  const found: Findings = {
    findings: [
      {
        rule: "sql/syntax",
        severity: "error",
        resource: `vault_policy.a["${url}"]`,
        path: `production/${url}`,
        file: "main.tf",
        line: 1,
        message: `m ${url}`,
        why: "because",
        fix: "mend it",
        evidence: [],
        waived: null,
        waiver: null,
      },
    ],
    failures: [{ file: "main.tf", message: `cannot read ${url}` }],
  };
  for (const text of [
    formatText(found),
    formatJson(found),
    formatGithub(found),
    formatSarif(found, { rules: [], version: "0.0.0" }),
  ]) {
    expect(text).not.toContain("hunter2");
    expect(text).toContain("postgresql");
  }
});

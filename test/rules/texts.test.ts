import { readGraph } from "../../proof/access";
import {
  allRules,
  formatGithub,
  formatJson,
  formatSarif,
  formatText,
  judge,
  limits,
  type Findings,
} from "../../proof/rules";

/** An argument that is a text in HCL. */
const TEXT_ARGUMENT = /^(\s*(?!default\b|sensitive\b)[a-z_]+\s*=\s*)"[^"]*"$/gm;

async function textsOn(main: string): Promise<string[]> {
  const { graph } = await readGraph({
    terraform: { roots: [{ directory: ".", files: [{ file: "main.tf", text: main }] }], plans: [] },
    manifests: [],
    sql: [],
  });
  const context = { limits: limits.strict, capacities: new Map() };
  const found = judge(graph, { rules: allRules, context, waivers: [], waiversFile: "", today: "2026-01-01" });
  return found.map(({ rule, message, fix, resource }) => `${rule}: ${message}; ${fix}; ${resource}`);
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

import fs from "node:fs";
import { withDeclarations } from "../../cli/declarations";
import type { Finding } from "../../proof/rules";
import { environments } from "../../template/project/stacks";
import { Project } from "../support/project";

let project: Project;
beforeAll(() => void (project = new Project()));
afterAll(() => project.remove());

const run = (...words: string[]) => project.run(words);

function spoil(file: string, from: string, to: string): void {
  const text = fs.readFileSync(project.path("stacks", file), "utf8");
  expect(text).toContain(from);
  fs.writeFileSync(project.path("stacks", file), text.replace(from, to));
}

function lineOf(file: string, text: string): number {
  const lines = fs.readFileSync(project.path("stacks", file), "utf8").split("\n");
  return lines.findIndex((line) => line.includes(text)) + 1;
}

interface Result {
  ruleId: string;
  locations: { physicalLocation: object; logicalLocations: { fullyQualifiedName: string }[] }[];
  relatedLocations?: { physicalLocation: object }[];
}

const at = (startLine: number) => ({
  artifactLocation: { uri: "stacks/production.ts" },
  region: { startLine },
});

test("what was found on a literal is shown where it is declared", () => {
  expect(run("synth")).toMatchObject({ status: 0, stderr: "" });
  spoil("production.ts", "guardrails: strict,", 'guardrails: { ...strict, maxTtl: "2h" },');
  const waivers = `waivers: [
    { rule: "vault/few-replicas", resource: "production/orders", reason: "it matches nothing at all" },
  ],
  services: [`;
  spoil("production.ts", "services: [", waivers);
  const line = lineOf("production.ts", 'name: "orders"');
  const file = "cdktf.out/stacks/production/cdk.tf.json";

  const { status, stdout } = run("check", "production", "--format", "sarif");
  expect(status).toBe(1);
  const { results } = (JSON.parse(stdout) as { runs: { results: Result[] }[] }).runs[0]!;
  const found = results.filter(({ ruleId }) => ruleId === "ttl/beyond-guardrail");
  expect(found.map(({ locations }) => locations[0]?.physicalLocation)).toEqual(
    ["billing", "orders"].map((name) => at(lineOf("production.ts", `name: "${name}"`))),
  );
  expect(found[0]?.relatedLocations?.[0]?.physicalLocation).toEqual({ artifactLocation: { uri: file } });
  const [unmatched] = results.filter(({ ruleId }) => ruleId === "waiver/unmatched");
  expect(unmatched?.locations[0]?.physicalLocation).toEqual(
    at(lineOf("production.ts", 'rule: "vault/few-replicas"')),
  );
  expect(unmatched).not.toHaveProperty("relatedLocations");

  const refused = run("synth");
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain(
    `${file}\n    service orders, declared in stacks/production.ts:${line}\n    a credential may live`,
  );
}, 120_000);

test.each<[string, Partial<Finding>, [what: string | undefined, text: string]]>([
  ["a service's", { path: "production/orders/Access/Policy" }, ["service orders", 'name: "orders"']],
  ["a database's", { path: "production-platform/shop/Resource" }, ["database shop", 'name: "shop"']],
  [
    "the SQL of a database",
    { file: "cdktf.out/bootstrap/production/shop.sql" },
    ["database shop", 'name: "shop"'],
  ],
  [
    "a patch",
    { file: "cdktf.out/manifests/production/billing.yaml" },
    ["service billing", 'name: "billing"'],
  ],
  ["Vault's", { path: "production-vault/Vault/Resource" }, ["vault of production", "vault: {"]],
  ["an audit device", { path: "production-platform/Audit/file" }, ["vault of production", "vault: {"]],
  [
    "a namespace",
    { path: "production-platform/Namespaces/shop" },
    ["environment production", 'name: "production"'],
  ],
  [
    "a resource that no construct made",
    { file: "cdktf.out/stacks/production/cdk.tf.json" },
    ["environment production", 'name: "production"'],
  ],
  ["a promise", { file: "environment production", resource: "guarantees[0]" }, [undefined, "an auditor"]],
  ["a live database", { file: "production/shop" }, [undefined, 'name: "shop"']],
])("%s place", (_, part, [what, text]) => {
  const promise = { kind: "apart", from: "staging", reason: "an auditor has asked for it" } as const;
  fs.copyFileSync("template/project/stacks/production.ts", project.path("stacks", "production.ts"));
  spoil("production.ts", "services: [", `guarantees: [\n${JSON.stringify(promise)}],\nservices: [`);
  const finding = {
    rule: "access/wide",
    path: null,
    file: "a",
    line: null,
    resource: "a",
    message: "",
    ...part,
  };
  const declared = environments.map((each) => ({ ...each, guarantees: [promise] }));
  const here = process.cwd();
  process.chdir(project.directory);
  const { findings } = withDeclarations({ findings: [finding as Finding], failures: [] }, declared);
  process.chdir(here);
  const place = { file: "stacks/production.ts", line: lineOf("production.ts", text) };
  expect(findings[0]).toMatchObject(what === undefined ? place : { declared: { what, ...place } });
  expect(findings[0] && "declared" in findings[0]).toBe(what !== undefined);
});

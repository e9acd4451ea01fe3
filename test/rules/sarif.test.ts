import Ajv from "ajv";
import fs from "node:fs";
import {
  everyRule,
  formatGithub,
  formatSarif,
  formatText,
  type Finding,
  type Findings,
} from "../../proof/rules";

const {
  id: _,
  $schema: __,
  ...schema
} = JSON.parse(fs.readFileSync("test/fixtures/sarif-2.1.0-rtm.5.json", "utf8")) as Record<string, unknown>;
const isValid = new Ajv({
  strict: false,
  unicodeRegExp: false,
  formats: { uri: (text: string) => URL.canParse(text), "uri-reference": true, "date-time": true },
}).compile(schema);

const made: Finding = {
  rule: "access/no-audience",
  severity: "error",
  resource: "vault_kubernetes_auth_backend_role.orders",
  path: "production/orders/Access/AuthRole/Resource",
  file: "cdktf.out/stacks/production/cdk.tf.json",
  line: null,
  message: "it has no audience",
  why: "A token that was minted for anybody logs in.",
  fix: "set audience",
  evidence: [],
  waived: null,
  waiver: null,
};
const declared: Finding = {
  ...made,
  declared: { what: "service orders", file: "stacks/the grants.ts", line: 12 },
};

interface Sarif {
  runs: {
    tool: { driver: { rules: { id: string; helpUri: string; help: { text: string } }[] } };
    results: Record<string, object[]>[];
  }[];
}

function sarifOf(found: Partial<Findings>): Sarif["runs"][number] {
  const text = formatSarif({ findings: [], failures: [], ...found }, { rules: everyRule, version: "1.2.3" });
  const sarif = JSON.parse(text) as Sarif;
  expect([isValid(sarif), isValid.errors]).toEqual([true, null]);
  return sarif.runs[0]!;
}

test("it is what the schema of SARIF says, whatever was found", () => {
  sarifOf({});
  sarifOf({
    findings: [made, declared, { ...made, line: 3, path: null, waived: "a prototype that nobody uses" }],
    failures: [
      { file: "a b.tf", line: 2, message: "unclosed block" },
      { file: "c.tf", message: "is binary" },
    ],
    notJudged: [{ what: "Helm template", count: 2, places: ["chart/templates"] }],
  });
});

test("the help of a rule has an absolute address of its own, of a heading that is there", () => {
  const { rules } = sarifOf({}).tool.driver;
  const page = fs.readFileSync("docs/rules.md", "utf8");
  const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, heading = ""]) => heading.replace("/", ""));
  expect(rules.map(({ helpUri }) => new URL(helpUri).hash.slice(1)).sort()).toEqual(headings.sort());
  for (const { helpUri } of rules)
    expect(helpUri).toMatch(/^https:\/\/unpkg\.com\/@leasehold\/proof@1\.2\.3\/rules\.md#/);
  for (const { help, helpUri } of rules) expect(help.text).toContain(helpUri);
});

test("what a person has declared comes first, and what was made of it is related", () => {
  const [first, second] = sarifOf({ findings: [declared, made] }).results;
  const physicalLocation = { artifactLocation: { uri: made.file } };
  expect(first?.locations).toEqual([
    {
      physicalLocation: { artifactLocation: { uri: "stacks/the%20grants.ts" }, region: { startLine: 12 } },
      logicalLocations: [{ fullyQualifiedName: made.resource }, { fullyQualifiedName: made.path }],
    },
  ]);
  expect(first?.relatedLocations).toEqual([
    { id: 1, physicalLocation, message: { text: "made of the service orders" } },
  ]);
  expect(second?.locations).toEqual([expect.objectContaining({ physicalLocation })]);
  expect(second).not.toHaveProperty("relatedLocations");
});

test("a workflow's command is about it too, and a text says both", () => {
  const found = { findings: [declared], failures: [] };
  expect(formatGithub(found)).toMatch(/^::error file=stacks\/the grants\.ts,line=12,title=/);
  expect(formatText(found)).toContain(
    `${made.file}\n    service orders, declared in stacks/the grants.ts:12\n    it has no audience\n`,
  );
});

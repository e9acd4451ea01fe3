import type { AccessGraph } from "../../proof/access";
import {
  formatGithub,
  formatJson,
  formatSarif,
  formatText,
  judge,
  limits,
  refusing,
  type Finding,
  type Rule,
  type Waiver,
} from "../../proof/rules";

const wide: Rule = {
  id: "access/wide",
  severity: "error",
  title: "policy that opens everything",
  why: "Every pod would read every credential.",
  example: { language: "hcl", text: "" },
  check: () => [
    {
      at: { address: "vault_policy.b", file: "b.tf", line: 7 },
      message: 'it opens "*"',
      fix: "name the path",
    },
    {
      at: { address: "vault_policy.a", path: "production/orders/Policy", file: "a.tf", line: 3 },
      message: "it opens 100% of\nthem",
      fix: "name, the: path",
    },
  ],
};
const lonely: Rule = {
  ...wide,
  id: "vault/lonely",
  severity: "warning",
  title: "one replica",
  why: "A node that goes takes Vault along.",
  check: () => [{ at: { address: "helm_release.vault", file: "a.tf" }, message: "it has 1", fix: "take 3" }],
};

function judged(
  waivers: readonly Waiver[] = [],
  rules: readonly Rule[] = [lonely, wide],
  today = "2026-11-28",
): Finding[] {
  const context = { limits: limits.strict, capacities: new Map() };
  return judge({} as AccessGraph, { rules, context, waivers, waiversFile: "waivers.yaml", today });
}

test("errors come first, then the order of the files; a finding says everything", () => {
  expect(judged()).toEqual([
    {
      rule: "access/wide",
      severity: "error",
      resource: "vault_policy.a",
      path: "production/orders/Policy",
      file: "a.tf",
      line: 3,
      message: "it opens 100% of\nthem",
      why: "Every pod would read every credential.",
      fix: "name, the: path",
      evidence: ["100%"],
      waived: null,
      waiver: null,
    },
    expect.objectContaining({ resource: "vault_policy.b", path: null }),
    expect.objectContaining({ rule: "vault/lonely", line: null }),
  ]);
  expect(refusing(judged()).map(({ resource }) => resource)).toEqual(["vault_policy.a", "vault_policy.b"]);
  expect(refusing(judged(), "warning")).toHaveLength(3);
});

test("what one place holds twice is told once", () => {
  const twice: Rule = {
    ...lonely,
    check: () => [1, 2].flatMap(() => [...lonely.check({} as never, {} as never)]),
  };
  expect(judged([], [twice])).toEqual(judged([], [lonely]));
});

describe("a waiver", () => {
  const reason = "a prototype that nobody uses";

  test("accepts by address or by construct path, and is told with its reason", () => {
    const waivers = [
      { rule: "access/wide", resource: "production/orders/Policy", reason },
      { rule: "access/wide", resource: "vault_policy.b", reason },
    ];
    expect(judged(waivers).map(({ waived }) => waived)).toEqual([reason, reason, null]);
    expect(refusing(judged(waivers))).toEqual([]);
  });

  test("accepts by the path of what holds the resource, such as a service, and not of a stack", () => {
    const by = (resource: string) =>
      judged([{ rule: "access/wide", resource, reason }], [wide])
        .filter(({ resource }) => resource === "vault_policy.a")
        .map(({ waived }) => waived);
    expect(by("production/orders")).toEqual([reason]);
    expect(by("production/order")).toEqual([null]);
    expect(by("production")).toEqual([null]);
  });

  test("of what another one accepts already is an error: its reason would never be read", () => {
    const found = judged(
      [
        { rule: "access/wide", resource: "production/orders", reason },
        { rule: "access/wide", resource: "vault_policy.a", reason: "another prototype" },
      ],
      [wide],
    );
    expect(found.filter(({ rule }) => rule === "waiver/unmatched").map(({ message }) => message)).toEqual([
      "the waiver of access/wide accepts only what another waiver accepts already",
    ]);
  });

  test("that matches nothing is an error itself", () => {
    const found = judged([{ rule: "access/wide", resource: "vault_policy.c", reason }], [wide]);
    expect(found.at(-1)).toEqual({
      rule: "waiver/unmatched",
      severity: "error",
      resource: "vault_policy.c",
      path: null,
      file: "waivers.yaml",
      line: null,
      message: "the waiver of access/wide matches no finding of this resource",
      why: "A waiver that accepts nothing would hide the next mistake of that name.",
      fix: "remove the waiver, or name rule, resource and evidence as the finding does",
      evidence: [],
      waived: null,
      waiver: null,
    });
  });

  test("of a rule that there is not, and one without a reason, are errors too", () => {
    const found = judged([{ rule: "access/narrow", resource: "vault_policy.a", reason: " " }]);
    expect(found.filter(({ rule }) => rule.startsWith("waiver/")).map(({ message }) => message)).toEqual([
      "the reason of the waiver of access/narrow must say in at least ten characters why the unsafe choice is right here",
      'the waiver names the rule "access/narrow", which there is not',
    ]);
  });
});

describe("a waiver of some evidence", () => {
  const tables = (...names: string[]): Rule => ({
    ...wide,
    check: () =>
      names.map((name) => ({
        at: { address: "vault_policy.a", file: "a.tf" },
        message: `it opens the table ${name}`,
        fix: "close it",
      })),
  });
  const reason = "the auditors have agreed to this table";
  const waiver = { rule: "access/wide", resource: "vault_policy.a", evidence: ["orders"], reason };
  const of = (...rules: Rule[]) => judged([waiver], rules).map(({ rule, waived }) => [rule, waived]);

  test("accepts that table, and not another one of the same rule and resource", () => {
    expect(of(tables('"orders"'))).toEqual([["access/wide", reason]]);
    expect(of(tables('"orders"', '"payments"'))).toEqual([
      ["access/wide", reason],
      ["access/wide", null],
    ]);
  });

  test("accepts nothing of a finding that names a table more, and says what there is", () => {
    const found = judged([waiver], [tables('"orders" and "payments"')]);
    expect(found.map(({ rule, waived, message }) => [rule, waived, message])).toEqual([
      ["access/wide", null, 'it opens the table "orders" and "payments"'],
      [
        "waiver/unmatched",
        null,
        'the waiver of access/wide has the evidence ["orders"], and the findings of this resource have ["orders","payments"]',
      ],
    ]);
  });

  test("is not told apart by the order, nor by words of the rule", () => {
    const both = { ...waiver, evidence: ["payments", "orders"] };
    const found = judged([both], [tables('"orders" and also "payments"')]);
    expect(found.map(({ waived }) => waived)).toEqual([reason]);
  });

  test("is what every finding prints", () => {
    const text = formatText({ findings: judged([], [tables('"orders" and "payments"')]), failures: [] });
    expect(text).toContain('evidence: ["orders","payments"]');
  });
});

describe("a waiver with an end", () => {
  const reason = "the new server comes in spring";
  const waiver = { rule: "vault/lonely", resource: "helm_release.vault", reason, until: "2027-03-31" };
  const on = (today: string) =>
    judged([waiver], [lonely], today).map(({ rule, severity, waived }) => [rule, severity, waived]);

  test("accepts up to that day, and says so thirty days before", () => {
    expect(on("2027-02-28")).toEqual([["vault/lonely", "warning", reason]]);
    for (const day of ["2027-03-01", "2027-03-31"])
      expect(on(day)).toEqual([
        ["vault/lonely", "warning", reason],
        ["waiver/ends-soon", "warning", null],
      ]);
  });

  test("accepts nothing after it, and that is an error", () => {
    expect(on("2027-04-01")).toEqual([
      ["waiver/expired", "error", null],
      ["vault/lonely", "warning", null],
    ]);
  });

  test("is told with what is left, in every format", () => {
    const findings = judged([waiver], [lonely], "2027-03-19");
    const told = "the new server comes in spring (until 2027-03-31, 12 days left)";
    expect(formatText({ findings, failures })).toContain(`waived: ${told}`);
    expect(formatGithub({ findings, failures })).toContain(`(waived: ${told})`);
    const { runs } = JSON.parse(
      formatSarif({ findings, failures }, { rules: [lonely], version: "1.2.3" }),
    ) as {
      runs: [{ results: { suppressions: unknown[] }[] }];
    };
    expect(runs[0].results[0]?.suppressions).toEqual([
      expect.objectContaining({
        justification: told,
        properties: { resource: "helm_release.vault", evidence: null, until: "2027-03-31", daysLeft: 12 },
      }),
    ]);
    expect(judged([waiver], [lonely], "2027-03-30")[1]?.message).toContain("1 day left");
  });

  test.each(["2027-02-30", "31.3.2027", "soon", "2027-3-31"])(
    "%s is no day, and accepts nothing",
    (until) => {
      const found = judged([{ ...waiver, until }], [lonely]);
      expect(found.map(({ rule, waived }) => [rule, waived])).toEqual([
        ["waiver/until", null],
        ["vault/lonely", null],
      ]);
      expect(found[0]?.message).toContain(`got "${until}"`);
    },
  );
});

const failures = [{ file: "c.tf", line: 2, message: "unclosed block" }];
const waivers = [{ rule: "vault/lonely", resource: "helm_release.vault", reason: "only a test cluster" }];

test("as text: grouped by rule, with the reason once", () => {
  expect(formatText({ findings: judged(waivers), failures })).toBe(`unread c.tf:2
  unclosed block

error access/wide
  production/orders/Policy (vault_policy.a) a.tf:3
    it opens 100% of
them
    fix: name, the: path
    evidence: ["100%"]
  vault_policy.b b.tf:7
    it opens "*"
    fix: name the path
    evidence: ["*"]
  why: Every pod would read every credential.

warning vault/lonely
  helm_release.vault a.tf
    it has 1
    fix: take 3
    evidence: ["1"]
    waived: only a test cluster
  why: A node that goes takes Vault along.

2 errors, 0 warnings, 1 waived, 1 file not read`);
});

test("as JSON: an object with the findings and what could not be read", () => {
  const { version, findings, failures: unread } = JSON.parse(formatJson({ findings: judged(), failures }));
  expect({ version, unread }).toEqual({ version: 1, unread: failures });
  expect(findings).toEqual(judged());
});

test("as commands of a GitHub workflow, escaped", () => {
  expect(formatGithub({ findings: judged(waivers), failures }).split("\n")).toEqual([
    "::error file=c.tf,line=2,title=cannot be read::unclosed block",
    "::error file=a.tf,line=3,title=access/wide::vault_policy.a: it opens 100%25 of%0Athem; name, the: path",
    '::error file=b.tf,line=7,title=access/wide::vault_policy.b: it opens "*"; name the path',
    "::notice file=a.tf,title=vault/lonely::helm_release.vault: it has 1; take 3 (waived: only a test cluster)",
  ]);
});

test("as SARIF 2.1.0, with waivers as suppressions", () => {
  const { version, runs } = JSON.parse(
    formatSarif({ findings: judged(waivers), failures }, { rules: [wide, lonely], version: "1.2.3" }),
  );
  const [{ tool, invocations, results }] = runs;
  expect(version).toBe("2.1.0");
  expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(["access/wide", "vault/lonely"]);
  expect(invocations[0].executionSuccessful).toBe(false);
  expect(results[0]).toEqual({
    ruleId: "access/wide",
    level: "error",
    message: { text: "it opens 100% of\nthem; name, the: path" },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: "a.tf" }, region: { startLine: 3 } },
        logicalLocations: [
          { fullyQualifiedName: "vault_policy.a" },
          { fullyQualifiedName: "production/orders/Policy" },
        ],
      },
    ],
    properties: { evidence: ["100%"] },
    suppressions: [],
  });
  expect(results[2].suppressions).toEqual([
    {
      kind: "inSource",
      status: "accepted",
      justification: "only a test cluster",
      properties: { resource: "helm_release.vault", evidence: null, until: null, daysLeft: null },
    },
  ]);
});

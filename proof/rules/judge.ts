import type { AccessGraph } from "../access";
import type { Context } from "./context";
import { evidenceOf } from "./evidence";
import type { Finding, Waiver } from "./finding";
import { withoutSecrets } from "./redacted";
import type { Rule, Violation } from "./rule";
import { waive } from "./waive";

/** What a configuration is judged by. */
export interface Judgement {
  readonly rules: readonly Rule[];
  readonly context: Context;
  readonly waivers: readonly Waiver[];
  /** Where the waivers stand, for the findings about them. */
  readonly waiversFile: string;
  /** The day in UTC, such as `2027-03-31`, for what ends on a day; only who runs this knows. */
  readonly today: string;
}

/** Everything that is wrong with a graph: errors first, then in the order of the files. */
export function judge(graph: AccessGraph, { rules, context, ...waiving }: Judgement): Finding[] {
  const asked = { ...context, today: waiving.today };
  const findings = rules.flatMap((rule) => {
    const violations = [...rule.check(graph, asked)];
    return once(violations.map((violation) => finding(rule, violation)));
  });
  const known = new Set(rules.map(({ id }) => id as string));
  return waive(findings, { ...waiving, known }).sort(byWeight);
}

/** Each once: what one place holds twice, as a mount that is its connection as well, is one thing to mend. */
function once(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((each) => [JSON.stringify(each), each])).values()];
}

function finding(rule: Rule, { at, message, fix, evidence = [] }: Violation): Finding {
  const told = withoutSecrets(message);
  return {
    rule: rule.id,
    severity: rule.severity,
    resource: at.address,
    path: at.path ?? null,
    file: at.file,
    line: at.line ?? null,
    message: told,
    why: rule.why,
    fix: withoutSecrets(fix),
    evidence: [...new Set([...withoutSecrets(evidence), ...evidenceOf(told)])],
    waived: null,
    waiver: null,
  };
}

function byWeight(a: Finding, b: Finding): number {
  const severity = Number(a.severity === "warning") - Number(b.severity === "warning");
  return (
    severity || compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || compare(a.resource, b.resource)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

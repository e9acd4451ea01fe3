import { reasonProblems } from "../core";
import type { AccessGraph } from "../access";
import type { Context } from "./context";
import type { Finding, Waiver } from "./finding";
import { withoutSecrets } from "./redacted";
import type { Rule, Violation } from "./rule";

/** What a configuration is judged by. */
export interface Judgement {
  readonly rules: readonly Rule[];
  readonly context: Context;
  readonly waivers: readonly Waiver[];
  /** Where the waivers stand, for the findings about them. */
  readonly waiversFile: string;
}

/** Everything that is wrong with a graph: errors first, then in the order of the files. */
export function judge(graph: AccessGraph, { rules, context, waivers, waiversFile }: Judgement): Finding[] {
  const findings = rules.flatMap((rule) => {
    const violations = [...rule.check(graph, context)];
    return violations.map((violation) => finding(rule, violation));
  });
  const known = new Set(rules.map(({ id }) => id as string));
  // One without a reason accepts nothing, and a secret in its place is not printed.
  const reasoned = waivers.filter(({ reason }) => reasonProblems("reason", reason).length === 0);
  const accepted = findings.map((each) => reasoned.find((waiver) => accepts(waiver, each)));
  return [
    ...findings.map((each, index) => ({ ...each, waived: accepted[index]?.reason ?? null })),
    ...waivers.flatMap((waiver) =>
      waiverFindings(waiver, {
        isUsed:
          accepted.includes(waiver) ||
          (!reasoned.includes(waiver) && findings.some((each) => accepts(waiver, each))),
        known,
        waiversFile,
        findings,
      }),
    ),
  ].sort(byWeight);
}

function finding(rule: Rule, { at, message, fix }: Violation): Finding {
  return {
    rule: rule.id,
    severity: rule.severity,
    resource: at.address,
    path: at.path ?? null,
    file: at.file,
    line: at.line ?? null,
    message: withoutSecrets(message),
    why: rule.why,
    fix: withoutSecrets(fix),
    waived: null,
  };
}

/** A stack's name alone would accept for every service, also for those of next year. */
function accepts({ rule, resource }: Waiver, found: Finding): boolean {
  const holds = resource.includes("/") && found.path?.startsWith(`${resource}/`) === true;
  return rule === found.rule && (resource === found.resource || resource === found.path || holds);
}

/** What decides whether a waiver is of any use. */
interface WaiverUse {
  readonly isUsed: boolean;
  readonly known: ReadonlySet<string>;
  readonly waiversFile: string;
  readonly findings: readonly Finding[];
}

/** A waiver that accepts nothing hides the next mistake; one without a reason is no decision. */
function waiverFindings(
  waiver: Waiver,
  { isUsed, known, waiversFile: file, findings }: WaiverUse,
): Finding[] {
  const base = {
    severity: "error",
    resource: waiver.resource,
    path: null,
    file,
    line: null,
    waived: null,
  } as const;
  const found: Finding[] = reasonProblems("reason", waiver.reason).map(({ must, fix }) => ({
    ...base,
    rule: "waiver/reason",
    message: `the reason of the waiver of ${waiver.rule} must ${must}`,
    why: "A waiver is a decision that others have to understand later.",
    fix,
  }));
  if (isUsed) return found;
  const message = unmatched(waiver, known, findings);
  const fix = "remove the waiver, or name rule and resource as the finding does";
  const why = "A waiver that accepts nothing would hide the next mistake of that name.";
  return [...found, { ...base, rule: "waiver/unmatched", message, why, fix }];
}

function unmatched(waiver: Waiver, known: ReadonlySet<string>, findings: readonly Finding[]): string {
  if (!known.has(waiver.rule))
    return `the waiver names the rule ${JSON.stringify(waiver.rule)}, which there is not`;
  return findings.some((each) => accepts(waiver, each))
    ? `the waiver of ${waiver.rule} accepts only what another waiver accepts already`
    : `the waiver of ${waiver.rule} matches no finding of this resource`;
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

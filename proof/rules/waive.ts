import { dayProblems, daysBetween, isDay, reasonProblems, type Problem } from "../core";
import { isSameEvidence, shownEvidence } from "./evidence";
import type { AcceptedBy, Finding, Waiver } from "./finding";
import type { Judgement } from "./judge";
import { withoutSecrets } from "./redacted";
import { daysLeft } from "./said";

/** What waivers are asked of. */
type Waiving = Pick<Judgement, "waivers" | "waiversFile" | "today"> & {
  /** Ids of the rules that were asked. */
  readonly known: ReadonlySet<string>;
};

/** Days before its end from which on a waiver is warned of. */
const SOON = 30;

/** Findings, those that are accepted with why, and what is wrong with the waivers themselves. */
export function waive(findings: readonly Finding[], waiving: Waiving): Finding[] {
  const { waivers, today } = waiving;
  // One without a reason or with an end that nobody can read accepts nothing.
  const valid = waivers.filter((waiver) => ownProblems(waiver).length === 0);
  const lasting = valid.filter(({ until }) => until === undefined || today <= until);
  const accepted = findings.map((each) => lasting.find((waiver) => accepts(waiver, each)));
  return [
    ...findings.map((each, index) => {
      const waiver = accepted[index];
      return waiver === undefined
        ? each
        : { ...each, waived: waiver.reason, waiver: acceptedBy(waiver, today) };
    }),
    ...waivers.flatMap((waiver) => {
      const isUsed = lasting.includes(waiver)
        ? accepted.includes(waiver)
        : findings.some((each) => accepts(waiver, each));
      return waiverFindings(waiver, isUsed, findings, waiving);
    }),
  ];
}

function acceptedBy({ resource, evidence, until }: Waiver, today: string): AcceptedBy {
  const daysLeft = until === undefined ? null : daysBetween(today, until);
  return { resource, evidence: evidence ?? null, until: until ?? null, daysLeft };
}

function accepts(waiver: Waiver, found: Finding): boolean {
  const { evidence } = waiver;
  return isAbout(waiver, found) && (evidence === undefined || isSameEvidence(evidence, found.evidence));
}

/** A stack's name alone would accept for every service, also for those of next year. */
function isAbout({ rule, resource }: Waiver, found: Finding): boolean {
  const holds = resource.includes("/") && found.path?.startsWith(`${resource}/`) === true;
  return rule === found.rule && (resource === found.resource || resource === found.path || holds);
}

function ownProblems({ reason, until }: Waiver): Problem[] {
  return [...reasonProblems("reason", reason), ...(until === undefined ? [] : dayProblems("until", until))];
}

/** A waiver that accepts nothing hides the next mistake; one without a reason is no decision. */
function waiverFindings(
  waiver: Waiver,
  isUsed: boolean,
  findings: readonly Finding[],
  { known, waiversFile: file, today }: Waiving,
): Finding[] {
  const base = {
    severity: "error",
    resource: waiver.resource,
    path: null,
    file,
    line: null,
    evidence: [],
    waived: null,
    waiver: null,
  } as const;
  const wrong: Finding[] = ownProblems(waiver).map(({ property, must, got, fix }) => ({
    ...base,
    rule: `waiver/${property}`,
    message: withoutSecrets(
      `the ${property} of the waiver of ${waiver.rule} must ${must}${property === "until" ? `, got ${JSON.stringify(got)}` : ""}`,
    ),
    why: WHY[property as "reason" | "until"],
    fix,
  }));
  if (!isUsed) {
    const message = withoutSecrets(unmatched(waiver, known, findings));
    const fix = "remove the waiver, or name rule, resource and evidence as the finding does";
    return [...wrong, { ...base, rule: "waiver/unmatched", message, why: WHY.unmatched, fix }];
  }
  const ending = wrong.length === 0 ? ends(waiver, today) : undefined;
  return [...wrong, ...(ending === undefined ? [] : [{ ...base, ...ending, why: WHY.until }])];
}

const WHY = {
  reason: "A waiver is a decision that others have to understand later.",
  until: "Who set an end wants the decision taken anew on that day, and not forgotten.",
  unmatched: "A waiver that accepts nothing would hide the next mistake of that name.",
};

/** What is to be said of a waiver's end. */
function ends(
  { rule, until }: Waiver,
  today: string,
): Pick<Finding, "rule" | "severity" | "message" | "fix"> | undefined {
  if (until === undefined || !isDay(today)) return undefined;
  const left = daysBetween(today, until);
  const fix = "do what it has put off and remove it, or decide anew until when it is right";
  if (left < 0) {
    const message = `the waiver of ${rule} has ended on ${until} and accepts nothing any more`;
    return { rule: "waiver/expired", severity: "error", message, fix };
  }
  if (left > SOON) return undefined;
  const message = `the waiver of ${rule} ends on ${until}, ${daysLeft(left)}`;
  return { rule: "waiver/ends-soon", severity: "warning", message, fix };
}

function unmatched(waiver: Waiver, known: ReadonlySet<string>, findings: readonly Finding[]): string {
  const { rule, evidence } = waiver;
  if (!known.has(rule)) return `the waiver names the rule ${JSON.stringify(rule)}, which there is not`;
  if (findings.some((each) => accepts(waiver, each)))
    return `the waiver of ${rule} accepts only what another waiver accepts already`;
  const others = findings.filter((each) => isAbout(waiver, each)).map((each) => shownEvidence(each.evidence));
  if (evidence === undefined || others.length === 0)
    return `the waiver of ${rule} matches no finding of this resource`;
  return `the waiver of ${rule} has the evidence ${shownEvidence(evidence)}, and the findings of this resource have ${[...new Set(others)].join(" and ")}`;
}

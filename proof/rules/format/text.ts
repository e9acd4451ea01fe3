import { shownNotJudged, type NotJudged } from "../../access";
import { shownEvidence } from "../evidence";
import type { Finding } from "../finding";
import { shownWaived } from "../said";
import { shownOf, type Findings } from "./found";

/** How the parts of a text are told apart; on a terminal by colour. */
export interface Style {
  error(text: string): string;
  warning(text: string): string;
  waived(text: string): string;
  heading(text: string): string;
  quiet(text: string): string;
}

const same = (text: string) => text;

/** For files and pipes. */
export const plain: Style = { error: same, warning: same, waived: same, heading: same, quiet: same };

/** Grouped by rule, errors first; a rule's reason is said once. */
export function formatText(found: Findings, style: Style = plain): string {
  const { findings, failures, notJudged } = shownOf(found);
  const unread = failures.map(
    ({ file, line, message }) => `${style.error("unread")} ${place(file, line ?? null)}\n  ${message}`,
  );
  const groups = grouped(findings).map((group) => formatGroup(group, style));
  const end = [
    summary({ findings, failures }, style),
    ...(notJudged.length === 0 ? [] : [silence(notJudged, style)]),
  ];
  return [...unread, ...groups, end.join("\n")].join("\n\n");
}

/** Said last of all: where nothing was judged, no finding is no good news. */
function silence(all: readonly NotJudged[], style: Style): string {
  return style.quiet(`not read: ${all.map(shownNotJudged).join(", ")}`);
}

function grouped(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    groups.set(finding.rule, [...(groups.get(finding.rule) ?? []), finding]);
  }
  return [...groups.values()];
}

function formatGroup(group: readonly Finding[], style: Style): string {
  const [first] = group;
  if (first === undefined) return "";
  const severity = first.severity === "error" ? style.error("error") : style.warning("warning");
  return [
    `${severity} ${style.heading(first.rule)}`,
    ...group.flatMap((each) => lines(each, style)),
    `  ${style.quiet(`why: ${first.why}`)}`,
  ].join("\n");
}

function lines(finding: Finding, style: Style): string[] {
  const { resource, path, file, line, declared, message, fix, evidence, waived } = finding;
  const where = path === null ? resource : `${path} (${resource})`;
  return [
    `  ${style.heading(where)} ${style.quiet(place(file, line))}`,
    ...(declared ? [`    ${declared.what}, declared in ${place(declared.file, declared.line)}`] : []),
    `    ${message}`,
    `    fix: ${fix}`,
    ...(evidence.length === 0 ? [] : [`    ${style.quiet(`evidence: ${shownEvidence(evidence)}`)}`]),
    ...(waived === null ? [] : [`    ${style.waived(`waived: ${shownWaived(finding)}`)}`]),
  ];
}

function place(file: string, line: number | null): string {
  return line === null ? file : `${file}:${line}`;
}

function summary({ findings, failures }: Findings, style: Style): string {
  const open = findings.filter(({ waived }) => waived === null);
  const errors = open.filter(({ severity }) => severity === "error").length;
  const counts = [
    counted(errors, "error"),
    counted(open.length - errors, "warning"),
    `${findings.length - open.length} waived`,
    ...(failures.length === 0 ? [] : [`${counted(failures.length, "file")} not read`]),
  ];
  return style.heading(counts.join(", "));
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

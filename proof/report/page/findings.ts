import { shownWaived } from "../../rules/said";
import type { ReportedFinding } from "../model";
import { counted, groupedBy } from "../text";
import { breakable, chips, firstOf, html, long, type Markup } from "./markup";
import { linkTo } from "./routes";
import { matches, type View } from "./view";

/** Of each rule; the rest is there on demand. */
const FEW = 3;

/** Those that a search leaves. */
export function findingsIn(found: readonly ReportedFinding[], view: View): readonly ReportedFinding[] {
  return found.filter(({ rule, severity, message, resource, waived, services }) =>
    matches(view, [rule, severity, message, resource, waived ?? "", ...services].join(" ")),
  );
}

/** By rule, errors first. */
export function findingList(environment: string, found: readonly ReportedFinding[], view: View): Markup {
  const ofRules = [...groupedBy(found, ({ rule, severity }) => `${severity} ${rule}`).values()];
  const rank = ([first]: readonly ReportedFinding[]) => (first?.severity === "error" ? 0 : 1);
  return html`${ofRules.sort((a, b) => rank(a) - rank(b)).map((own) => ofRule(environment, own, view))}`;
}

function ofRule(environment: string, found: readonly ReportedFinding[], view: View): Markup {
  const [first] = found;
  if (first === undefined) return html``;
  const { rule, severity, why } = first;
  const isWaived = first.waived !== null;
  const tone = isWaived ? "muted" : severity === "error" ? "bad" : "warn";
  return firstOf(
    view,
    `rule:${isWaived ? "waived " : ""}${rule}`,
    found,
    FEW,
    (
      shown,
      rest,
    ) => html`<div class="rule ${tone}-edge"><h4><span class="${tone}">${isWaived ? "waived" : severity}</span> <code>${breakable(rule)}</code>${found.length > 1 ? html` <span class="muted">${counted(found.length, "finding")}</span>` : ""}</h4>
<p class="why">${why}</p>
<ul>${shown.map((each) => finding(environment, each))}</ul>${rest}</div>
`,
  );
}

function finding(environment: string, found: ReportedFinding): Markup {
  const { message, fix, waived, waiver, resource, file, services } = found;
  const about =
    services.length === 0 || services.length > FEW
      ? ""
      : html`${services.map((id) => html`<a href="${linkTo(environment, "service", id)}">${id}</a> `)}`;
  return html`<li>${about}${long(message)}. ${waived === null ? html`<strong>Fix:</strong> ${fix}.` : html`<strong>Waived:</strong> ${shownWaived(found)}${evidenceOf(waiver)}.`} <span class="place">${breakable(`${resource}, ${file}`)}</span></li>
`;
}

/** What alone is accepted, where the waiver says so. */
function evidenceOf(waiver: ReportedFinding["waiver"]): Markup {
  const evidence = waiver?.evidence ?? null;
  return evidence === null ? html`` : html`; this evidence alone: ${chips(evidence, "none")}`;
}

import type { GuardrailReport, GuaranteeReport, ReportedFinding } from "../model";
import { counted } from "../text";
import { findingList, findingsIn } from "./findings";
import { breakable, chips, firstOf, html, long, table, type Markup } from "./markup";
import { linkTo } from "./routes";
import type { ShownEnvironment } from "./shown";
import { isSearch, matches, type View } from "./view";

const FEW = 6;

/** All that speaks against an environment, the worst first: what an auditor asks for. */
export function wrong(environment: ShownEnvironment, view: View): Markup {
  const parts = [
    notRead(environment, view),
    broken(environment.guarantees, view),
    open(environment, view),
    notMet(environment.guardrails, view),
    doubts(environment, view),
  ].filter(({ text }) => text !== "");
  const none = isSearch(view) ? "Nothing of it has these words." : nothingWrong(environment);
  return html`<h3 id="findings">What is wrong</h3>
${parts.length > 0 ? parts : html`<p class="${isSearch(view) ? "muted" : environment.readWhole.value === "yes" ? "good" : "warn"}">${none}</p>`}`;
}

function nothingWrong({ readWhole }: ShownEnvironment): string {
  return readWhole.value === "yes"
    ? "No rule has found anything, every guardrail that is asked for is met, and nothing that was read is in doubt."
    : `No rule has found anything in what was read; not known: ${readWhole.reason}.`;
}

function open({ name, findings, readWhole }: ShownEnvironment, view: View): Markup {
  const all = findings.filter(({ waived }) => waived === null);
  const left = findingsIn(all, view);
  if (left.length > 0) return findingList(name, left, view);
  if (isSearch(view) || readWhole.value === "yes") return html``;
  return html`<p class="warn">No rule has found anything in what was read; not known: ${readWhole.reason}.</p>`;
}

function notRead({ failures }: ShownEnvironment, view: View): Markup {
  const left = failures.filter(({ file, message }) => matches(view, `${file} ${message}`));
  if (left.length === 0) return html``;
  return html`<h4 class="bad">Not read, so that this report does not speak of it</h4>
<ul>${left.map(({ file, message }) => html`<li>${breakable(file)}: ${message}</li>`)}</ul>`;
}

function broken(guarantees: readonly GuaranteeReport[], view: View): Markup {
  const left = guarantees.filter(
    ({ text, holds, evidence }) => holds.value !== "yes" && matches(view, [text, ...evidence].join(" ")),
  );
  if (left.length === 0) return html``;
  return html`<h4 class="bad">${counted(left.length, "promise")} ${left.length === 1 ? "is" : "are"} broken or in doubt</h4>
<ul>${left.map(({ text, reason, holds, evidence }) => html`<li>${text}: ${verdict(holds)}${evidence.length > 0 ? `: ${evidence.join("; ")}` : ""}. <span class="muted">Promised because ${reason}.</span></li>`)}</ul>`;
}

function notMet(guardrails: readonly GuardrailReport[], view: View): Markup {
  const left = guardrails.filter(
    ({ guardrail, asked, met }) =>
      ["no", "not-known"].includes(met.value) &&
      matches(view, `guardrail ${guardrail} ${asked} ${met.value}`),
  );
  if (left.length === 0) return html``;
  return html`<h4>Guardrails that are not met, or of which nobody knows</h4>
<ul>${left.map(({ guardrail, asked, met }) => html`<li><strong>${guardrail}</strong>, asked ${asked}: <span class="${met.value === "no" ? "bad" : "warn"}">${verdict(met)}</span></li>`)}</ul>`;
}

/** What the answers of this page leave open. */
function doubts({ name, doubts: all }: ShownEnvironment, view: View): Markup {
  const left = all.filter(({ service, text }) => matches(view, `${service ?? ""} ${text}`));
  if (left.length === 0) return html``;
  return html`<h4 class="warn">What is not known: somebody may reach more than stands here</h4>
${firstOf(
  view,
  "doubts",
  left,
  FEW,
  (shown, rest) =>
    html`<ul>${shown.map(({ service, text }) => html`<li>${service === null ? "" : html`<a href="${linkTo(name, "service", service)}">${service}</a>: `}${long(text)}</li>`)}</ul>${rest}`,
)}`;
}

/** Everything that was accepted, with why and until when. */
export function waived(environment: string, found: readonly ReportedFinding[], view: View): Markup {
  return findingList(environment, findingsIn(found, view), view);
}

export function guardrails(all: readonly GuardrailReport[]): Markup {
  const tones = { yes: "good", no: "bad", waived: "warn", "not-asked": "muted", "not-known": "warn" };
  return table(
    ["guardrail", "asked", "met", "proven by"],
    all.map(({ guardrail, asked, met, rules }) => [
      guardrail,
      asked,
      html`<span class="${tones[met.value]}">${verdict(met)}</span>`,
      chips(rules, "no rule"),
    ]),
  );
}

/** Promises that people rely on, with who breaks them. */
export function guarantees(all: readonly GuaranteeReport[]): Markup {
  const tones = { yes: "good", no: "bad", "not-known": "warn" };
  return table(
    ["promise", "holds", "because"],
    all.map(({ text, holds, evidence, reason }) => [
      text,
      html`<span class="${tones[holds.value]}">${verdict(holds)}</span>${holds.value === "no" && evidence.length > 0 ? `: ${evidence.join("; ")}` : ""}`,
      reason,
    ]),
  );
}

function verdict(answer: GuardrailReport["met"]): string {
  return answer.value === "not-known" ? `not known: ${answer.reason}` : answer.value.replace("-", " ");
}

import { isNotKnown, shownAnswer, type NotKnown } from "../answer";
import type { AccessReport, Hop, ReportedFinding, ServiceReport } from "../model";
import { counted, shownPlace } from "../text";
import { findingList } from "./findings";
import { breakable, chips, firstOf, folded, html, long, table, type Markup } from "./markup";
import { privileges } from "./privileges";
import { serviceGraph } from "./graphs";
import { timeline } from "./timeline";
import type { View } from "./view";

/** Of hops and statements: more of them are grants, one like the other. */
const FEW_HOPS = 24;

const TONES = { yes: "good", no: "bad", "not-known": "warn" } as const;

/** All about a service: what is wrong with it, what it can do, by which way, for how long. */
export function service(
  environment: string,
  report: ServiceReport,
  found: readonly ReportedFinding[],
  view: View,
): Markup {
  const { migration, whole, opensBesides, workloads, accesses } = report;
  const { stage, reason, canary } = migration;
  const isEmpty = accesses.every(({ privileges: own }) => own.length === 0);
  return html`${found.length === 0 ? "" : html`<h3>${counted(found.length, "finding")} about it</h3>${findingList(environment, found, view)}`}
${whole.value === "yes" ? "" : html`<p class="warn">What it may do is not known whole: ${long(whole.reason)}.</p>`}
${opensBesides.length > 0 ? html`<p class="warn">Its login opens besides: ${chips(opensBesides)}</p>` : ""}
${isEmpty ? "" : serviceGraph(environment, report)}
${accesses.map((access) => accessOf(environment, access, view))}
<h3>Pods</h3>
<ul>${workloads.map(workload)}</ul>
<p>Migration: <strong>${stage}</strong>, ${reason}${canary ? html` (${podsOf(canary.static)} static, ${podsOf(canary.dynamic)} dynamic)` : ""}.</p>
${contract(report)}`;
}

function workload({
  kind,
  name,
  replicas,
  serviceAccount,
  injection,
  credentials,
  onRotation,
  place,
}: ServiceReport["workloads"][number]): Markup {
  const pods = replicas === null ? "how many pods is not known" : counted(replicas, "pod");
  const restart = onRotation
    ? html`, <span class="warn">restarted for each new user</span> by ${chips(onRotation.commands)}: ${onRotation.reason ?? "nobody says why"}`
    : "";
  return html`<li>${kind} <code>${name}</code>, ${pods}, ServiceAccount <code>${serviceAccount.name}</code>, agent as ${injection}, ${credentials} credentials${restart} <span class="place">${breakable(shownPlace(place))}</span></li>`;
}

function podsOf(count: number | NotKnown): string {
  return isNotKnown(count) ? `not known (${count.reason})` : counted(count, "pod");
}

function accessOf(environment: string, access: AccessReport, view: View): Markup {
  const { name, reaches, missing, hops, whole, privileges: own } = access;
  const rest =
    whole.value === "yes"
      ? ""
      : html`<p class="warn">What else it may do is not known: ${long(whole.reason)}.</p>`;
  const none =
    own.length > 0 || whole.value !== "yes" ? "" : html`<p>A credential may do nothing with any table.</p>`;
  return html`<h3>Access to ${name}: <span class="${TONES[reaches.value]}">${shownAnswer(reaches, { yes: "the chain holds", no: "the chain is broken" })}</span></h3>
${delivery(access)}
${missing.length > 0 ? html`<ul>${missing.map((each) => html`<li class="bad">${each}</li>`)}</ul>` : ""}
${privileges(environment, own, view)}${none}${rest}
<h4>The way, hop by hop</h4>
${firstOf(view, `hops:${name}`, hops, FEW_HOPS, (shown, more) => html`<ol class="hops">${shown.map(hop)}</ol>${more}`)}
${isNotKnown(access.timeline) ? html`<p class="warn">How long a credential lives is not known: ${access.timeline.reason}.</p>` : timeline(access.timeline)}`;
}

function delivery({ delivered }: AccessReport): Markup {
  if (delivered.value === "yes") return html``;
  const text =
    delivered.value === "no"
      ? "No agent brings the pods the credentials."
      : `Whether an agent brings the pods the credentials is not known: ${delivered.reason}.`;
  return html`<p class="${TONES[delivered.value]}">${text}</p>`;
}

function hop({ text, place, statements }: Hop): Markup {
  return html`<li>${long(text)}${place ? html` <span class="place">${breakable(shownPlace(place))}</span>` : ""}${shownStatements(statements)}</li>
`;
}

/** One for each table, where a service reaches hundreds. */
function shownStatements(statements: readonly string[]): Markup {
  const text = html`<pre>${statements.join("\n")}</pre>`;
  if (statements.length === 0) return html``;
  if (statements.length <= FEW_HOPS) return text;
  return html`<details class="long"><summary>${counted(statements.length, "statement")}</summary>${text}</details>`;
}

function contract({ contract: variables }: ServiceReport): Markup {
  const all = Object.entries(variables);
  if (all.length === 0) return html``;
  return folded(
    "contract",
    "Contract",
    counted(all.length, "variable"),
    table(
      ["variable", "value"],
      all.map(([key, value]) => [
        html`<code>${breakable(key)}</code>`,
        html`<code>${breakable(value)}</code>`,
      ]),
    ),
  );
}

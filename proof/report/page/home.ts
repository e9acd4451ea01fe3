import { shownSaid } from "../answer";
import type { ReportedFinding } from "../model";
import { counted, form, SOURCES } from "../text";
import { breakable, folded, html, type Markup } from "./markup";
import { matrix } from "./matrix";
import { overviewOf } from "./overview";
import { budgets, coverage, list, state, unknowns } from "./rest";
import { linkTo } from "./routes";
import type { ShownEnvironment, ShownReports } from "./shown";
import { since } from "./since";
import { isSearch, type View } from "./view";
import { guarantees, guardrails, waived, wrong } from "./wrong";

/** An environment: what is wrong, who reaches what, and what else there is to know, on demand. */
export function home(reports: ShownReports, environment: ShownEnvironment, view: View): Markup {
  const { name } = environment;
  const overview = overviewOf(environment, view);
  const found = `${counted(overview.services, "service")} and ${counted(overview.tables, "table")}`;
  return html`<h2 id="title" tabindex="-1">${name}</h2>
${isSearch(view) ? html`<p class="muted" data-found>${found} of ${name} with these words.</p>` : html`${facts(environment)}${summary(environment)}`}
${reports.since === null ? "" : since(reports.since, name, view)}
${wrong(environment, view)}
<h3 id="overview">Who reaches what</h3>
${overview.teams.length === 0 ? html`<p>${nobody(environment, view)}</p>` : matrix(name, overview, view)}
${isSearch(view) ? "" : parts(environment, view)}`;
}

function nobody({ doubts }: ShownEnvironment, view: View): string {
  if (isSearch(view)) return "Nobody and nothing with these words.";
  return doubts.length > 0 ? "No table was found, and not everything is known." : "Nobody reaches a table.";
}

function facts({ source, vault, cluster }: ShownEnvironment): Markup {
  return html`<p class="muted">${SOURCES[source]}</p>
<dl class="facts"><div><dt>Vault</dt><dd>${breakable(shownSaid(vault))}</dd></div><div><dt>Cluster</dt><dd>${breakable(shownSaid(cluster))}</dd></div></dl>`;
}

/** What there is to know at a glance, each leading to more. */
function summary(report: ShownEnvironment): Markup {
  const { name, lines, tables, findings, guardrails: all, state: held, doubts, readWhole } = report;
  const open = findings.filter((each) => each.waived === null);
  const accepted = findings.length - open.length;
  const count = (value: "no" | "not-known") => all.filter(({ met }) => met.value === value).length;
  const reached = tables.filter(({ object }) => object === undefined).length;
  const unread = readWhole.value === "not-known" || doubts.length > 0;
  const secrets = { yes: "maybe a", no: "no", "not-known": "not known: a" }[held.secrets.value];
  const to = (part: string) => linkTo(name, "part", part);
  return html`<ul class="cards">
${card(open.length, form(open.length, "open finding"), toneOf(open, readWhole), to("findings"))}
${card(count("no"), `${form(count("no"), "guardrail")} not met`, count("no") > 0 ? worst(report) : count("not-known") > 0 ? "warn" : "good", to("guardrails"))}
${count("not-known") > 0 ? card(count("not-known"), `${form(count("not-known"), "guardrail")} of which nobody knows`, "warn", to("guardrails")) : ""}
${card(accepted, form(accepted, "waived finding"), accepted > 0 ? "warn" : "good", accepted > 0 ? to("waived") : undefined)}
${card(lines.length, form(lines.length, "service"), "", to("overview"))}
${card(reached, `${form(reached, "table")} that somebody reaches${unread ? ", of those that are known" : ""}`, unread ? "warn" : "", to("overview"))}
${card(secrets, "secret in Terraform's state", { yes: "bad", no: "good", "not-known": "warn" }[held.secrets.value], to("state"))}
</ul>`;
}

function card(value: number | string, label: string, tone: string, link?: string): Markup {
  const content = html`<strong class="${tone}">${value}</strong> ${label}`;
  return html`<li class="card">${link === undefined ? content : html`<a href="${link}">${content}</a>`}</li>`;
}

/** As bad as the worst of them; nothing found in what was not read is no good news. */
function toneOf(open: readonly ReportedFinding[], readWhole: ShownEnvironment["readWhole"]): string {
  if (open.some(({ severity }) => severity === "error")) return "bad";
  return open.length > 0 || readWhole.value === "not-known" ? "warn" : "good";
}

/** A guardrail is as bad as what its rules have found. */
function worst({ findings, guardrails: all }: ShownEnvironment): string {
  const rules = all.filter(({ met }) => met.value === "no").flatMap((each) => each.rules);
  const against = findings.filter((each) => each.waived === null && rules.includes(each.rule));
  return against.some(({ severity }) => severity === "error") ? "bad" : "warn";
}

/** What else there is to know; a part that would be empty is not there. */
function parts(report: ShownEnvironment, view: View): Markup {
  const { name, findings, guardrails: limits, guarantees: promises, budgets: loads } = report;
  const accepted = findings.filter((each) => each.waived !== null);
  const asked = limits.filter(({ met }) => met.value !== "not-asked").length;
  return html`<div class="parts">
${accepted.length > 0 ? folded("waived", "Waived findings", `${accepted.length}`, waived(name, accepted, view)) : ""}
${folded("guardrails", "Guardrails", `${asked} asked for`, guardrails(limits))}
${promises.length > 0 ? folded("guarantees", "What was promised", counted(promises.length, "promise"), guarantees(promises)) : ""}
${loads.length > 0 ? folded("budget", "Lease budget", counted(loads.length, "connection"), budgets(loads)) : ""}
${folded("state", "What Terraform's state holds", "", state(report.state))}
${report.unknowns.length > 0 ? folded("unknowns", "Values that only an apply knows", `${report.unknowns.length}`, unknowns(report.unknowns)) : ""}
${folded("coverage", "What this rests on", "", coverage(report.coverage))}
${report.notLookedAt.length > 0 ? folded("not-looked-at", "What was not looked at", `${report.notLookedAt.length}`, list(report.notLookedAt)) : ""}
</div>`;
}

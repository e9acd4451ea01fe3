import { createHash } from "node:crypto";
import { shownSaid } from "../answer";
import { SOURCES } from "../words";
import { ALL_VERBS, type AccessReports, type EnvironmentReport } from "../model";
import { breakable, html, idOf, Markup } from "./markup";
import { coverage, doubts, notLookedAt } from "./doubts";
import { comparisons } from "./comparisons";
import { budgets, findings, guarantees, guardrails, overview, state, summary } from "./overview";
import { SCRIPT } from "./script";
import { people, services } from "./services";
import { STYLE } from "./style";
import { matrix, tables } from "./tables";

/**
 * The report as one page that opens from disk: it loads nothing, and its policy lets nothing run but its
 * own script, which is known by its hash.
 */
export function renderHtml(reports: AccessReports): string {
  const { environments } = reports;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<title>Who may reach which table</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">To the report</a>
<header><h1>Who may reach which table</h1>
<p class="muted">Pods, ServiceAccounts, Vault's roles and policies, PostgreSQL's grants, as the configuration says them.</p>
<dl class="facts"><div><dt>Made</dt><dd>${breakable(shownSaid(reports.made.at))}</dd></div><div><dt>Commit</dt><dd>${shownSaid(reports.made.commit)}</dd></div></dl>
<nav aria-label="Environments"><ul>${environments.map(({ name }) => html`<li><a href="#${idOf(name)}">${name}</a></li>`)}${reports.comparisons.map(({ left, right }) => html`<li><a href="#${idOf("differences", left, right)}">${left} beside ${right}</a></li>`)}</ul></nav></header>
${finder(environments)}
<main id="content" tabindex="-1">
${environments.map(environment)}
${comparisons(reports)}
</main>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.text;
}

/** Nothing from anywhere, and of what stands in the page only what is known by its hash. */
function policy(): Markup {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return new Markup(
    `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; base-uri 'none'; form-action 'none'`,
  );
}

function finder(environments: readonly EnvironmentReport[]): Markup {
  return html`<form class="find" role="search" aria-label="Services and tables">
    <div>
      <label for="words">Find a table, a service, a verb</label
      ><input id="words" type="search" autocomplete="off" />
    </div>
    <div>
      <label for="environment">Environment</label
      ><select id="environment">
        <option value="">all</option>
        ${environments.map(({ name }) => html`<option>${name}</option>`)}
      </select>
    </div>
    <div>
      <label for="verb">Verb</label
      ><select id="verb">
        <option value="">any</option>
        ${ALL_VERBS.map((verb) => html`<option value="${verb.toLowerCase()}">${verb}</option>`)}
      </select>
    </div>
    <output id="count" aria-live="polite"></output>
  </form>`;
}

/** A part that would be empty is not drawn, and nothing leads to it. */
function isDrawn(part: (typeof PARTS)[number][0], report: EnvironmentReport): boolean {
  const { doubts: all, notLookedAt: unjudged, services: own, tables: reached, budgets: loads } = report;
  const isThere: Partial<Record<typeof part, boolean>> = {
    doubts: all.length > 0,
    "not-looked-at": unjudged.length > 0,
    services: own.length > 0,
    people: (report.people ?? []).length > 0,
    guarantees: report.guarantees.length > 0,
    matrix: own.length > 0 && reached.length > 0,
    graph: reached.length > 0,
    budget: loads.length > 0,
  };
  return isThere[part] ?? true;
}

const PARTS = [
  ["doubts", "what is not known"],
  ["tables", "who can reach a table"],
  ["services", "what a service can do"],
  ["people", "what people can do"],
  ["matrix", "services and tables"],
  ["graph", "who reaches what, drawn"],
  ["findings", "findings and waivers"],
  ["guardrails", "guardrails"],
  ["guarantees", "what was promised"],
  ["budget", "lease budget"],
  ["state", "Terraform's state"],
  ["coverage", "what this rests on"],
  ["not-looked-at", "what was not looked at"],
] as const;

function environment(report: EnvironmentReport): Markup {
  const { name } = report;
  return html`<section data-group="${name}" aria-labelledby="${idOf(name)}">
    <h2 id="${idOf(name)}">${name}</h2>
    <p class="muted">${SOURCES[report.source]}</p>
    <dl class="facts">
      <div><dt>Vault</dt><dd>${breakable(shownSaid(report.vault))}</dd></div>
      <div><dt>Cluster</dt><dd>${breakable(shownSaid(report.cluster))}</dd></div>
    </dl>
    <nav aria-label="Parts of ${name}">
      <ul>
        ${PARTS.filter(([part]) => isDrawn(part, report)).map(([part, label]) => html`<li><a href="#${idOf(name, part)}">${label}</a></li>`)}
      </ul>
    </nav>
    ${summary(report)} ${doubts(report)} ${tables(report)} ${services(report)} ${people(report)}
    ${isDrawn("matrix", report) ? matrix(name, report.matrix) : ""}
    ${isDrawn("graph", report) ? overview(report) : ""} ${findings(report)} ${guardrails(report)} ${guarantees(report)} ${budgets(report)} ${state(report)} ${coverage(report)} ${notLookedAt(report)}
  </section> `;
}

import { createHash } from "node:crypto";
import { shownSaid } from "../answer";
import { ALL_VERBS, type AccessReports } from "../model";
import { breakable, html, Markup } from "../page/markup";
import { navigation, page } from "../page/page";
import { shownReports, type Since } from "../page/shown";
import { firstView } from "../page/view";
import { pageScript } from "./script";
import { stored } from "./store";
import { STYLE } from "./style";

export type { Since };

/**
 * The report as one page that opens from disk: it loads nothing, and its policy lets nothing run but its own script,
 * which is known by its hash. What stands first is in the page as it is, for whoever lets no script run; all else is
 * drawn from the report's data when somebody asks for it.
 *
 * @param since what has changed since a report of before; null where there is none
 */
export function renderHtml(reports: AccessReports, since: Since | null): string {
  const shown = shownReports(reports, since);
  const view = firstView(shown.environments[0]?.name ?? "");
  const script = pageScript();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}">
<title>Who may reach which table</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">To the report</a>
<header><h1>Who may reach which table</h1>
<p class="muted">Pods, ServiceAccounts, Vault's roles and policies, PostgreSQL's grants, as the configuration says them.</p>
<dl class="facts"><div><dt>Made</dt><dd>${breakable(shownSaid(reports.made.at))}</dd></div><div><dt>Commit</dt><dd>${shownSaid(reports.made.commit)}</dd></div></dl>
<noscript><p class="warn">No script runs here: this is what stands first. Each service, each table and the other environments are in access.md and access.csv.</p></noscript></header>
<div class="bar"><nav id="places" aria-label="Environments">${navigation(shown, view.route)}</nav>
${finder()}</div>
<main id="content" tabindex="-1">
${page(shown, view)}
</main>
<script type="application/json" id="report">${data(stored(reports, since))}</script>
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}

/** Nothing from anywhere, and of what stands in the page only what is known by its hash. */
function policy(script: string): Markup {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return new Markup(
    `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`,
  );
}

/** As a script element holds it: nothing in it ends the element, or begins a comment of it. */
function data(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll("<", "\\u003c"));
}

function finder(): Markup {
  return html`<form class="find" role="search" aria-label="Services and tables">
<div><label for="words">Find a service, a table, a verb</label><input id="words" type="search" autocomplete="off"></div>
<div><label for="verb">Verb</label><select id="verb"><option value="">any</option>${ALL_VERBS.map((verb) => html`<option>${verb}</option>`)}</select></div>
<output id="count" aria-live="polite"></output>
</form>`;
}

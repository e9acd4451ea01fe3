import type { Reach } from "../model";
import { shownVerb } from "../text";
import { tableGraph } from "./graphs";
import { breakable, chips, firstOf, html, long, table as tableOf, type Markup } from "./markup";
import { linkTo } from "./routes";
import type { Reached, ShownEnvironment } from "./shown";
import type { View } from "./view";

const FEW = 100;

/** A table: who reaches it, how, and who can open it to others. */
export function table(environment: ShownEnvironment, reached: Reached, view: View): Markup {
  const { name, doubts } = environment;
  const all = SCOPES[reached.scope];
  return html`${all === "" ? "" : html`<p class="warn">Stands for ${all}${reached.scope === "owner" ? reached.owner : ""}.</p>`}
${doubts.length > 0 ? html`<p class="warn">Who reaches it besides is <a href="${linkTo(name, "part", "findings")}">not known</a>.</p>` : ""}
${tableGraph(environment, reached)}
<h3>Who reaches it</h3>
${firstOf(
  view,
  "reaches",
  reached.reachedBy,
  FEW,
  (shown, rest) =>
    html`${tableOf(
      ["who", "may", "by"],
      shown.map((reach) => row(name, reach)),
    )}${rest}`,
)}
<h3>Who can grant it to others</h3>
<ul>${reached.grantors.map(({ who, how }) => html`<li><strong>${who}</strong>: ${long(how)}</li>`)}</ul>
${reached.grantors.length === 0 ? html`<p>Nobody, as far as the configuration says.</p>` : ""}`;
}

const SCOPES = {
  table: "",
  schema: "all tables of the schema",
  owner: "all tables of ",
  everything: "everything",
};

function row(environment: string, { service, how, holds, login, credsPath, verbs, path }: Reach) {
  const who =
    service === null
      ? html`login ${login}`
      : html`<a href="${linkTo(environment, "service", service)}">${service}</a>`;
  return [
    html`${who}${how === "could" ? html` <span class="warn">could: nobody asks for it</span>` : ""}${holds.value === "not-known" ? html` <span class="warn">not known: ${long(holds.reason)}</span>` : ""}`,
    chips(verbs.map(shownVerb)),
    html`<code>${breakable(path.join(" → ") || "the credential itself")}</code> <span class="place">${breakable(`${login}, ${credsPath}`)}</span>`,
  ];
}

import type { BudgetReport, EnvironmentReport, UnknownReport } from "../model";
import { HELD, shownPlace, type Held } from "../text";
import { breakable, chips, html, long, table, type Markup } from "./markup";

export function budgets(all: readonly BudgetReport[]): Markup {
  return html`${all.map(budget)}`;
}

function budget({ connection, holds, liveLeases, credentialsPerSecond, connections }: BudgetReport): Markup {
  const loads = [
    ["at rest", "atRest"],
    ["at a rolling restart", "atRollingRestart"],
    ["after an outage", "afterOutage"],
  ] as const;
  const { value, limit } = credentialsPerSecond;
  return html`<h4>${connection}</h4>
${holds.value === "yes" ? "" : html`<p class="warn">Not known whole: ${long(holds.reason)}.</p>`}
${table(
  ["when", "live leases", "connections", `of ${connections.limit ?? "an unknown limit"}`],
  loads.map(([label, key]) => [
    label,
    html`<span title="${liveLeases[key].reason.slice(0, 300)}">${liveLeases[key].value}</span>`,
    html`<span title="${connections[key].reason.slice(0, 300)}">${connections[key].value}</span>`,
    connections.limit === null
      ? ""
      : meter(`${connection}: connections ${label}`, connections[key].value, connections.limit),
  ]),
)}
<p>Credentials per second at rest: ${value.toPrecision(2)} of ${limit} ${meter(`${connection}: credentials per second`, value, limit)}</p>`;
}

function meter(label: string, value: number, limit: number): Markup {
  return html`<meter min="0" max="${limit}" high="${limit * 0.8}" value="${Math.min(value, limit)}" aria-label="${label}">${value} of ${limit}</meter>`;
}

/** What Terraform's state holds that could be a secret. */
export function state({ resources, arguments: all, secrets }: EnvironmentReport["state"]): Markup {
  return html`${secretsLine(secrets)}
${resources.length > 0 ? html`<p>${chips(resources.map(({ type, count }) => `${count} × ${type}`))}</p>` : ""}
${all.length === 0 ? "" : html`<ul>${all.map(({ place, argument, status, text }) => html`<li><code>${argument}</code>: ${status}, ${text} <span class="place">${breakable(shownPlace(place))}</span></li>`)}</ul>`}`;
}

function secretsLine(secrets: EnvironmentReport["state"]["secrets"]): Markup {
  if (secrets.value === "not-known")
    return html`<p class="warn">Whether it holds a secret is not known: ${secrets.reason}.</p>`;
  return secrets.value === "no"
    ? html`<p class="good">No argument puts a secret into it.</p>`
    : html`<p class="bad">Some argument puts a secret into it: see the findings.</p>`;
}

/** Values that only an apply knows. */
export function unknowns(all: readonly UnknownReport[]): Markup {
  return html`<ul>${all.map(({ place, argument, expression }) => html`<li><code>${argument}</code> = <code>${breakable(expression)}</code> <span class="place">${breakable(shownPlace(place))}</span></li>`)}</ul>`;
}

/** What the report rests on. */
export function coverage(own: EnvironmentReport["coverage"]): Markup {
  const parts = (Object.keys(HELD) as Held[]).filter((held) => own[held].length > 0);
  return html`${parts.map((held) => html`<h4>${HELD[held]}</h4>${list(own[held])}`)}`;
}

export function list(texts: readonly string[]): Markup {
  return html`<ul>${texts.map((text) => html`<li>${long(text)}</li>`)}</ul>`;
}

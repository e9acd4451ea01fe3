import type { EnvironmentReport } from "../model";
import { HELD, type Held } from "../coverage";
import { html, idOf, type Markup } from "./markup";

/** What the report rests on, and what nobody has judged: the end of it. */
export function coverage({ name, coverage: own }: EnvironmentReport): Markup {
  const parts = (Object.keys(HELD) as Held[]).filter((held) => own[held].length > 0);
  return html`<h3 id="${idOf(name, "coverage")}">What this rests on</h3>
    ${parts.map(
      (held) =>
        html`<h4>${HELD[held]}</h4>
          <ul>
            ${own[held].map((text) => html`<li>${text}</li> `)}
          </ul>`,
    )}`;
}

/** What nobody has judged. */
export function notLookedAt({ name, notLookedAt: all }: EnvironmentReport): Markup {
  if (all.length === 0) return html``;
  return html`<h3 id="${idOf(name, "not-looked-at")}">What was not looked at</h3>
    <ul>
      ${all.map((text) => html`<li>${text}</li> `)}
    </ul>`;
}

/** What the answers of this page leave open, first of all. */
export function doubts({ name, doubts: all }: EnvironmentReport): Markup {
  if (all.length === 0) return html``;
  return html`<h3 id="${idOf(name, "doubts")}">What is not known</h3>
    <p class="warn">Somebody may reach more than stands here:</p>
    <ul>
      ${all.map(
        ({ service, text }) =>
          html`<li>
            ${service === null ? "" : html`<a href="#${idOf(name, "service", service)}">${service}</a>: `}${text}
          </li> `,
      )}
    </ul>`;
}

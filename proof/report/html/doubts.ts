import type { EnvironmentReport } from "../model";
import { html, idOf, type Markup } from "./markup";

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

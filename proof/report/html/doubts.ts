import type { EnvironmentReport } from "../model";
import { html, idOf, type Markup } from "./markup";

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

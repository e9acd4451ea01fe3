import type { AccessReports, Comparison } from "../model";
import { html, idOf, type Markup } from "./markup";

/** Each environment beside the one before it. */
export function comparisons({ comparisons: all }: AccessReports): Markup {
  return html`${all.map(comparison)}`;
}

function comparison({ left, right, differences, whole }: Comparison): Markup {
  const none = html`<p class="${whole.value === "yes" ? "good" : "warn"}">In nothing that this report knows.</p>`;
  const rest =
    whole.value === "yes" ? "" : html`<p class="warn">What else differs is not known: ${whole.reason}.</p>`;
  const rows = differences.map(
    (each) =>
      html`<tr>
        <th scope="row">${each.service}</th>
        <td>${each.aspect}</td>
        <td>${each.left}</td>
        <td>${each.right}</td>
      </tr> `,
  );
  return html`<h2 id="${idOf("differences", left, right)}">Where ${right} differs from ${left}</h2>
    ${
      differences.length === 0
        ? none
        : html`<div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">service</th>
                  <th scope="col">in</th>
                  <th scope="col">${left}</th>
                  <th scope="col">${right}</th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>
          </div>`
    }${rest}`;
}

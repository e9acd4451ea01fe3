import { ownValue } from "../../access";
import type { EnvironmentReport, Matrix, Reach, TableReport } from "../model";
import { shownVerb } from "../words";
import { chips, html, idOf, type Markup } from "./markup";

/** Every table: who reaches it, how, and who can open it to others. */
export function tables({ name, tables: all, objects, doubts }: EnvironmentReport): Markup {
  const none =
    doubts.length > 0 ? "No table was found, and not everything is known." : "Nobody reaches a table.";
  return html`<h3 id="${idOf(name, "tables")}">Who can reach a table</h3>
    ${doubts.length > 0 ? html`<p class="warn">Who reaches a table besides is <a href="#${idOf(name, "doubts")}">not known</a>.</p>` : ""}
    ${all.length === 0 ? html`<p>${none}</p>` : ""}
    ${all.map((table) => section(name, table))} ${objects.map((each) => section(name, each, `${each.object} `))}`;
}

function section(environment: string, table: TableReport, kind = ""): Markup {
  const services = table.reachedBy.map(({ service, login }) => service ?? login);
  const verbs = [...new Set(table.reachedBy.flatMap((reach) => reach.verbs.map(({ verb }) => verb)))];
  const find = [table.id, ...services, ...verbs].join(" ").toLowerCase();
  const all =
    table.scope === "table"
      ? ""
      : html` <span class="warn">(${SCOPES[table.scope]}${table.owner ?? ""})</span>`;
  return html`<section
    id="${idOf(environment, "table", table.id)}"
    data-find="${find}"
    data-environment="${environment}"
    aria-label="${table.id}"
  >
    <h4>${kind}<code>${table.id}</code>${all}</h4>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">who</th>
            <th scope="col">may</th>
            <th scope="col">by</th>
          </tr>
        </thead>
        <tbody>
          ${table.reachedBy.map((reach) => row(environment, reach))}
        </tbody>
      </table>
    </div>
    <p class="muted">
      Can grant it to others:
      ${table.grantors.map(({ who, how }) => `${who} (${how})`).join("; ") || "nobody, as far as the configuration says"}
    </p>
  </section> `;
}

const SCOPES = {
  table: "",
  schema: "all tables of the schema",
  owner: "all tables of ",
  everything: "everything",
};

function row(environment: string, { service, how, holds, login, credsPath, verbs, path }: Reach): Markup {
  const who =
    service === null
      ? html`login ${login}`
      : html`<a href="#${idOf(environment, "service", service)}">${service}</a>`;
  return html`<tr>
    <th scope="row">
      ${who}${how === "could" ? html` <span class="warn">could: nobody asks for it</span>` : ""}${holds.value === "not-known" ? html` <span class="warn">not known: ${holds.reason}</span>` : ""}
    </th>
    <td>${chips(verbs.map(shownVerb))}</td>
    <td><code>${path.join(" → ") || "the credential itself"}</code> <span class="place">${login}, ${credsPath}</span></td>
  </tr> `;
}

/** Services and tables in one look. */
export function matrix(environment: string, { services, tables: columns, cells, notKnown }: Matrix): Markup {
  const unknown = new Set(notKnown.map(({ service }) => service));
  const at = new Map(cells.map((cell) => [`${cell.service}\n${cell.table}`, cell]));
  return html`<h3 id="${idOf(environment, "matrix")}">Services and tables</h3>
    <div class="scroll tall" tabindex="0" role="region" aria-label="Services and tables of ${environment}">
      <table class="matrix">
        <caption>
          S: SELECT, I: INSERT, U: UPDATE, D: DELETE, T: TRUNCATE, R: REFERENCES, G: TRIGGER; in brackets:
          some columns only; ?: nobody knows, or a login could and no pod asks for it
        </caption>
        <thead>
          <tr>
            <th scope="col">service</th>
            ${columns.map((table) => html`<th scope="col"><a href="#${idOf(environment, "table", table)}">${table}</a></th>`)}
          </tr>
        </thead>
        <tbody>
          ${services.map(
            (service) =>
              html`<tr>
                <th scope="row"><a href="#${idOf(environment, "service", service)}">${service}</a></th>
                ${columns.map((table) => cell(at.get(`${service}\n${table}`), unknown.has(service)))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>`;
}

const LETTERS: Readonly<Record<string, string>> = {
  SELECT: "S",
  INSERT: "I",
  UPDATE: "U",
  DELETE: "D",
  TRUNCATE: "T",
  REFERENCES: "R",
  TRIGGER: "G",
};

function cell(found: Matrix["cells"][number] | undefined, isUnknown: boolean): Markup {
  if (found === undefined) return isUnknown ? html`<td title="not known">?</td>` : html`<td></td>`;
  const letters = found.verbs.map((verb) => {
    const [word = ""] = verb.split(" ");
    const letter = ownValue(LETTERS, word) ?? word;
    return verb.includes("(") ? `(${letter})` : letter;
  });
  return html`<td title="${found.verbs.join(", ")}">
    ${letters.join(" ")}${found.how === "could" || found.holds.value === "not-known" ? " ?" : ""}
  </td>`;
}

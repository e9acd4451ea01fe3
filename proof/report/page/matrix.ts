import { counted, form } from "../text";
import { html, type Markup } from "./markup";
import { cellOf, sumOf, type Cell, type Holder, type Overview, type Schema, type Team } from "./overview";
import { linkTo } from "./routes";
import type { Reached } from "./shown";
import { isSearch, isUnfolded, type View } from "./view";

/** So many rows or columns are no longer one look: they are folded at first. */
const FEW_HOLDERS = 40;
const FEW_TABLES = 24;
/** What a search has found is shown unfolded up to here. */
const FEW_CELLS = 4000;

/** Services of a namespace and tables of a schema in one look, each unfolded on demand. */
export function matrix(environment: string, overview: Overview, view: View): Markup {
  const { teams, schemas, services, tables } = overview;
  if (teams.length === 0 || schemas.length === 0) return html``;
  const holders = teams.reduce((sum, { holders: own }) => sum + own.length, 0);
  const isFound = isSearch(view) && holders * tables <= FEW_CELLS;
  const atFirst = (few: boolean) => (few || isFound ? "unfolded" : "folded");
  const columns = schemas.map((schema) => ({
    schema,
    isOpen: isUnfolded(view, `schema:${schema.name}`, atFirst(tables <= FEW_TABLES)),
  }));
  const rows = teams.map((team) =>
    rowsOf(
      environment,
      team,
      columns,
      isUnfolded(view, `team:${team.name}`, atFirst(holders <= FEW_HOLDERS)),
    ),
  );
  return html`<p class="legend">${LEGEND}</p>
<div class="scroll tall" tabindex="0" role="region" aria-label="Who reaches what in ${environment}: ${counted(services, "service")} and ${counted(tables, "table")}">
<table class="matrix"><thead>
<tr class="schemas"><th scope="col">${form(teams.length, "namespace")} and ${form(services, "service")}</th>${columns.map(schemaHead)}</tr>
${columns.some(({ isOpen }) => isOpen) ? html`<tr class="tables"><td></td>${columns.map((column) => tableHeads(environment, column))}</tr>` : ""}
</thead>${rows}</table></div>`;
}

const LEGEND =
  "S SELECT, I INSERT, U UPDATE, D DELETE, T TRUNCATE, R REFERENCES, G TRIGGER, M MAINTAIN; A ALTER, X DROP, C CREATE, as owners may; (S) on some columns only; ? nobody knows, or a login could and no pod asks for it.";

interface Column {
  readonly schema: Schema;
  readonly isOpen: boolean;
}

function schemaHead({ schema: { name, tables }, isOpen }: Column): Markup {
  return html`<th scope="colgroup" colspan="${isOpen ? tables.length : 1}"><span class="stays">${fold(`schema:${name}`, isOpen, name)} <span class="muted">${counted(tables.length, "table")}</span></span></th>`;
}

function tableHeads(environment: string, { schema: { tables }, isOpen }: Column): Markup {
  if (!isOpen) return html`<td></td>`;
  return html`${tables.map(
    (table) =>
      html`<th scope="col"><a href="${linkTo(environment, "table", table.id)}" title="${table.id}"><span>${shortName(table)}</span></a></th>`,
  )}`;
}

/** Without database and schema, which stand above. */
function shortName({ table, scope, owner, object, id }: Reached): string {
  const name = { table, schema: "all tables", owner: `all of ${owner}`, everything: "everything" }[scope];
  return object === undefined ? name : `${object} ${object === "database" ? id : name}`;
}

function rowsOf(environment: string, team: Team, columns: readonly Column[], isOpen: boolean): Markup {
  const { name, kind, holders } = team;
  return html`<tbody><tr class="team"><th scope="rowgroup">${fold(`team:${name}`, isOpen, name)} <span class="muted">${counted(holders.length, kind)}</span></th>${isOpen ? html`<td colspan="${columns.reduce((sum, column) => sum + (column.isOpen ? column.schema.tables.length : 1), 0)}"></td>` : cells(holders, columns)}</tr>
${isOpen ? holders.map((holder) => row(environment, holder, columns)) : ""}</tbody>`;
}

function row(environment: string, holder: Holder, columns: readonly Column[]): Markup {
  const { id, line, doubt } = holder;
  const name =
    line === null && !id.startsWith("people/")
      ? html`${id}`
      : html`<a href="${linkTo(environment, "service", id)}">${line?.name ?? id}</a>`;
  const broken = line?.reaches === "no" ? html` <span class="bad">broken</span>` : "";
  const unknown = doubt === null ? "" : html` <span class="warn" title="${doubt}">not known whole</span>`;
  return html`<tr><th scope="row">${name}${broken}${unknown}</th>${cells([holder], columns)}</tr>
`;
}

function cells(holders: readonly Holder[], columns: readonly Column[]): Markup {
  return html`${columns.map(({ schema, isOpen }) => (isOpen ? schema.tables.map((table) => tableCell(holders, table)) : sumCell(holders, schema)))}`;
}

function sumCell(holders: readonly Holder[], schema: Schema): Markup {
  const { name, tables } = schema;
  const sum = sumOf(holders, schema);
  if (sum === undefined) return html`<td></td>`;
  return html`<td data-of="${name}"><span title="${sum.verbs.join(", ")}">${letters(sum)}</span> <span class="muted">${sum.tables === tables.length && tables.length > 1 ? "all" : counted(sum.tables, "table")}</span></td>`;
}

function tableCell(holders: readonly Holder[], { id }: Reached): Markup {
  const found = cellOf(holders, id);
  if (found === undefined) return html`<td></td>`;
  return html`<td data-of="${id}"><span title="${found.verbs.join(", ")}">${letters(found)}</span></td>`;
}

const LETTERS = new Map([
  ["SELECT", "S"],
  ["INSERT", "I"],
  ["UPDATE", "U"],
  ["DELETE", "D"],
  ["TRUNCATE", "T"],
  ["REFERENCES", "R"],
  ["TRIGGER", "G"],
  ["MAINTAIN", "M"],
  ["ALTER", "A"],
  ["DROP", "X"],
  ["CREATE", "C"],
]);

function letters({ verbs, isDoubtful }: Pick<Cell, "verbs" | "isDoubtful">): string {
  const all = verbs.map((verb) => {
    const word = verb.split(" ")[0] ?? verb;
    const letter = LETTERS.get(word) ?? word;
    return verb.includes("(") ? `(${letter})` : letter;
  });
  return [...new Set(all), ...(isDoubtful ? ["?"] : [])].join(" ");
}

/** Folds and unfolds; where no script runs it is a text. */
function fold(key: string, isOpen: boolean, name: string): Markup {
  return html`<button type="button" class="fold" data-toggle="${key}" aria-expanded="${isOpen ? "true" : "false"}">${name}</button>`;
}

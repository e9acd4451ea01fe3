import { isNotKnown } from "../answer";
import type { Privilege } from "../model";
import { byText, counted, groupedBy, shownVerb, tableId } from "../text";
import { chips, firstOf, html, table, type Markup } from "./markup";
import { linkTo } from "./routes";
import type { View } from "./view";

const FEW = 100;

/** What a credential may do, a line for each table. */
export function privileges(environment: string, all: readonly Privilege[], view: View): Markup {
  const tables = byTable(all);
  if (tables.length === 0) return html``;
  return firstOf(
    view,
    `privileges:${tables[0]?.[0]}`,
    tables,
    FEW,
    (shown, rest) =>
      html`${table(
        ["table", "verbs", "by"],
        shown.map(([id, own]) => [
          html`<a href="${linkTo(environment, "table", id)}">${id}</a>`,
          html`${chips(own.map(shownVerb))}${doubtsOf(own)}`,
          chips([...new Set(own.map(({ path }) => path.join(" → ") || "the credential itself"))]),
        ]),
        `What a credential may do: ${countedObjects(tables)}`,
      )}${rest}`,
  );
}

function countedObjects(all: ReturnType<typeof byTable>): string {
  const others = all.filter(([, [first]]) => first?.object !== "table").length;
  const counts = [
    [all.length - others, "table"],
    [others, "other object"],
  ] as const;
  return counts.flatMap(([count, noun]) => (count === 0 ? [] : [counted(count, noun)])).join(", ");
}

/** What is held on each table, by its id. */
export function byTable(all: readonly Privilege[]): [string, Privilege[]][] {
  return [...groupedBy(all, tableId)].sort(([a], [b]) => byText(a, b));
}

function doubtsOf(own: readonly Privilege[]): Markup {
  const unsure = own.filter(({ holds }) => isNotKnown(holds));
  const reasons = [...new Set(unsure.flatMap(({ holds }) => (isNotKnown(holds) ? holds.reason : [])))];
  if (unsure.length === 0) return html``;
  return html` <span class="warn">not known, ${unsure.map(({ verb }) => verb).join(", ")}: ${reasons.join("; ")}</span>`;
}

import { listed } from "../core/grouping";
import type { CoverageReport, EnvironmentReport, PeopleReport, Place, Privilege } from "./model";

const PLURALS = new Intl.PluralRules("en");

/** `1 pod`, `3 pods`: the one place that knows which. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${form(count, noun, plural)}`;
}

/** The noun alone, where the number stands somewhere else. */
export function form(count: number, noun: string, plural = `${noun}s`): string {
  return PLURALS.select(count) === "one" ? noun : plural;
}

/** Where something stands, on one line: `main.tf:12 (vault_policy.orders)`. */
export function shownPlace({ file, line, address, path }: Place): string {
  return `${file}${line === null ? "" : `:${line}`}  ${address}${path === null ? "" : `  (${path})`}`;
}

/** `SELECT`, or `SELECT (id, total)`. */
export function shownVerb(of: {
  verb: string;
  columns: readonly string[];
  except?: readonly string[];
}): string {
  const { verb, columns, except = [] } = of;
  const what = columns.length === 0 ? verb : `${verb} (${columns.join(", ")})`;
  return except.length === 0 ? what : `${what} except on ${except.join(", ")}`;
}

/** The items of a list by a key, in the order in which the keys come up. */
export function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** In the order of the code points, the same on every machine. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** What was read, as a sentence. */
export const SOURCES: Readonly<Record<EnvironmentReport["source"], string>> = {
  rendered: "Read back from what was rendered, not from what is deployed.",
  written: "Read from the configuration as it is written, not from what is deployed.",
  plan: "Read from a plan: what Terraform would make of what is deployed.",
  state: "Read from Terraform's state: what was deployed when it was last written.",
};

/** `database.schema.table`; what stands for many says of which, and the database itself is called by its name. */
export function tableId({
  database,
  schema,
  table,
  scope,
  owner,
  object,
}: Pick<Privilege, "database" | "schema" | "table" | "scope" | "owner"> &
  Partial<Pick<Privilege, "object">>): string {
  if (object === "database") return database;
  const name = scope === "owner" ? `* of ${owner}` : table;
  return [database, ...(schema === null ? [] : [schema]), name].join(".");
}

/** `auth/oidc, group shop-support`. */
export function shownPeopleLogins({ logins }: PeopleReport): string {
  return (
    listed(logins.map(({ kind, mount, name }) => `auth/${mount ?? "?"}, ${kind} ${name ?? "?"}`)) ||
    "no login"
  );
}

/** How a part of a configuration is held against what happens when it runs. */
export type Held = keyof CoverageReport;

/** Headings of the three, as the page and the reports have them. */
export const HELD: Readonly<Record<Held, string>> = {
  executed: "Executed",
  modelled: "Modelled",
  assumed: "Assumed",
};

import { listed } from "../../rules/words";
import type { EnvironmentReport, LoginReport, Privilege, TableReport } from "../model";
import { tableId } from "../privileges";
import { shownLogin } from "../login";
import { byText, groupedBy } from "../words";
import { shownService, type Change, type Comparer, type Direction } from "./change";

/** What somebody may do with a table, or with many. */
interface Effect {
  readonly holder: string;
  readonly object: Privilege["object"];
  readonly table: Pick<TableReport, "database" | "schema" | "table" | "scope" | "owner">;
  readonly verb: string;
  /** Empty: all. */
  readonly columns: readonly string[];
}

/** Verbs on tables and columns that somebody gained or lost. */
export const grantChanges: Comparer = (base, head) => {
  const [before, after] = [effectsOf(base), effectsOf(head)];
  const name = (holder: string) => shownService(holder, [base, head]);
  return [
    ...sentences(gained(after, before), head.name, "widened", name),
    ...sentences(gained(before, after), head.name, "narrowed", name),
  ];
};

function effectsOf(report: EnvironmentReport): Effect[] {
  const login = new Map(report.logins.map((each) => [shownLogin(each), each]));
  const tables = report.tables.flatMap((table) =>
    table.reachedBy.flatMap(({ service, login: by, verbs }) =>
      verbs.map((each) => ({
        holder: service ?? holderOf(login.get(by), by),
        object: "table" as const,
        table,
        ...each,
      })),
    ),
  );
  const sequences = report.services.flatMap(({ id, accesses }) =>
    accesses
      .filter(({ reaches }) => reaches !== "no")
      .flatMap(({ privileges }) => privileges.filter(({ object }) => object === "sequence"))
      .map((privilege) => ({
        holder: id,
        object: "sequence" as const,
        table: privilege,
        verb: privilege.verb,
        columns: [],
      })),
  );
  return merged([...tables, ...sequences]);
}

/** A login that no pod uses is known by whom it binds, so that its own name does not matter. */
function holderOf(login: LoginReport | undefined, fallback: string): string {
  if (login === undefined) return fallback;
  return `ServiceAccount ${listed(login.namespaces.flatMap((namespace) => login.serviceAccounts.map((each) => `${namespace}/${each}`)))}`;
}

/** Columns of the same verb add up; all of them where one grant is for all. */
function merged(effects: readonly Effect[]): Effect[] {
  return [...groupedBy(effects, keyOf).values()].map((same) => {
    const all = same.some(({ columns }) => columns.length === 0);
    return {
      ...(same[0] as Effect),
      columns: all ? [] : [...new Set(same.flatMap(({ columns }) => columns))].sort(byText),
    };
  });
}

function keyOf({ holder, object, table, verb }: Effect): string {
  return [holder, object, tableId(table), verb].join(" ");
}

/** Those parts of `effects` that `others` do not have. */
function gained(effects: readonly Effect[], others: readonly Effect[]): Effect[] {
  const byHolder = groupedBy(others, ({ holder, verb, object }) => `${holder} ${verb} ${object}`);
  return effects.flatMap((effect) => {
    const own = byHolder.get(`${effect.holder} ${effect.verb} ${effect.object}`) ?? [];
    const covering = own.filter((other) => covers(other.table, effect.table));
    if (covering.some(({ columns }) => columns.length === 0)) return [];
    if (effect.columns.length === 0) return [effect];
    const columns = effect.columns.filter(
      (column) => !covering.some((other) => other.columns.includes(column)),
    );
    return columns.length === 0 ? [] : [{ ...effect, columns }];
  });
}

/** Whether what is said of one table, or of many, holds for another. */
function covers(many: Effect["table"], one: Effect["table"]): boolean {
  if (many.database !== one.database) return false;
  if (many.scope === "everything") return true;
  if (many.scope === "schema") return many.schema === one.schema && one.scope !== "everything";
  return tableId(many) === tableId(one);
}

function sentences(
  effects: readonly Effect[],
  environment: string,
  direction: Direction,
  name: (holder: string) => string,
): Change[] {
  const groups = groupedBy(
    effects,
    ({ holder, object, table, columns }) => `${holder} ${object} ${tableId(table)} ${columns.join()}`,
  );
  return [...groups.values()].map((same) => {
    const [{ holder, object, table, columns }] = same as [Effect];
    const may = direction === "widened" ? "may now" : "may no longer";
    const what = `${listed(same.map(({ verb }) => inWords(verb)))} ${columnsOf(columns)}${shownTable(table, object)}`;
    return {
      environment,
      subject: holder,
      direction,
      sentence: `${name(holder)} ${may} ${what} (${environment})`,
    };
  });
}

const PREPOSITIONS: Readonly<Record<string, string>> = {
  SELECT: "SELECT from",
  INSERT: "INSERT into",
  DELETE: "DELETE from",
};

function inWords(verb: string): string {
  return PREPOSITIONS[verb] ?? (verb === "REFERENCES" || verb === "TRIGGER" ? `use ${verb} on` : verb);
}

function columnsOf(columns: readonly string[]): string {
  return columns.length === 0
    ? ""
    : `${columns.length === 1 ? "the column" : "the columns"} ${listed(columns)} of `;
}

function shownTable(
  { database, schema, table, scope, owner }: Effect["table"],
  object: Effect["object"],
): string {
  const kind = object === "sequence" ? "sequence" : "table";
  const where = schema === null ? database : `${database}.${schema}`;
  if (scope === "everything") return `every ${kind} of ${database}`;
  if (scope === "schema") return `every ${kind} of ${where}`;
  if (scope === "owner") return `every ${kind} of ${owner} in ${where}`;
  return `${object === "sequence" ? "the sequence " : ""}${[database, ...(schema === null || schema === "public" ? [] : [schema]), table].join(".")}`;
}

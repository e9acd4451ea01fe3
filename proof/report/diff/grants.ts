import { ownValue } from "../../access";
import { listed } from "../../rules/words";
import type { EnvironmentReport, Privilege, ServiceReport, TableReport } from "../model";
import { accountsOf, shownLogin } from "../login";
import { byText, groupedBy, tableId } from "../words";
import { shownService, type Change, type Comparer, type Direction } from "./change";

/** What somebody may do with a table, or with many. */
interface Effect {
  /** Id of a service, or the ServiceAccounts of a login that no pod uses. */
  readonly holder: string;
  /** Who may log in for it: a service or a login of another name is the same where these are. */
  readonly accounts: readonly string[];
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
  const accounts = new Map(report.logins.map((login) => [shownLogin(login), accountsOf(login)]));
  const tables = report.tables.flatMap((table) =>
    table.reachedBy.flatMap(({ service, login, verbs }) => {
      const own = accounts.get(login) ?? [login];
      const holder = service ?? `ServiceAccount ${listed(own)}`;
      const told = verbs.filter(({ verb }) => !(OF_OWNERS.has(verb) && /^(table|owner)$/.test(table.scope)));
      return told.map((each) => ({ holder, accounts: own, object: "table" as const, table, ...each }));
    }),
  );
  return merged([...tables, ...report.services.flatMap(othersOf)]);
}

/** That an owner may do these is told of the owner. */
const OF_OWNERS = new Set(["ALTER", "DROP", "CREATE"]);

/** Sequences, functions and databases. */
function othersOf({ id, accesses }: ServiceReport): Effect[] {
  return accesses
    .filter(({ reaches }) => reaches.value !== "no")
    .flatMap(({ login, privileges }) =>
      privileges
        .filter(({ object }) => object !== "table")
        .map((table) => ({
          holder: id,
          accounts: login ? accountsOf(login) : [],
          object: table.object,
          table,
          verb: table.verb,
          columns: [],
        })),
    );
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
  const byVerb = groupedBy(others, ({ verb, object, table }) => `${verb} ${object} ${table.database}`);
  return effects.flatMap((effect) => {
    const same = byVerb.get(`${effect.verb} ${effect.object} ${effect.table.database}`) ?? [];
    const covering = same.filter((other) => isHeldBy(effect, other) && covers(other.table, effect.table));
    if (covering.some(({ columns }) => columns.length === 0)) return [];
    if (effect.columns.length === 0) return [effect];
    const columns = effect.columns.filter(
      (column) => !covering.some((other) => other.columns.includes(column)),
    );
    return columns.length === 0 ? [] : [{ ...effect, columns }];
  });
}

function isHeldBy({ holder, accounts }: Effect, other: Effect): boolean {
  return (
    holder === other.holder ||
    (accounts.length > 0 && accounts.every((each) => other.accounts.includes(each)))
  );
}

/** Whether what is said of one table, or of many, holds for another. */
function covers(many: Effect["table"], one: Effect["table"]): boolean {
  if (many.database !== one.database) return false;
  if (many.scope === "everything") return true;
  if (many.scope === "schema") return many.schema === one.schema && one.scope !== "everything";
  if (many.scope === "owner" && many.schema === null)
    return one.scope === "owner" && many.owner === one.owner;
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
  CREATE: "CREATE tables beside",
  USAGE: "have USAGE of",
  TEMPORARY: "create TEMPORARY tables in",
};

function inWords(verb: string): string {
  return (
    ownValue(PREPOSITIONS, verb) ?? (verb === "REFERENCES" || verb === "TRIGGER" ? `use ${verb} on` : verb)
  );
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
  if (object === "database") return database;
  const where = schema === null ? database : `${database}.${schema}`;
  if (scope === "everything") return `every ${object} of ${database}`;
  if (scope === "schema") return `every ${object} of ${where}`;
  if (scope === "owner") return `every ${object} of ${owner} in ${where}`;
  return `${object === "table" ? "" : `the ${object} `}${[database, ...(schema === null || schema === "public" ? [] : [schema]), table].join(".")}`;
}

import type { Certain } from "../answer";
import { ALL_VERBS, type Reach } from "../model";
import { groupedBy, shownVerb } from "../text";
import type { Reached, ServiceLine, ShownEnvironment } from "./shown";
import { isSearch, matches, type View } from "./view";

/** Who reaches what, as far as a search leaves it. */
export interface Overview {
  readonly teams: readonly Team[];
  readonly schemas: readonly Schema[];
  readonly services: number;
  readonly tables: number;
}

/** Those of one namespace. */
export interface Team {
  readonly name: string;
  /** In a word: services, people, or logins. */
  readonly kind: string;
  readonly holders: readonly Holder[];
}

/** A service, people, or a login that no pod uses. */
export interface Holder {
  readonly id: string;
  /** Null: the page has nothing more to say of it. */
  readonly line: ServiceLine | null;
  /** Why nobody knows all that it may do; null where it is known. */
  readonly doubt: string | null;
  /** By the id of what it reaches. */
  readonly cells: ReadonlyMap<string, Cell>;
}

export interface Schema {
  /** `database.schema`. */
  readonly name: string;
  readonly tables: readonly Reached[];
  readonly ids: ReadonlySet<string>;
}

/** What somebody may do with something. */
export interface Cell {
  /** As `SELECT`, or `SELECT (id, total)`. */
  readonly verbs: readonly string[];
  /** That it may is not known, or no pod asks for it. */
  readonly isDoubtful: boolean;
}

/** `team-2` before `team-10`. */
const BY_NAME = new Intl.Collator("en", { numeric: true });

/** Nobody's namespace. */
const LOGINS = "logins that no pod uses";
const PEOPLE = "people";

export function overviewOf(environment: ShownEnvironment, view: View): Overview {
  const { lines, people = [], tables } = environment;
  const cells = cellsOf(tables, view);
  const known = new Set<string>();
  const holder = (id: string, line: ServiceLine | null, doubt: string | null): Holder => {
    known.add(id);
    return { id, line, doubt, cells: cells.get(id) ?? new Map<string, Cell>() };
  };
  const services = lines.map((line) => [teamOf(line), holder(line.id, line, reasonOf(line.whole))] as const);
  const groups = people.map(
    ({ id, accesses }) =>
      [PEOPLE, holder(id, null, accesses.map(({ whole }) => reasonOf(whole)).find(Boolean) ?? null)] as const,
  );
  const logins = [...cells.keys()]
    .filter((id) => !known.has(id))
    .map((id) => [LOGINS, holder(id, null, null)] as const);
  const left = [...services, ...groups, ...logins].filter(([, each]) => isLeft(each, view));
  const teams = [...groupedBy(left, ([team]) => team)].map(([name, own]) =>
    teamFrom(
      name,
      own.map(([, each]) => each),
    ),
  );
  const reached = new Set(left.flatMap(([, each]) => [...each.cells.keys()]));
  const shown = isSearch(view) ? tables.filter(({ id }) => reached.has(id)) : tables;
  return {
    teams: teams.sort((a, b) => rank(a.name) - rank(b.name) || BY_NAME.compare(a.name, b.name)),
    schemas: [...groupedBy(shown, schemaOf)].map(([name, own]) => ({
      name,
      tables: own,
      ids: new Set(own.map(({ id }) => id)),
    })),
    services: left.filter(([, { line }]) => line !== null).length,
    tables: shown.length,
  };
}

/** `database.schema` of a table; the database itself stands among what it has. */
export function schemaOf({ database, schema }: Pick<Reached, "database" | "schema">): string {
  return schema === null ? database : `${database}.${schema}`;
}

function teamFrom(name: string, holders: readonly Holder[]): Team {
  return { name, kind: name === LOGINS ? "login" : name === PEOPLE ? "group" : "service", holders };
}

function teamOf({ namespace }: ServiceLine): string {
  return namespace ?? "no namespace";
}

function rank(team: string): number {
  return [PEOPLE, LOGINS].indexOf(team);
}

function reasonOf(whole: Certain): string | null {
  return whole.value === "yes" ? null : whole.reason;
}

/** A service without any table is found by its own name, and by what is not known of it. */
function isLeft({ id, line, doubt, cells }: Holder, view: View): boolean {
  return cells.size > 0 || matches(view, `${id} ${line?.stage ?? ""} ${doubt ?? ""}`);
}

/** Who may do what, by holder and table; a search leaves those in which all of its words are found. */
function cellsOf(tables: readonly Reached[], view: View): Map<string, Map<string, Cell>> {
  const cells = new Map<string, Map<string, Cell>>();
  // Tables of one schema are often reached by the same ways, which are then told once.
  const told = new Map<readonly Reach[], ReturnType<typeof holdersOf>>();
  for (const table of tables) {
    const holders = told.get(table.reachedBy) ?? holdersOf(table.reachedBy);
    told.set(table.reachedBy, holders);
    for (const [id, cell] of holders) {
      if (!isFound(id, table.id, cell, view)) continue;
      const own = cells.get(id) ?? new Map<string, Cell>();
      cells.set(id, own);
      own.set(table.id, cell);
    }
  }
  return cells;
}

function isFound(holder: string, table: string, { verbs }: Cell, view: View): boolean {
  if (!isSearch(view)) return true;
  const isVerb = view.verb === "" || verbs.some((each) => each.split(" ")[0] === view.verb);
  return isVerb && matches({ ...view, verb: "" }, `${holder} ${table} ${verbs.join(" ")}`);
}

function holdersOf(reachedBy: readonly Reach[]): readonly (readonly [string, Cell])[] {
  return [...groupedBy(reachedBy, ({ service, login }) => service ?? login)].map(([id, own]) => [
    id,
    {
      verbs: inOrderOf([...new Set(own.flatMap(({ verbs }) => verbs.map(shownVerb)))]),
      isDoubtful: own.every(({ how, holds }) => how === "could" || holds.value !== "yes"),
    },
  ]);
}

/** As PostgreSQL's documentation has them. */
export function inOrderOf(verbs: readonly string[]): string[] {
  const place = (verb: string) => (ALL_VERBS as readonly string[]).indexOf(verb.split(" ")[0] ?? "");
  return [...verbs].sort((a, b) => place(a) - place(b));
}

/** What somebody, or all of a team, may do with all tables of a schema together. */
export interface Sum extends Cell {
  /** How many of the tables. */
  readonly tables: number;
}

export function sumOf(holders: readonly Holder[], { ids }: Pick<Schema, "ids">): Sum | undefined {
  const reached = new Set<string>();
  const cells: Cell[] = [];
  for (const { cells: own } of holders)
    for (const [id, cell] of own)
      if (ids.has(id)) {
        reached.add(id);
        cells.push(cell);
      }
  return reached.size === 0 ? undefined : { ...together(cells), tables: reached.size };
}

/** What several of them may do with one table. */
export function cellOf(holders: readonly Holder[], table: string): Cell | undefined {
  const own = holders.flatMap(({ cells }) => cells.get(table) ?? []);
  return own.length < 2 ? own[0] : together(own);
}

/** Without columns: what holds for one of them need not hold for another. */
function together(cells: readonly Cell[]): Cell {
  const verbs = new Set(cells.flatMap((cell) => cell.verbs.map((verb) => verb.split(" ")[0] ?? verb)));
  return { verbs: inOrderOf([...verbs]), isDoubtful: cells.every(({ isDoubtful }) => isDoubtful) };
}

import { isColumnGrant, isOwnerGrant, isTableGrant, type Grant } from "../postgres";
import { usageOf } from "./usage";

/** What a user was seen to do in a database. */
export interface Observation {
  /** Verbs by `schema.table`, both sorted. */
  readonly used: ReadonlyMap<string, readonly string[]>;
  /** Kinds of statements that changed the schema. */
  readonly schemaChanges: readonly string[];
  /** Statements that the parser could not read, such as those that were cut. */
  readonly unread: number;
  /** Statements, repetitions included. */
  readonly read: number;
}

/** Reads statements, however many; what is not qualified is of the declared schema. */
export async function observe(
  statements: Iterable<string> | AsyncIterable<string>,
  schema: string,
): Promise<Observation> {
  const used = new Map<string, Set<string>>();
  const changes = new Set<string>();
  const seen = new Set<string>();
  let [read, unread] = [0, 0];
  for await (const statement of statements) {
    read += 1;
    if (seen.has(statement)) continue;
    if (seen.size === REMEMBERED) seen.clear();
    seen.add(statement);
    const usage = usageOf(statement);
    if (usage === undefined) unread += 1;
    if (usage?.schemaChange !== undefined) changes.add(usage.schemaChange);
    for (const { schema: own, table, verb } of usage?.usages ?? []) {
      const name = `${own ?? schema}.${table}`;
      used.set(name, (used.get(name) ?? new Set()).add(verb));
    }
  }
  return {
    used: new Map([...used].sort().map(([name, verbs]) => [name, ORDER.filter((verb) => verbs.has(verb))])),
    schemaChanges: [...changes].sort(),
    unread,
    read,
  };
}

/**
 * A log has most statements a thousand times, and parsing each once is enough. Only the same text is the same
 * statement: even PostgreSQL's fingerprint takes one table of two schemas for the other.
 */
const REMEMBERED = 100_000;

const ORDER = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"];

/** `VERB ON schema.table`: what was used and is not declared, and the other way round. */
export interface Comparison {
  readonly lost: readonly string[];
  readonly unseen: readonly string[];
  /** Tables of which only some columns are declared; which columns were used is not compared. */
  readonly columns: readonly string[];
}

export function compare({ used }: Observation, grants: readonly Grant[], schema: string): Comparison {
  const declared = new Set(grants.flatMap((grant) => lines(grant, schema)));
  const seen = new Set([...used].flatMap(([table, verbs]) => verbs.map((verb) => `${verb} ON ${table}`)));
  // Whose tables an owner's grant means, only the database knows.
  const open = grants.filter(isOwnerGrant).flatMap(({ privileges }) => privileges as readonly string[]);
  return {
    lost: [...seen].filter((each) => !declared.has(each) && !open.includes(each.split(" ")[0] ?? "")),
    unseen: [...declared].filter((each) => !seen.has(each)).sort(),
    columns: [
      ...new Set(
        grants
          .filter(isColumnGrant)
          .flatMap((grant) => grant.tables.map((table) => `${grant.schema ?? schema}.${table}`)),
      ),
    ],
  };
}

function lines(grant: Grant, schema: string): string[] {
  // The log tells of tables; what is beside them is neither seen nor missed.
  if (!isTableGrant(grant)) return [];
  return grant.tables.flatMap((table) =>
    grant.privileges.map((verb) => `${verb} ON ${grant.schema ?? schema}.${table}`),
  );
}

/** Grants for all that was seen, as TypeScript to paste; tables with the same verbs are one grant. */
export function proposal({ used }: Observation, schema: string): string {
  const groups = new Map<string, string[]>();
  for (const [name, verbs] of used) {
    const [own = "", table = ""] = name.split(/\.(.*)/s);
    const key = JSON.stringify([own, verbs]);
    groups.set(key, [...(groups.get(key) ?? []), table]);
  }
  const grants = [...groups].map(([key, tables]) => {
    const [own, verbs] = JSON.parse(key) as [string, string[]];
    const where = own === schema ? "" : `schema: ${JSON.stringify(own)}, `;
    return `  { ${where}tables: ${list(tables)}, privileges: ${list(verbs)} },\n`;
  });
  return `grants: [\n${grants.join("")}],`;
}

function list(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
}

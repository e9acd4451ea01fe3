import { loadModule, parsePlPgSQLSync, parseSync } from "libpg-query";
import { actionOf, type Block, type Node, type SqlAction } from "./actions";

/** The parser of PostgreSQL is WebAssembly, which has to be loaded before its first use. */
export async function loadSqlParser(): Promise<void> {
  await loadModule();
}

/** Some SQL as PostgreSQL reads it, or where it stops reading. */
export interface ParsedSql {
  readonly actions: readonly SqlAction[];
  readonly error?: SqlError;
}

export interface SqlError {
  readonly message: string;
  /** In characters from the start. */
  readonly position: number;
}

const parsed = new Map<string, ParsedSql>();

/** What a text of SQL does; services share most of their statements, so each text is parsed once. */
export function parseSql(text: string): ParsedSql {
  const result = parsed.get(text) ?? parse(text);
  parsed.set(text, result);
  return result;
}

/** The statements of a text as PostgreSQL's parser has them, for readers that allow nothing else; nothing where it is no SQL. */
export function sqlNodes(text: string): readonly Node[] | undefined {
  try {
    const { stmts = [] } = parseSync(text) as { stmts?: RawStatement[] };
    return stmts.map(({ stmt }) => stmt);
  } catch {
    return undefined;
  }
}

interface RawStatement {
  readonly stmt: Node;
  readonly stmt_location?: number;
  readonly stmt_len?: number;
}

/** A statement of a text, and where it is in it, in bytes; the last may have no end. */
export interface PlacedStatement {
  readonly start: number;
  readonly end?: number;
  readonly actions: readonly SqlAction[];
}

/** The statements of a text; nothing where it is no SQL. */
export function statementsIn(text: string): readonly PlacedStatement[] | undefined {
  try {
    return statementsOf(text);
  } catch {
    return undefined;
  }
}

function statementsOf(text: string): PlacedStatement[] {
  const { stmts = [] } = parseSync(text) as { stmts?: RawStatement[] };
  const bytes = Buffer.from(text);
  return stmts.map(({ stmt, stmt_location: start = 0, stmt_len: length }) => {
    const end = length === undefined ? undefined : start + length;
    const source = bytes.subarray(start, end).toString();
    return { start, ...(end !== undefined && { end }), actions: actionOf(stmt, () => blockActions(source)) };
  });
}

function parse(text: string): ParsedSql {
  try {
    return { actions: statementsOf(text).flatMap(({ actions }) => actions) };
  } catch (error) {
    const { message, sqlDetails } = error as Error & { sqlDetails?: { cursorPosition: number } };
    return {
      actions: [],
      error: { message: withoutLiterals(message), position: sqlDetails?.cursorPosition ?? 0 },
    };
  }
}

/** A literal could be a password. */
function withoutLiterals(message: string): string {
  return message.replace(/"'[^]*"/, "a literal");
}

/** What the statements of a DO block do; and the text of its expressions, in which functions are called. */
function blockActions(source: string): Omit<Block, "kind"> {
  try {
    const tree: unknown = parsePlPgSQLSync(source);
    if (!JSON.stringify(tree).includes('"action"')) throw new Error("another language than PL/pgSQL");
    const found = partsOf(tree);
    const queries = found.filter(([key]) => key === "query").map(([, text]) => text);
    const actions = queries.flatMap((query) => (isStatement(query) ? parseSql(query).actions : []));
    const dynamic = found.filter(([key]) => key === DYNAMIC).map(([, text]) => text);
    return { actions, expressions: queries, dynamic, conditional: found.some(([key]) => key === CONDITION) };
  } catch {
    // Another language than PL/pgSQL: all of it is known only when it runs.
    return { actions: [], expressions: [source], dynamic: [source], conditional: true };
  }
}

function isStatement(query: string): boolean {
  return /^\s*(GRANT|REVOKE|CREATE|ALTER|DROP|REASSIGN|SET|RESET)\b/i.test(query);
}

const DYNAMIC = "dynamic";
const CONDITION = "condition";

/** The queries below a part of the tree, those of EXECUTE once more, and whether something decides what runs. */
function partsOf(value: unknown): [kind: string, text: string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): [string, string][] => {
    if (key === "query" && typeof inner === "string") return [["query", inner]];
    const parts = partsOf(inner);
    if (key === "PLpgSQL_stmt_dynexecute" || key === "PLpgSQL_stmt_dynfors")
      return [
        ...parts,
        ...parts.filter(([kind]) => kind === "query").map(([, text]) => [DYNAMIC, text] as [string, string]),
      ];
    const leaves = key === "PLpgSQL_stmt_return" && Object.hasOwn(inner as object, "lineno");
    return leaves || CONDITIONS.test(key) ? [...parts, [CONDITION, key]] : parts;
  });
}

const CONDITIONS =
  /^PLpgSQL_(stmt_(if|case|loop|while|fori|fors|forc|foreach_a|dynfors|exit)|exception_block)$/;

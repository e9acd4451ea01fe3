import { loadModule, parsePlPgSQLSync, parseSync } from "libpg-query";
import { actionOf, type Node, type SqlAction } from "./actions";

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

interface RawStatement {
  readonly stmt: Node;
  readonly stmt_location?: number;
  readonly stmt_len?: number;
}

function parse(text: string): ParsedSql {
  try {
    const { stmts = [] } = parseSync(text) as { stmts?: RawStatement[] };
    const bytes = Buffer.from(text);
    return {
      actions: stmts.flatMap(({ stmt, stmt_location: start = 0, stmt_len: length }) => {
        const source = bytes.subarray(start, length === undefined ? undefined : start + length).toString();
        return actionOf(stmt, () => blockActions(source));
      }),
    };
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
function blockActions(source: string): { actions: readonly SqlAction[]; expressions: readonly string[] } {
  try {
    const queries = queriesIn(parsePlPgSQLSync(source));
    const actions = queries.flatMap((query) => (isStatement(query) ? parseSql(query).actions : []));
    return { actions, expressions: queries };
  } catch {
    return { actions: [], expressions: [source] };
  }
}

function isStatement(query: string): boolean {
  return /^\s*(GRANT|REVOKE|CREATE|ALTER|DROP|REASSIGN|SET)\b/i.test(query);
}

function queriesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "query" && typeof inner === "string" ? [inner] : queriesIn(inner),
  );
}

import { parse } from "csv-parse/sync";

/** Columns of PostgreSQL's csvlog. */
const USER = 1;
const DATABASE = 2;
const MESSAGE = 13;
/** Field of a line of pgaudit that holds the statement. */
const AUDITED = 7;

/** Statements that one user has sent to one database, from a log in PostgreSQL's csvlog or jsonlog. */
export function statementsOfLog(text: string, user: string, database: string): string[] {
  const lines = text.trimStart().startsWith("{") ? jsonLines(text) : csvLines(text);
  return lines
    .filter((line) => line.user === user && line.database === database)
    .flatMap(({ message }) => statementOf(message));
}

interface Line {
  readonly user: string;
  readonly database: string;
  readonly message: string;
}

function csvLines(text: string): Line[] {
  const rows = parse(text, { relaxColumnCount: true, skipEmptyLines: true });
  return rows.map((row) => ({
    user: row[USER] ?? "",
    database: row[DATABASE] ?? "",
    message: row[MESSAGE] ?? "",
  }));
}

function jsonLines(text: string): Line[] {
  return text.split("\n").flatMap((line) => {
    if (line.trim() === "") return [];
    const { user = "", dbname = "", message = "" } = JSON.parse(line) as Record<string, string>;
    return [{ user, database: dbname, message }];
  });
}

function statementOf(message: string): string[] {
  if (message.startsWith("AUDIT: ")) {
    const [fields = []] = parse(message.slice("AUDIT: ".length), { relaxColumnCount: true });
    return fields[AUDITED] === undefined ? [] : [fields[AUDITED]];
  }
  const found = /^(?:duration: [\d.]+ ms +)?(?:statement|execute [^:]*|parse [^:]*): ([^]*)$/.exec(message);
  return found?.[1] === undefined ? [] : [found[1]];
}

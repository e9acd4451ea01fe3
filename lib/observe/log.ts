import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { parse as parseNow } from "csv-parse/sync";

/** Columns of PostgreSQL's csvlog. */
const USER = 1;
const DATABASE = 2;
const MESSAGE = 13;
/** Field of a line of pgaudit that holds the statement. */
const AUDITED = 7;

/** PostgreSQL's formats of logs that a program can read. */
export type LogFormat = "csvlog" | "jsonlog";

/** A log is not of its format; what stands there is not repeated, for it may be a secret. */
export class LogError extends Error {
  constructor(
    readonly format: LogFormat,
    readonly line: number,
  ) {
    super(`line ${line} is no ${format}`);
    this.name = "LogError";
  }
}

/** The format of a log that begins so. */
export function logFormat(beginning: string): LogFormat {
  return beginning.trimStart().startsWith("{") ? "jsonlog" : "csvlog";
}

/**
 * Statements that one user has sent to one database, out of a log of any length.
 *
 * @throws LogError
 */
export async function* statementsOfLog(
  log: Readable,
  format: LogFormat,
  user: string,
  database: string,
): AsyncGenerator<string> {
  for await (const line of format === "jsonlog" ? jsonLines(log) : csvLines(log)) {
    if (line.user === user && line.database === database) yield* statementOf(line.message);
  }
}

interface Line {
  readonly user: string;
  readonly database: string;
  readonly message: string;
}

async function* csvLines(log: Readable): AsyncGenerator<Line> {
  let broken: LogError | undefined;
  const onSkip = (error: CsvError | undefined) => {
    // PostgreSQL may be writing the last line.
    if (error !== undefined && error.code !== "CSV_QUOTE_NOT_CLOSED")
      broken ??= new LogError("csvlog", Number(error.lines));
    return undefined;
  };
  const rows = log.pipe(
    parse({ relaxColumnCount: true, skipEmptyLines: true, skipRecordsWithError: true, onSkip }),
  );
  // What goes wrong with the file itself is not passed on by the pipe.
  log.on("error", (error) => rows.destroy(error));
  for await (const row of rows as AsyncIterable<readonly string[]>) {
    if (broken !== undefined) break;
    yield { user: row[USER] ?? "", database: row[DATABASE] ?? "", message: row[MESSAGE] ?? "" };
  }
  if (broken !== undefined) throw broken;
}

async function* jsonLines(log: Readable): AsyncGenerator<Line> {
  let number = 0;
  let broken: LogError | undefined;
  for await (const text of createInterface({ input: log, crlfDelay: Infinity })) {
    // PostgreSQL may be writing the last line; one that others follow is broken.
    if (broken !== undefined) throw broken;
    number += 1;
    const line = text.trim() === "" ? EMPTY : jsonLine(text);
    if (line === undefined) broken = new LogError("jsonlog", number);
    else yield line;
  }
}

const EMPTY: Line = { user: "", database: "", message: "" };

function jsonLine(text: string): Line | undefined {
  try {
    const { user = "", dbname = "", message = "" } = JSON.parse(text) as Record<string, string>;
    return { user, database: dbname, message };
  } catch {
    return undefined;
  }
}

function statementOf(message: string): string[] {
  if (message.startsWith("AUDIT: ")) {
    const [fields = []] = parseNow(message.slice("AUDIT: ".length), { relaxColumnCount: true });
    return fields[AUDITED] === undefined ? [] : [fields[AUDITED]];
  }
  const found = /^(?:duration: [\d.]+ ms +)?(?:statement|execute [^:]*|parse [^:]*): ([^]*)$/.exec(message);
  return found?.[1] === undefined ? [] : [found[1]];
}

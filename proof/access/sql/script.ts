import { scanSync } from "libpg-query";
import { ownValue } from "../own";
import type { SqlAction } from "./actions";
import { parseSql, statementsIn } from "./parser";

/** A file of SQL, statement by statement, as psql would send it. */
export interface SqlScript {
  readonly statements: readonly ScriptStatement[];
  /** Statements that are no SQL, and what psql would read from elsewhere. */
  readonly unread: readonly UnreadSql[];
}

export interface ScriptStatement {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly actions: readonly SqlAction[];
}

export interface UnreadSql {
  readonly line: number;
  readonly message: string;
  /** Whether the file is at fault; otherwise it is right, and says something that is not in it. */
  readonly isError: boolean;
}

const read = new Map<string, SqlScript>();

/** One statement that cannot be read does not hide the others. What several clusters share is read once. */
export function readScript(text: string): SqlScript {
  const known = read.get(text) ?? wholeScript(text) ?? scriptInPieces(text);
  read.set(text, known);
  return known;
}

/**
 * The script where the parser takes all of it as SQL: its words one by one are many times as much work. Nothing where
 * something else stands between statements than space and lines of comments.
 */
function wholeScript(sql: string): SqlScript | undefined {
  const found = statementsIn(sql);
  if (found === undefined) return undefined;
  const bytes = Buffer.from(sql);
  const statements: ScriptStatement[] = [];
  let [after, before] = [0, 0];
  for (const { start, end = bytes.length, actions } of found) {
    if (!isBetween(bytes.subarray(after, start).toString())) return undefined;
    const text = bytes.subarray(after, end).toString();
    statements.push({ ...placed(text, before), actions });
    after = end + 1;
    before += linesIn(text);
  }
  return bytes.subarray(after).toString().trim() === "" ? { statements, unread: [] } : undefined;
}

function isBetween(text: string): boolean {
  return text.replace(/--[^\n\r]*/g, "").trim() === "";
}

function scriptInPieces(text: string): SqlScript {
  const plain = piecesOf(text);
  const forPsql = plain.some(({ text: piece }) => parseSql(piece).error !== undefined);
  const { sql, unread } = forPsql ? withoutPsql(text) : { sql: text, unread: [] };
  const read = (forPsql ? piecesOf(sql) : plain).map((piece) => ({ ...piece, ...parseSql(piece.text) }));
  return {
    statements: read.filter(({ error }) => error === undefined),
    unread: [
      ...unread,
      ...read.flatMap(({ line, text: piece, error }) =>
        error === undefined
          ? []
          : [{ line: line + linesIn(piece.slice(0, error.position)), message: error.message, isError: true }],
      ),
    ].sort((a, b) => a.line - b.line),
  };
}

/** Pieces between semicolons; where even the words cannot be told apart, the rest is one piece. */
function piecesOf(sql: string): { line: number; text: string }[] {
  const bytes = Buffer.from(sql);
  const ends = [...semicolons(sql), bytes.length];
  let [start, before] = [0, 0];
  return ends.flatMap((end) => {
    const text = bytes.subarray(start, end).toString();
    const piece = placed(text, before);
    start = end + 1;
    before += linesIn(text);
    return text.trim() === "" ? [] : [piece];
  });
}

/** Where a text begins that stands behind so many lines. */
function placed(text: string, before: number): { line: number; text: string } {
  return { line: 1 + before + linesIn(/^\s*/.exec(text)?.[0] ?? ""), text: text.trimStart() };
}

/** Where statements end, in bytes. The body of a function in plain SQL (BEGIN ATOMIC … END) is one statement. */
function semicolons(sql: string): number[] {
  try {
    let depth = 0;
    return scanSync(sql).tokens.flatMap(({ start, text }: { start: number; text: string }) => {
      const word = text.toUpperCase();
      if (word === "ATOMIC" || (depth > 0 && word === "CASE")) depth += 1;
      if (depth > 0 && word === "END") depth -= 1;
      return text === ";" && depth === 0 ? [start] : [];
    });
  } catch {
    return [];
  }
}

/** What psql keeps for itself, as empty lines, so that the rest stays where it is. */
function withoutPsql(text: string): { sql: string; unread: UnreadSql[] } {
  const unread: UnreadSql[] = [];
  let isData = false;
  const lines = text.split("\n").map((line, index) => {
    if (isData) {
      isData = line.trimEnd() !== "\\.";
      return "";
    }
    if (/^\s*COPY\b.*\bFROM\s+STDIN\b/i.test(line)) {
      isData = true;
      return "";
    }
    const [command, commanded = ""] =
      /\\([a-z_]+|\?|!)/i.exec(line.trimStart().startsWith("\\") ? line : "") ?? [];
    const ending = /\\(gexec|if|elif|else|endif|i|ir|include|include_relative)\b/.exec(line)?.[1];
    const elsewhere = ownValue(ELSEWHERE, ending ?? commanded);
    if (elsewhere !== undefined) unread.push({ line: index + 1, message: elsewhere, isError: false });
    return command === undefined ? line.replace(/\\g(exec|set|desc|x)?\b.*$/, ";") : "";
  });
  return { sql: lines.join("\n"), unread };
}

const INCLUDED = "psql reads another file here, which was not read";
const CONDITION = "psql decides here what of the file it runs";

/** Commands of psql after which the file alone does not say what happens. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  gexec: "psql runs here what a query answers",
  i: INCLUDED,
  ir: INCLUDED,
  include: INCLUDED,
  include_relative: INCLUDED,
  if: CONDITION,
  elif: CONDITION,
};

function linesIn(text: string): number {
  return text.split("\n").length - 1;
}

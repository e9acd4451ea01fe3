import type { Language } from "./languages";
import { quantile, Result } from "./result";

/** What stands in a column. */
const COLUMNS: Readonly<Record<string, (result: Result) => string>> = {
  rotations: ({ rotations }) => String(rotations),
  queries: ({ queries }) => String(queries),
  failed: ({ failed }) => String(failed),
  "queries/s": ({ rate }) => rate.toFixed(0),
  "p50 ms": ({ taken }) => quantile(taken, 0.5).toFixed(2),
  "p99 ms": ({ taken }) => quantile(taken, 0.99).toFixed(2),
  "after ms": ({ after }) => quantile(after, 0.99).toFixed(2),
  "max ms": ({ taken }) => quantile(taken, 1).toFixed(0),
  sessions: ({ sessions }) => String(sessions),
  "old user s": ({ oldUser }) => oldUser.toFixed(1),
};

/** What is compared with the first way. */
const BESIDE: Readonly<Record<string, (result: Result) => number>> = {
  throughput: ({ rate }) => rate,
  p99: ({ taken }) => quantile(taken, 0.99),
  after: ({ after }) => quantile(after, 0.99),
  "cpu/query": ({ cpuPerQuery }) => cpuPerQuery,
};

/**
 * One line per way; the last columns are beside the first one, and where there were several rounds, in brackets, beside it in
 * each of them: how far they lie apart says how much a figure is worth.
 */
export function table({ name, ways }: Language, results: ReadonlyMap<string, readonly Result[]>): string {
  const [base = []] = results.values();
  const rows = [...results].map(([way, rounds]) => [
    ways[way] ?? way,
    ...Object.values(COLUMNS).map((cell) => cell(Result.of(rounds))),
    ...Object.values(BESIDE).map((value) => beside(value, rounds, base)),
  ]);
  const cells = [[name, ...Object.keys(COLUMNS), ...Object.keys(BESIDE)], ...rows];
  const widths = (cells[0] as string[]).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
      )
      .join("  "),
  );
  const failures = [...results].flatMap(([way, rounds]) =>
    [...Result.of(rounds).failures].map(([message, count]) => `  ${ways[way]}: ${count} x ${message}`),
  );
  return [...lines, ...failures, ""].join("\n");
}

function beside(
  value: (result: Result) => number,
  rounds: readonly Result[],
  base: readonly Result[],
): string {
  const times = (value(Result.of(rounds)) / value(Result.of(base))).toFixed(2);
  if (rounds === base || rounds.length < 2) return `${times} x`;
  const each = rounds.map((round, index) => (value(round) / value(base[index] as Result)).toFixed(2));
  return `${times} x (${each.join(" ")})`;
}

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
  const inAll = [...results].map(([way, rounds]) => ({
    way: ways[way] ?? way,
    rounds,
    all: Result.of(rounds),
  }));
  const rows = inAll.map(({ way, rounds, all }) => [
    way,
    ...Object.values(COLUMNS).map((cell) => cell(all)),
    ...Object.values(BESIDE).map((value) => {
      const times = ratio(value(all), value(inAll[0]?.all as Result));
      const each = rounds.map((round, index) => ratio(value(round), value(base[index] as Result)));
      return rounds === base || rounds.length < 2 ? `${times} x` : `${times} x (${each.join(" ")})`;
    }),
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
  const failures = inAll.flatMap(({ way, all }) =>
    [...all.failures].map(([message, count]) => `  ${way}: ${count} x ${message}`),
  );
  return [...lines, ...failures, ""].join("\n");
}

function ratio(value: number, base: number): string {
  return (value / base).toFixed(2);
}

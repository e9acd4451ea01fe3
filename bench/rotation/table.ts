import type { Language } from "./languages";
import type { Pair } from "./measure";
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
  "cpu us": ({ cpuPerQuery }) => (cpuPerQuery * 1e6).toFixed(0),
  sessions: ({ sessions }) => String(sessions),
  "old user s": ({ oldUser }) => oldUser.toFixed(1),
};

/** What is compared with the way beside which it was run. */
const BESIDE: Readonly<Record<string, (result: Result) => number>> = {
  throughput: ({ rate }) => rate,
  p99: ({ taken }) => quantile(taken, 0.99),
  after: ({ after }) => quantile(after, 0.99),
  "cpu/query": ({ cpuPerQuery }) => cpuPerQuery,
};

/**
 * Two lines per way; the last columns of the second are beside the first, in brackets in each round: how far they lie apart
 * says how much a figure is worth.
 */
export function table({ name, ways }: Language, pairs: ReadonlyMap<string, readonly Pair[]>): string {
  const [plain] = Object.keys(ways) as [string];
  const inAll = [...pairs].flatMap(([way, rounds]) => {
    const all: Pair = [Result.of(rounds.map(([base]) => base)), Result.of(rounds.map(([, other]) => other))];
    return [
      { way: ways[plain] as string, all: all[0], beside: [] },
      { way: ways[way] as string, all: all[1], beside: beside(all, rounds) },
    ];
  });
  const rows = inAll.map(({ way, all, beside }) => [
    way,
    ...Object.values(COLUMNS).map((cell) => cell(all)),
    ...beside,
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

function beside(all: Pair, rounds: readonly Pair[]): string[] {
  return Object.values(BESIDE).map((value) => {
    const [together, ...each] = [all, ...rounds].map(([base, way]) => (value(way) / value(base)).toFixed(2));
    return `${together} x (${each.join(" ")})`;
  });
}

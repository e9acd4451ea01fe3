import { quantile, type Result } from "./result";

/** What stands in a column; beside the first way, where it says so. */
const COLUMNS: Readonly<Record<string, (result: Result, base: Result) => string>> = {
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
  throughput: ({ rate }, base) => times(rate, base.rate),
  p99: ({ taken }, base) => times(quantile(taken, 0.99), quantile(base.taken, 0.99)),
  after: ({ after }, base) => times(quantile(after, 0.99), quantile(base.after, 0.99)),
  "cpu/query": ({ cpuPerQuery }, base) => times(cpuPerQuery, base.cpuPerQuery),
};

/** One line per way; the last columns are beside the first one. */
export function table(title: string, results: ReadonlyMap<string, Result>): string {
  const [base] = results.values();
  const rows = [...results].map(([name, result]) => [
    name,
    ...Object.values(COLUMNS).map((cell) => cell(result, base as Result)),
  ]);
  const cells = [[title, ...Object.keys(COLUMNS)], ...rows];
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
  const failures = [...results].flatMap(([name, result]) =>
    [...result.failures].map(([message, count]) => `  ${name}: ${count} x ${message}`),
  );
  return [...lines, ...failures, ""].join("\n");
}

function times(value: number, base: number): string {
  return `${(value / base).toFixed(2)} x`;
}

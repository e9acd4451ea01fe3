import type { Load } from "./load";

/** What one variant has come to. */
export interface Result {
  readonly name: string;
  readonly load: Load;
  readonly seconds: number;
  readonly opened: number;
  /** Seconds. */
  readonly oldUser: number;
}

const COLUMNS = [
  "workers",
  "pool",
  "queries",
  "failed",
  "queries/s",
  "p50 ms",
  "p99 ms",
  "max ms",
  "opened",
  "old user s",
  "throughput",
  "p99",
] as const;

/** One line per variant; the last two columns are beside the first variant. */
export function table(workers: number, results: readonly Result[]): string {
  const [base] = results;
  const rows = results.map((result) => row(workers, result, base ?? result));
  const widths = COLUMNS.map((column, index) =>
    Math.max(column.length, ...rows.map((cells) => cells[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) =>
        index === 1 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
      )
      .join("  ");
  const failures = results.flatMap(({ name, load }) =>
    [...load.failures].map(([message, count]) => `  ${name}: ${count} x ${message}`),
  );
  return [line(COLUMNS), ...rows.map(line), ...failures, ""].join("\n");
}

function row(workers: number, { name, load, seconds, opened, oldUser }: Result, base: Result): string[] {
  const rate = load.queries / seconds;
  const baseRate = base.load.queries / base.seconds;
  return [
    String(workers),
    name,
    String(load.queries),
    String(load.failed),
    rate.toFixed(0),
    quantile(load, 0.5).toFixed(1),
    quantile(load, 0.99).toFixed(1),
    quantile(load, 1).toFixed(1),
    String(opened),
    oldUser.toFixed(1),
    `${(rate / baseRate).toFixed(3)} x`,
    `${(quantile(load, 0.99) / quantile(base.load, 0.99)).toFixed(2)} x`,
  ];
}

function quantile({ latencies }: Load, share: number): number {
  const sorted = [...latencies].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

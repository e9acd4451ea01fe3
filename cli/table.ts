import type { SynthesizedStack } from "../lib/synth/render";

const COLUMNS = ["environment", "stack", "services", "resources", "file"] as const;

/** The stacks as a table, a line each. */
export function formatTable(stacks: readonly SynthesizedStack[]): string {
  const rows = [COLUMNS, ...stacks.map((stack) => COLUMNS.map((column) => String(stack[column])))];
  const widths = COLUMNS.map((_, index) => Math.max(...rows.map((row) => (row[index] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

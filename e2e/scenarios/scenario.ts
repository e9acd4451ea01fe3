import type { Bench } from "../bench";

/** One proof on a running bench. It leaves the bench as it found it, except where it is the last one. */
export interface Scenario<B = Bench> {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  /** What the machine lacks for it, if it needs more than the others. */
  readonly needs?: () => string | undefined;
  /** Throws what it finds wrong. */
  run(bench: B, measurements: Measurements): Promise<void>;
}

/** What a scenario has measured, for its table. */
export class Measurements {
  private readonly rows: { readonly what: string; readonly value: string }[] = [];

  /** One number, or the smallest, middle and largest of several. */
  add(what: string, values: number | readonly number[], unit: string): void {
    this.rows.push({ what, value: `${summary(typeof values === "number" ? [values] : values)} ${unit}` });
  }

  note(what: string, value: string): void {
    this.rows.push({ what, value });
  }

  format(): string {
    const width = Math.max(0, ...this.rows.map(({ what }) => what.length));
    return this.rows.map(({ what, value }) => `    ${what.padEnd(width)}  ${value}`).join("\n");
  }
}

function summary(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => rounded(sorted[Math.floor((sorted.length - 1) * share)] ?? NaN);
  return sorted.length === 1 ? at(0) : `${at(0)} / ${at(0.5)} / ${at(1)} (${sorted.length}×)`;
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1);
}

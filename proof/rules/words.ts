import { isUnknown, type Known } from "../access";
import { listed } from "../core";

/** A value as a message names it. */
export function show(value: Known<string | number | boolean>): string {
  if (isUnknown(value)) return value.expression;
  if (value === "") return "(empty)";
  return typeof value === "string" ? JSON.stringify(value) : String(value ?? "nothing");
}

/** A value as a part of a path or of a sentence: an expression where it is not known, and `…` where nothing is set. */
export function part(value: Known<string | number | boolean>): string {
  if (isUnknown(value)) return value.expression;
  return value === undefined || value === "" ? "…" : String(value);
}

/** Seconds as people write them: `1h`, `90s`. */
export function duration(seconds: number): string {
  const units = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "m"],
  ] as const;
  const unit = units.find(([length]) => seconds >= length && seconds % length === 0);
  return unit ? `${seconds / unit[0]}${unit[1]}` : `${seconds}s`;
}

export { listed };

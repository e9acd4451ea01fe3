import { distance } from "fastest-levenshtein";
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

/** How many of a kind a message names one by one. */
const FEW = 10;

/** The names that could have been meant: where they are many, those that are most like the one that was written. */
export function choices(names: readonly string[], written: string): string {
  if (names.length <= FEW) return names.join(", ");
  const nearest = names
    .map((name) => ({ name, edits: distance(written, name) }))
    .sort((one, other) => one.edits - other.edits)
    .slice(0, FEW / 2);
  return `${nearest.map(({ name }) => name).join(", ")}, … (${names.length} in all)`;
}

/** As `listed`, and where they are many the first of them; a rule that uses it gives the whole list as evidence. */
export function folded(items: readonly string[]): string {
  if (items.length <= FEW) return listed(items);
  return listed([...items.slice(0, FEW), `${items.length - FEW} others`]);
}

/** A summand, and what it comes to. */
export interface Summand {
  readonly text: string;
  readonly amount: number;
}

/** In one order, however they came; where they are many, the largest, and what the others come to. */
export function summands(all: readonly Summand[]): string[] {
  if (all.length <= FEW) return all.map(({ text }) => text).sort();
  const sorted = [...all].sort((one, other) => other.amount - one.amount || (one.text < other.text ? -1 : 1));
  const rest = sorted.slice(FEW);
  const amount = rest.reduce((sum, each) => sum + each.amount, 0);
  return [...sorted.slice(0, FEW).map(({ text }) => text), `${amount} of ${rest.length} others`];
}

export { duration } from "./said";
export { listed };

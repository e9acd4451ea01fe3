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

export { duration } from "./said";
export { listed };

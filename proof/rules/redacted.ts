import { put } from "../access/own";
import { hideSecrets } from "../core";

/** Every text of a value without the secrets that somebody has written into it. */
export function withoutSecrets<T>(value: T): T {
  return shownOf(value, new Map()) as T;
}

/** A report says the same thousands of times, and each text is looked through for a dozen of secrets. */
function shownOf(value: unknown, known: Map<string, string>): unknown {
  if (typeof value === "string") {
    const shown = known.get(value) ?? hideSecrets(value);
    known.set(value, shown);
    return shown;
  }
  if (typeof value !== "object" || value === null) return value;
  // What holds no secret, which is nearly all, is not copied.
  const changed: [string, unknown][] = [];
  for (const key of Object.keys(value)) {
    const part = (value as Readonly<Record<string, unknown>>)[key];
    const shown = shownOf(part, known);
    if (shown !== part) changed.push([key, shown]);
  }
  if (changed.length === 0) return value;
  const copy = Array.isArray(value) ? [...(value as readonly unknown[])] : { ...value };
  for (const [key, shown] of changed) put(copy as Record<string, unknown>, key, shown);
  return copy;
}

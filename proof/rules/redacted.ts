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
  if (Array.isArray(value)) return value.map((each: unknown) => shownOf(each, known));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shownOf(each, known)]));
}

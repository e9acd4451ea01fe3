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
  const parts: readonly unknown[] = Object.values(value);
  const shown = parts.map((each) => shownOf(each, known));
  if (shown.every((each, index) => each === parts[index])) return value;
  if (Array.isArray(value)) return shown;
  return Object.fromEntries(Object.keys(value).map((key, index) => [key, shown[index]]));
}

import { isUnknown, Unknown, type Known, type Value } from "./value";

/** An object of a configuration. */
export type ValueObject = { readonly [key: string]: Value };

/** A text; numbers and booleans as Terraform converts them. */
export function asText(value: Value | undefined): Known<string> {
  if (value === undefined || value === null) return undefined;
  if (isUnknown(value) || typeof value === "string") return value;
  return typeof value === "object" ? undefined : String(value);
}

/** A number, also where it is written as text. */
export function asNumber(value: Value | undefined): Known<number> {
  if (isUnknown(value)) return value;
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
    ? Number(value)
    : undefined;
}

/** A truth value, also where it is written as text. */
export function asBoolean(value: Value | undefined): Known<boolean> {
  if (isUnknown(value) || typeof value === "boolean") return value;
  if (value === "true") return true;
  return value === "false" ? false : undefined;
}

/** A list; Terraform writes a single block without one. */
export function asList(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null || isUnknown(value)) return [];
  return Array.isArray(value) ? value : [value as Value];
}

/** A list of texts; unknown as a whole where nobody knows how many there are. */
export function asTexts(value: Value | undefined): Known<readonly Known<string>[]> {
  if (value === undefined || value === null) return undefined;
  return isUnknown(value) ? value : asList(value).map(asText);
}

/** An object, or the first of a list of blocks; empty where there is none. */
export function asObject(value: Value | undefined): ValueObject {
  const single = Array.isArray(value) ? (value[0] as Value | undefined) : value;
  return isObject(single) ? single : {};
}

/** The objects of a list of blocks. */
export function asObjects(value: Value | undefined): readonly ValueObject[] {
  return asList(value).filter(isObject);
}

/** An object whose values are texts. */
export function asTextMap(value: Value | undefined): Readonly<Record<string, Known<string>>> {
  return Object.fromEntries(Object.entries(asObject(value)).map(([key, entry]) => [key, asText(entry)]));
}

export function isObject(value: Value | undefined): value is ValueObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Unknown);
}

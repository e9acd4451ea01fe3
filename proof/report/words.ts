import { isUnknown, known, type Known, type Origin } from "../access";
import type { Place, Text } from "./place";

export * from "./text";

/** Where something stands, for readers of JSON. */
export function placeOf({ address, path, file, line }: Origin): Place {
  return { address, path: path ?? null, file, line: line ?? null };
}

/** A value, or the expression that stands where only an apply knows it. */
export function textOf(value: Known<string>): Text {
  return isUnknown(value) ? value.expression : (value ?? null);
}

/** Texts of a list; an expression for one or all that only an apply knows. */
export function textsOf(values: Known<readonly Known<string>[]>): string[] {
  if (isUnknown(values)) return [values.expression];
  return (values ?? []).flatMap((each) => textOf(each) ?? []);
}

/** A list whose parts are known; nothing where one is not. */
export function knownTexts(values: Known<readonly Known<string>[]>): string[] {
  return (known(values) ?? []).flatMap((each) => known(each) ?? []);
}

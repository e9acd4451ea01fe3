import { isUnknown, known, type Known, type Origin } from "../access";
import type { EnvironmentReport, Place, Text } from "./model";

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

const PLURALS = new Intl.PluralRules("en");

/** `1 pod`, `3 pods`: the one place that knows which. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${form(count, noun, plural)}`;
}

/** The noun alone, where the number stands somewhere else. */
export function form(count: number, noun: string, plural = `${noun}s`): string {
  return PLURALS.select(count) === "one" ? noun : plural;
}

/** Where something stands, on one line: `main.tf:12 (vault_policy.orders)`. */
export function shownPlace({ file, line, address, path }: Place): string {
  return `${file}${line === null ? "" : `:${line}`}  ${address}${path === null ? "" : `  (${path})`}`;
}

/** `SELECT`, or `SELECT (id, total)`. */
export function shownVerb(of: {
  verb: string;
  columns: readonly string[];
  except?: readonly string[];
}): string {
  const { verb, columns, except = [] } = of;
  const what = columns.length === 0 ? verb : `${verb} (${columns.join(", ")})`;
  return except.length === 0 ? what : `${what} except on ${except.join(", ")}`;
}

/** The items of a list by a key, in the order in which the keys come up. */
export function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** In the order of the code points, the same on every machine. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** What was read, as a sentence. */
export const SOURCES: Readonly<Record<EnvironmentReport["source"], string>> = {
  rendered: "Read back from what was rendered, not from what is deployed.",
  written: "Read from the configuration as it is written, not from what is deployed.",
  plan: "Read from a plan: what Terraform would make of what is deployed.",
  state: "Read from Terraform's state: what was deployed when it was last written.",
};

import { isObject } from "../read";
import { isUnknown, Unknown, type Value } from "../value";
import type { Files } from "./functions";
import { whole } from "./numbers";
import { Refusal, Unsure } from "./refusal";
import {
  collectionOf,
  convert,
  isSequence,
  keysOf,
  toBoolean,
  toNumber,
  toText,
  typeOf,
  unified,
} from "./types";

/** What an expression is evaluated in. */
export interface Scope {
  /** The value of the first names of a traversal, and how many of them it took. */
  resolve(names: readonly string[]): { readonly value: Value; readonly used: number };
  readonly files: Files;
}

/** An expression that is evaluated as often as it has scopes. */
export type Expression = (scope: Scope) => Value;

/** A value that Terraform would refuse, so that `try` takes the next one. */
export class Refused extends Unknown {}

/** An expression whose refusals are values; where it is not known how Terraform computes it, it is not known. */
export function guarded(expression: Expression, source: string): Expression {
  return (scope) => {
    try {
      return expression(scope);
    } catch (error) {
      if (error instanceof Refusal) return new Refused(source);
      if (error instanceof Unsure) return new Unknown(source);
      throw error;
    }
  };
}

/** The operand that keeps an operation from being computed: one that is refused before one that is not known. */
export function unknownAmong(values: readonly Value[]): Unknown | undefined {
  return values.find((value) => value instanceof Refused) ?? values.find(isUnknown);
}

export function isRefused(value: Value): value is Refused {
  return value instanceof Refused;
}

/** Several parts are a text, and each must have one. */
export function joined(parts: readonly Expression[], source: string): Expression {
  return (scope) => {
    const values = parts.map((part) => part(scope));
    const unknown = unknownAmong(values);
    if (isRefused(unknown ?? null)) return unknown as Unknown;
    if (unknown) return new Unknown(source, unknown.cause, knownParts(values));
    return values.map(toPart).join("");
  };
}

function knownParts(values: readonly Value[]): readonly (string | Unknown)[] {
  return values.map((value) => (isUnknown(value) ? value : toPart(value)));
}

function toPart(value: Value): string {
  if (value === null) throw new Refusal();
  return toText(value);
}

/** A condition, which must be known and no null. */
export function isTrue(value: Value): boolean {
  if (value === null) throw new Refusal();
  return toBoolean(value);
}

/** The chosen value, in the type that both could have; what is wrong with the other one does not matter. */
export function conditional(condition: Expression, then: Expression, otherwise: Expression): Expression {
  return (scope) => {
    const value = condition(scope);
    if (isUnknown(value)) return value;
    const [taken, left] = isTrue(value) ? [then, otherwise] : [otherwise, then];
    const chosen = taken(scope);
    if (isUnknown(chosen)) return chosen;
    const other = guarded(left, "")(scope);
    // The type of what is not known could turn a number into a text.
    if (isUnknown(other) && !isRefused(other) && typeof chosen !== "string") throw new Unsure();
    const type = unified([typeOf(chosen), typeOf(other)]);
    if (type === undefined) throw new Unsure();
    return convert(chosen, type);
  };
}

export function applied(operation: (...values: Value[]) => Value, ...operands: Expression[]): Expression {
  return (scope) => {
    const values = operands.map((operand) => operand(scope));
    return unknownAmong(values) ?? operation(...values);
  };
}

export function step(value: Expression, key: Expression, source: string): Expression {
  return (scope) => {
    const from = value(scope);
    const index = key(scope);
    if (isRefused(from)) return from;
    return isUnknown(index) ? index : member(from, index, source);
  };
}

/** A member of a value. A nested block is written without the list that Terraform makes of it. */
export function member(value: Value, key: Value, source: string): Value {
  if (isUnknown(value)) return value;
  if (key === null) throw new Refusal();
  if (isSequence(value)) {
    if (collectionOf(value) === "set") throw new Refusal();
    const found = value[whole(toNumber(key))];
    if (found === undefined) throw new Refusal();
    return found;
  }
  if (!isObject(value)) throw new Refusal();
  const name = toText(key);
  if (Object.hasOwn(value, name)) return value[name] as Value;
  if (name === "0" && isBlock(value)) return value;
  if (isBlock(value)) return new Unknown(`\${${source}}`);
  throw new Refusal();
}

const BLOCK = Symbol("block");

/** A block of a resource: it has attributes that only the provider knows. */
export function asBlock<T extends object>(value: T): T {
  return Object.defineProperty(value, BLOCK, { value: true });
}

function isBlock(value: object): boolean {
  return BLOCK in value;
}

/** The scope of each element, in which the names stand for key and value, or for the value alone. */
export function iterate(list: Value, names: readonly string[], scope: Scope): Scope[] | Unknown {
  if (isUnknown(list)) return list;
  return entriesOf(list).map(([key, value]) => {
    const values: readonly Value[] = names.length > 1 ? [key, value] : [value];
    return withNames(scope, Object.fromEntries(names.map((name, index) => [name, values[index] ?? null])));
  });
}

/** A scope in which some names have values of their own. */
export function withNames(scope: Scope, values: Readonly<Record<string, Value>>): Scope {
  return {
    files: scope.files,
    resolve: (path) =>
      Object.hasOwn(values, path[0] ?? "")
        ? { value: values[path[0] ?? ""] as Value, used: 1 }
        : scope.resolve(path),
  };
}

/** Keys and values in the order in which Terraform goes through them; of a set each element is its own key. */
export function entriesOf(value: Value): (readonly [Value, Value])[] {
  if (isSequence(value)) {
    const isSet = collectionOf(value) === "set";
    return value.map((each, index) => [isSet ? each : index, each] as const);
  }
  if (!isObject(value)) throw new Refusal();
  return keysOf(value).map((key) => [key, value[key] as Value] as const);
}

export function keyed(scopes: readonly Scope[], key: Expression, value: Expression, groups: boolean): Value {
  const result: Record<string, Value[]> = {};
  for (const scope of scopes) {
    const name = key(scope);
    if (isUnknown(name)) return name;
    if (name === null) throw new Refusal();
    const entry = value(scope);
    if (isRefused(entry)) return entry;
    const written = toText(name);
    if (!groups && Object.hasOwn(result, written)) throw new Refusal();
    define(result, written, [...(Object.hasOwn(result, written) ? (result[written] ?? []) : []), entry]);
  }
  if (groups) return result;
  const entries = Object.entries(result).map(([name, [entry]]) => [name, entry ?? null] as const);
  return Object.fromEntries(entries);
}

/** Also a key like `__proto__` is a key. */
function define(target: object, key: string, value: Value): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

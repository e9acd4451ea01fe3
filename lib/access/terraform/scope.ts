import { isObject } from "../read";
import { isUnknown, Unknown, type Value } from "../value";
import type { Files } from "./functions";

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

export function isTrue(value: Value): boolean {
  return value === true || value === "true";
}

export function same(left: Value, right: Value): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** One part keeps its type, as Terraform does; several are a text. */
export function joined(parts: readonly Expression[]): Expression {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  return (scope) => {
    const values = parts.map((part) => part(scope));
    const unknown = values.find(isUnknown);
    if (unknown) return unknown;
    return values.map((value) => (value === null ? "" : String(value))).join("");
  };
}

export function conditional(condition: Expression, then: Expression, otherwise: Expression): Expression {
  return (scope) => {
    const value = condition(scope);
    if (isUnknown(value)) return value;
    return isTrue(value) ? then(scope) : otherwise(scope);
  };
}

export function applied(operation: (...values: Value[]) => Value, ...operands: Expression[]): Expression {
  return (scope) => {
    const values = operands.map((operand) => operand(scope));
    return values.find(isUnknown) ?? operation(...values);
  };
}

export function step(value: Expression, key: Expression, source: string): Expression {
  return (scope) => {
    const index = key(scope);
    return isUnknown(index) ? index : member(value(scope), String(index), source);
  };
}

/** A member of a value. A nested block is written without the list that Terraform makes of it. */
export function member(value: Value, key: string, source: string): Value {
  if (isUnknown(value)) return value;
  if (Array.isArray(value)) {
    const found = (value as readonly Value[])[Number(key)];
    return found === undefined ? new Refused(`\${${source}}`) : found;
  }
  if (!isObject(value)) return new Refused(`\${${source}}`);
  if (key in value) return value[key] as Value;
  if (key === "0") return value;
  return isComputed(value) ? new Unknown(`\${${source}}`) : new Refused(`\${${source}}`);
}

const COMPUTED = Symbol("computed");

/** An object with attributes that only the provider knows. */
export function withComputed<T extends object>(value: T): T {
  return Object.defineProperty(value, COMPUTED, { value: true });
}

function isComputed(value: object): boolean {
  return COMPUTED in value;
}

/** The scope of each element, in which the names stand for key and value, or for the value alone. */
export function iterate(list: Value, names: readonly string[], scope: Scope): Scope[] | Unknown {
  if (isUnknown(list)) return list;
  const entries = Array.isArray(list)
    ? (list as readonly Value[]).map((value, index) => [index, value] as const)
    : Object.entries(isObject(list) ? list : {});
  return entries.map(([key, value]) => {
    const values: readonly Value[] = names.length > 1 ? [key, value] : [value];
    return {
      files: scope.files,
      resolve: (path) => {
        const index = names.indexOf(path[0] ?? "");
        return index < 0 ? scope.resolve(path) : { value: values[index] ?? null, used: 1 };
      },
    };
  });
}

export function keyed(scopes: readonly Scope[], key: Expression, value: Expression, groups: boolean): Value {
  const result: Record<string, Value> = {};
  for (const scope of scopes) {
    const name = key(scope);
    if (isUnknown(name)) return name;
    const before = result[String(name)];
    const entry = value(scope);
    result[String(name)] = groups ? [...((before as Value[] | undefined) ?? []), entry] : entry;
  }
  return result;
}

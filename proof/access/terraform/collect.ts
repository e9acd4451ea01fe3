import { isUnknown, type Value } from "../value";
import { Refusal } from "./refusal";
import { isRefused, isTrue, iterate, keyed, unknownAmong, type Expression } from "./scope";
import { toText } from "./types";

/** `[a, b]` */
export function tupleOf(elements: readonly Expression[]): Expression {
  return (scope) => {
    const values = elements.map((element) => element(scope));
    return values.find(isRefused) ?? values;
  };
}

/** `{ a = b }` */
export function objectOf(entries: readonly (readonly [key: Expression, value: Expression])[]): Expression {
  return (scope) => {
    const pairs = entries.map(([key, value]) => [key(scope), value(scope)] as const);
    const unknown = pairs.flat().find(isRefused) ?? unknownAmong(pairs.map(([key]) => key));
    return unknown ?? Object.fromEntries(pairs.map(([key, value]) => [keyText(key), value]));
  };
}

function keyText(key: Value): string {
  if (key === null) throw new Refusal();
  return toText(key);
}

/** The parts of `[for a, b in list : first if condition]`; with `=> value` it makes an object. */
export interface For {
  readonly names: readonly string[];
  readonly list: Expression;
  readonly first: Expression;
  readonly value: Expression | undefined;
  readonly groups: boolean;
  readonly condition: (scope: Parameters<Expression>[0]) => ReturnType<Expression>;
}

export function forOf({ names, list, first, value, groups, condition }: For): Expression {
  return (scope) => {
    const scopes = iterate(list(scope), names, scope);
    if (isUnknown(scopes)) return scopes;
    const kept = scopes.map((inner) => ({ inner, keep: condition(inner) }));
    const unknown = unknownAmong(kept.map(({ keep }) => keep));
    if (unknown) return unknown;
    const inners = kept.filter(({ keep }) => isTrue(keep)).map(({ inner }) => inner);
    if (value !== undefined) return keyed(inners, first, value, groups);
    const values = inners.map(first);
    return values.find(isRefused) ?? values;
  };
}

import { ownValue } from "../own";
import { isObject } from "../read";
import { isUnknown, type Value } from "../value";
import { decimal, numberOf } from "./numbers";
import { Refusal, Unsure } from "./refusal";

/** A type of Terraform's, as far as a value shows it; `any` is that of null and of what is not known. */
export type Type =
  | "string"
  | "number"
  | "bool"
  | "any"
  | { readonly kind: "list" | "set" | "map"; readonly of: Type }
  | { readonly kind: "tuple"; readonly of: readonly Type[] }
  | { readonly kind: "object"; readonly of: Readonly<Record<string, Type>> };

type Collection = "list" | "set" | "map";

const collections = new WeakMap<object, Collection>();

/** Marks what would otherwise be a tuple as a list, or an object as a map. */
export function as<T extends Value>(kind: Collection, value: T): T {
  if (typeof value === "object" && value !== null) collections.set(value, kind);
  return value;
}

/** A copy of a value is of the same kind. */
export function like<T extends Value>(model: object, value: T): T {
  const kind = collections.get(model);
  return kind === undefined ? value : as(kind, value);
}

/** `list`, `set` or `map` where a value was made one; otherwise it is a tuple, an object or no collection. */
export function collectionOf(value: Value): Collection | undefined {
  return typeof value === "object" && value !== null ? collections.get(value) : undefined;
}

export function isSequence(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Keys in the order in which Terraform goes through them: that of their bytes. */
export function keysOf(value: Readonly<Record<string, Value>>): string[] {
  return Object.keys(value).sort(byBytes);
}

export function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

export function typeOf(value: Value): Type {
  if (value === null || isUnknown(value)) return "any";
  if (typeof value === "string") return "string";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "bool";
  const kind = collections.get(value);
  const elements = Object.values(value as Readonly<Record<string, Value>>);
  if (kind !== undefined) return { kind, of: unified(elements.map(typeOf)) ?? "any" };
  if (isSequence(value)) return { kind: "tuple", of: value.map(typeOf) };
  return {
    kind: "object",
    of: Object.fromEntries(keysOf(value as never).map((key) => [key, typeOf((value as never)[key])])),
  };
}

/** The type that all can become (cty, convert.UnifyUnsafe); nothing where there is none, or where it depends. */
export function unified(types: readonly Type[]): Type | undefined {
  const known = types.filter((type) => type !== "any");
  const [first] = known;
  if (first === undefined) return "any";
  const texts = new Set(known.map((type) => JSON.stringify(type)));
  if (texts.size === 1) return first;
  if (known.every((type): type is "string" | "number" | "bool" => typeof type === "string")) {
    return known.includes("string") ? "string" : undefined;
  }
  const structures = known.filter((type): type is Exclude<Type, string> => typeof type === "object");
  if (structures.length < known.length) return undefined;
  const kinds = new Set(structures.map(({ kind }) => kind));
  const only = (...allowed: string[]) => [...kinds].every((kind) => allowed.includes(kind));
  if (only("tuple")) return unifiedTuples(structures as never);
  if (only("object")) return unifiedObjects(structures as never);
  for (const [collection, structure] of [
    ["list", "tuple"],
    ["set", "tuple"],
    ["map", "object"],
  ] as const) {
    if (only(collection, structure)) return collectionOfTypes(collection, structures);
  }
  return undefined;
}

function unifiedTuples(tuples: readonly { of: readonly Type[] }[]): Type | undefined {
  const [first] = tuples;
  if (first === undefined || tuples.some(({ of }) => of.length !== first.of.length)) {
    return collectionOfTypes("list", tuples);
  }
  const of = first.of.map((_, index) => unified(tuples.map((tuple) => tuple.of[index] ?? "any")));
  return of.every((type) => type !== undefined) ? { kind: "tuple", of } : undefined;
}

function unifiedObjects(objects: readonly { of: Readonly<Record<string, Type>> }[]): Type | undefined {
  const keys = [...new Set(objects.flatMap(({ of }) => Object.keys(of)))];
  if (objects.some(({ of }) => Object.keys(of).length !== keys.length)) {
    return collectionOfTypes("map", objects);
  }
  const entries = keys.map(
    (key) => [key, unified(objects.map(({ of }) => ownValue(of, key) ?? "any"))] as const,
  );
  if (entries.some(([, type]) => type === undefined)) return undefined;
  return { kind: "object", of: Object.fromEntries(entries) as Record<string, Type> };
}

function collectionOfTypes(
  kind: Collection,
  types: readonly { of: Type | readonly Type[] | Readonly<Record<string, Type>>; kind?: string }[],
): Type | undefined {
  const elements = types.flatMap((type) =>
    type.kind === "list" || type.kind === "set" || type.kind === "map"
      ? [type.of as Type]
      : (Object.values(type.of) as Type[]),
  );
  const of = unified(elements);
  return of === undefined ? undefined : { kind, of };
}

/**
 * A value as a type, as Terraform converts where a type is asked for.
 *
 * @throws Refusal where Terraform refuses
 */
export function convert(value: Value, type: Type): Value {
  if (type === "any" || value === null || isUnknown(value)) return value;
  if (type === "string") return toText(value);
  if (type === "number") return toNumber(value);
  if (type === "bool") return toBoolean(value);
  if (typeof value !== "object") throw new Refusal();
  if (type.kind === "tuple") {
    if (!isSequence(value) || value.length !== type.of.length) throw new Unsure();
    return value.map((each, index) => convert(each, type.of[index] ?? "any"));
  }
  if (type.kind === "object") {
    if (!isObject(value)) throw new Refusal();
    const entries = Object.entries(value).map(([key, each]) => [
      key,
      convert(each, ownValue(type.of, key) ?? "any"),
    ]);
    return Object.fromEntries(entries) as Value;
  }
  return toCollection(value as never, type);
}

function toCollection(
  value: readonly Value[] | Readonly<Record<string, Value>>,
  { kind, of }: { kind: Collection; of: Type },
): Value {
  const wanted = of === "any" ? elementType(value) : of;
  if (kind === "map") {
    if (!isObject(value)) throw new Refusal();
    const entries = Object.entries(value).map(([key, each]) => [key, convert(each, wanted)]);
    return as("map", Object.fromEntries(entries) as Value);
  }
  if (!isSequence(value)) throw new Refusal();
  const elements = value.map((each) => convert(each, wanted));
  return kind === "set" ? setOf(elements) : as("list", elements);
}

function elementType(value: object): Type {
  const type = unified(Object.values(value as Readonly<Record<string, Value>>).map(typeOf));
  if (type === undefined) throw new Unsure();
  return type;
}

/** A set: each value once, in the order in which Terraform goes through them. */
export function setOf(values: readonly Value[]): Value[] {
  const kept = new Map(values.map((value) => [isUnknown(value) ? value : JSON.stringify(value), value]));
  const once = [...kept.values()];
  const types = new Set(once.filter((value) => !isUnknown(value)).map((value) => typeof value));
  if (once.length > 1 && (types.size > 1 || types.has("object"))) {
    // Sets of collections have an order that comes from their hash.
    throw new Unsure();
  }
  return as(
    "set",
    once.sort((left, right) => {
      if (typeof left === "number" && typeof right === "number") return left - right;
      if (typeof left === "string" && typeof right === "string") return byBytes(left, right);
      return Number(isUnknown(left)) - Number(isUnknown(right)) || Number(left) - Number(right);
    }),
  );
}

export function toText(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return decimal(value);
  if (typeof value === "boolean") return String(value);
  throw new Refusal();
}

export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "string") return numberOf(value);
  throw new Refusal();
}

export function toBoolean(value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new Refusal();
}

/** `==`: nothing is converted, so that `1 == "1"` is false. */
export function equal(left: Value, right: Value): boolean {
  if (left === null || right === null) return left === right;
  if (typeof left !== "object" || typeof right !== "object") return left === right;
  const [leftType, rightType] = [typeOf(left), typeOf(right)].map((type) => JSON.stringify(type));
  if (leftType !== rightType) {
    // An empty list or a null within has the type of what could stand there, which a value does not show.
    if (`${leftType}${rightType}`.includes('"any"')) throw new Unsure();
    return false;
  }
  return text(left) === text(right);
}

function text(value: Value): string {
  return JSON.stringify(value, (_, each: Value) =>
    isObject(each) ? Object.fromEntries(keysOf(each).map((key) => [key, each[key]])) : each,
  );
}

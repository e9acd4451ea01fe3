import { emptyRecord } from "../own";
import { isObject, type ValueObject } from "../read";
import { isUnknown, type Value } from "../value";
import { whole } from "./numbers";
import { Refusal, Unsure } from "./refusal";
import { graphemes } from "./texts";
import {
  as,
  byBytes,
  collectionOf,
  convert,
  equal,
  isSequence,
  keysOf,
  setOf,
  toText,
  typeOf,
  unified,
} from "./types";

/** A list, a tuple or a set. */
export function sequence(value: Value | undefined): readonly Value[] {
  if (value === undefined || !isSequence(value)) throw new Refusal();
  return value;
}

/** A list or a tuple. */
export function ordered(value: Value | undefined): readonly Value[] {
  const values = sequence(value);
  if (collectionOf(values) === "set") throw new Refusal();
  return values;
}

export function mapping(value: Value | undefined): ValueObject {
  if (!isObject(value)) throw new Refusal();
  return value;
}

/** The values in the type that all of them can have. */
export function alike(values: readonly Value[]): readonly Value[] {
  const type = unified(values.map(typeOf));
  if (type === undefined) throw new Unsure();
  return values.map((value) => convert(value, type));
}

export function isSet(value: Value): boolean {
  return collectionOf(value) === "set";
}

/** As what the arguments were: a list of lists, a tuple where one is one. */
export function asOneOf(args: readonly Value[], values: readonly Value[]): Value {
  return args.every((each) => collectionOf(each) === "list") ? as("list", alike(values)) : values;
}

export function contains(values: readonly Value[], value: Value): Value {
  if (values.some((each) => !isUnknown(each) && equal(each, value))) return true;
  return values.find(isUnknown) ?? false;
}

export function flat(values: readonly Value[]): Value[] {
  return values.flatMap((value) => (isSequence(value) ? flat(value) : [value]));
}

export function indexOf(values: readonly Value[], value: Value): number {
  const index = values.findIndex((each) => equal(each, value));
  if (index < 0) throw new Refusal();
  return index;
}

export function lengthOf(value: Value | undefined): number {
  if (typeof value === "string") return graphemes(value).length;
  if (value === undefined || isUnknown(value) || typeof value !== "object" || value === null) {
    throw new Refusal();
  }
  if (isSet(value) && Object.values(value).some(isUnknown)) throw new Unsure();
  return Object.keys(value).length;
}

/** Once each, in the order in which they come first. */
export function distinct(values: readonly Value[]): Value {
  if (values.some(isUnknown)) throw new Unsure();
  const kept: Value[] = [];
  for (const value of values) if (!kept.some((each) => equal(each, value))) kept.push(value);
  return as("list", kept);
}

export function lookup([map, key, ...rest]: readonly Value[]): Value {
  const found = mapping(map);
  const [otherwise] = rest;
  const name = toText(key as Value);
  if (rest.length > 1) throw new Refusal();
  const has = Object.hasOwn(found, name);
  if (!has && otherwise === undefined) throw new Refusal();
  const value = (has ? found[name] : otherwise) as Value;
  if (isUnknown(value) || collectionOf(found) !== "map" || otherwise === undefined) return value;
  const type = unified(Object.values(found).map(typeOf));
  if (type === undefined || unified([type, typeOf(otherwise)]) === undefined) throw new Unsure();
  return convert(value, type);
}

/** Maps stay maps as long as their values are alike; otherwise it is an object. */
export function merge(args: readonly Value[]): Value {
  if (args.length === 0) return {};
  const all = args.filter((each) => each !== null).map(mapping);
  const merged = Object.fromEntries(all.flatMap((each) => Object.entries(each)));
  const types = new Set(all.map((each) => JSON.stringify(typeOf(each))));
  return all.length > 0 && types.size === 1 && all.every((each) => collectionOf(each) === "map")
    ? as("map", merged)
    : merged;
}

export function setProduct(args: readonly Value[]): Value {
  if (args.length < 2) throw new Refusal();
  const lists = args.map((each) => (isSet(each) ? each : convert(each, { kind: "list", of: "any" })));
  const product = lists
    .map(sequence)
    .reduce<Value[][]>(
      (tuples, values) => tuples.flatMap((tuple) => values.map((value) => [...tuple, value])),
      [[]],
    );
  return args.every(isSet) ? setOf(product) : as("list", product);
}

/** The sets in the type that all of them can have. */
export function sets(args: readonly Value[]): readonly (readonly Value[])[] {
  const all = args.flatMap((each) => sequence(each));
  const type = unified(all.map(typeOf));
  if (type === undefined) throw new Unsure();
  // Terraform itself fails on null beside collections.
  if (all.includes(null) && typeof type === "object") throw new Unsure();
  return args.map((each) => sequence(convert(each, { kind: "set", of: type })));
}

export function slice([values, start, end]: readonly Value[]): Value {
  const list = ordered(values);
  const [from, to] = [whole(start as number), whole(end as number)];
  if (from < 0 || to < from || to > list.length) throw new Refusal();
  const part = list.slice(from, to);
  return collectionOf(list) === "list" ? as("list", part) : part;
}

export function element([values, index]: readonly Value[]): Value {
  const list = ordered(values);
  const at = whole(index as number);
  if (at < 0 || list.length === 0) throw new Refusal();
  return list[at % list.length] as Value;
}

export function chunked(values: readonly Value[], size: number): Value {
  if (whole(size) < 0) throw new Refusal();
  if (size === 0) return as("list", values.length === 0 ? [] : [values]);
  const count = Math.ceil(values.length / size);
  return as(
    "list",
    Array.from({ length: count }, (_, index) =>
      as("list", values.slice(index * size, (index + 1) * size) as Value),
    ),
  );
}

export function zipped(keys: readonly Value[], values: Value): Value {
  const list = sequence(values);
  if (isSet(values) || keys.length !== list.length || keys.includes(null)) throw new Refusal();
  const result = Object.fromEntries(keys.map((key, index) => [key as string, list[index] as Value]));
  return collectionOf(values) === "list" ? as("map", result) : result;
}

export function transposed(map: ValueObject): Value {
  const result = emptyRecord<Value[]>();
  for (const key of keysOf(map)) {
    for (const value of sequence(map[key])) {
      if (typeof value !== "string") throw new Refusal();
      (result[value] ??= []).push(key);
    }
  }
  for (const list of Object.values(result)) as("list", (list as string[]).sort(byBytes));
  return as("map", result);
}

import { isObject, type ValueObject } from "../read";
import { isUnknown, type Value } from "../value";
import { ANY, listOf, NUMBER, PARTS, TEXT, type TerraformFunction } from "./function";
import { whole } from "./numbers";
import { Refusal, Unsure } from "./refusal";
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
  type Type,
} from "./types";
import { graphemes } from "./texts";

const NULLABLE_PARTS = { type: "any", partial: true, nullable: true } as const;
const LIST = listOf("any", { partial: true });

/** A list, a tuple or a set. */
function sequence(value: Value | undefined): readonly Value[] {
  if (value === undefined || !isSequence(value)) throw new Refusal();
  return value;
}

/** A list or a tuple. */
function ordered(value: Value | undefined): readonly Value[] {
  const values = sequence(value);
  if (collectionOf(values) === "set") throw new Refusal();
  return values;
}

function mapping(value: Value | undefined): ValueObject {
  if (!isObject(value)) throw new Refusal();
  return value;
}

/** The values in the type that all of them can have. */
function alike(values: readonly Value[]): readonly Value[] {
  const type = unified(values.map(typeOf));
  if (type === undefined) throw new Unsure();
  return values.map((value) => convert(value, type));
}

function isSet(value: Value): boolean {
  return collectionOf(value) === "set";
}

/** As what the arguments were: a list of lists, a tuple where one is one. */
function asOneOf(args: readonly Value[], values: readonly Value[]): Value {
  return args.every((each) => collectionOf(each) === "list") ? as("list", alike(values)) : values;
}

function contains(values: readonly Value[], value: Value): Value {
  if (values.some((each) => !isUnknown(each) && equal(each, value))) return true;
  return values.find(isUnknown) ?? false;
}

function flat(values: readonly Value[]): Value[] {
  return values.flatMap((value) => (isSequence(value) ? flat(value) : [value]));
}

function indexOf(values: readonly Value[], value: Value): number {
  const index = values.findIndex((each) => equal(each, value));
  if (index < 0) throw new Refusal();
  return index;
}

function lengthOf(value: Value | undefined): number {
  if (typeof value === "string") return graphemes(value).length;
  if (value === undefined || isUnknown(value) || typeof value !== "object" || value === null) {
    throw new Refusal();
  }
  if (isSet(value) && Object.values(value).some(isUnknown)) throw new Unsure();
  return Object.keys(value).length;
}

/** Once each, in the order in which they come first. */
function distinct(values: readonly Value[]): Value {
  if (values.some(isUnknown)) throw new Unsure();
  const kept: Value[] = [];
  for (const value of values) if (!kept.some((each) => equal(each, value))) kept.push(value);
  return as("list", kept);
}

function lookup([map, key, ...rest]: readonly Value[]): Value {
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
function merge(args: readonly Value[]): Value {
  if (args.length === 0) return {};
  const all = args.filter((each) => each !== null).map(mapping);
  const merged = Object.fromEntries(all.flatMap((each) => Object.entries(each)));
  const types = new Set(all.map((each) => JSON.stringify(typeOf(each))));
  return all.length > 0 && types.size === 1 && all.every((each) => collectionOf(each) === "map")
    ? as("map", merged)
    : merged;
}

function setProduct(args: readonly Value[]): Value {
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
function sets(args: readonly Value[]): readonly (readonly Value[])[] {
  const type = unified(args.flatMap((each) => sequence(each)).map(typeOf));
  if (type === undefined) throw new Unsure();
  return args.map((each) => sequence(convert(each, { kind: "set", of: type })));
}

function slice([values, start, end]: readonly Value[]): Value {
  const list = ordered(values);
  const [from, to] = [whole(start as number), whole(end as number)];
  if (from < 0 || to < from || to > list.length) throw new Refusal();
  const part = list.slice(from, to);
  return collectionOf(list) === "list" ? as("list", part) : part;
}

function element([values, index]: readonly Value[]): Value {
  const list = ordered(values);
  const at = whole(index as number);
  if (at < 0 || list.length === 0) throw new Refusal();
  return list[at % list.length] as Value;
}

function chunked(values: readonly Value[], size: number): Value {
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

function zipped(keys: readonly Value[], values: Value): Value {
  const list = sequence(values);
  if (isSet(values) || keys.length !== list.length || keys.includes(null)) throw new Refusal();
  const result = Object.fromEntries(keys.map((key, index) => [key as string, list[index] as Value]));
  return collectionOf(values) === "list" ? as("map", result) : result;
}

function transposed(map: ValueObject): Value {
  const result: Record<string, Value[]> = {};
  for (const key of keysOf(map)) {
    for (const value of sequence(map[key])) {
      if (typeof value !== "string") throw new Refusal();
      if (!Object.hasOwn(result, value)) result[value] = [];
      result[value]?.push(key);
    }
  }
  for (const list of Object.values(result)) as("list", (list as string[]).sort(byBytes));
  return as("map", result);
}

const NESTED_TEXTS: Type = { kind: "map", of: { kind: "list", of: "string" } };

export const collectionFunctions: Readonly<Record<string, TerraformFunction>> = {
  chunklist: {
    parameters: [LIST, NUMBER],
    call: ([values, size]) => chunked(sequence(values), size as number),
  },
  coalesce: {
    parameters: [],
    variadic: { type: "any", nullable: true },
    call: (args) => {
      const found = alike(args).find((each) => each !== null && each !== "");
      if (found === undefined) throw new Refusal();
      return found;
    },
  },
  coalescelist: {
    parameters: [],
    variadic: PARTS,
    call: (args) => {
      const found = args.map(ordered).find((each) => each.length > 0);
      if (found === undefined) throw new Refusal();
      return found;
    },
  },
  compact: {
    parameters: [listOf("string")],
    call: ([values]) =>
      as(
        "list",
        sequence(values).filter((each) => each !== "" && each !== null),
      ),
  },
  concat: {
    parameters: [PARTS],
    variadic: PARTS,
    call: (args) => asOneOf(args, args.flatMap(ordered)),
  },
  contains: {
    parameters: [PARTS, ANY],
    call: ([values, value = null]) => contains(sequence(values), value),
  },
  distinct: { parameters: [LIST], call: ([values]) => distinct(sequence(values)) },
  element: { parameters: [PARTS, NUMBER], call: element },
  flatten: { parameters: [PARTS], call: ([values]) => flat(sequence(values)) },
  index: {
    parameters: [ANY, ANY],
    call: ([values, value = null]) => indexOf(ordered(values), value),
  },
  keys: {
    parameters: [PARTS],
    call: ([map]) => {
      const found = mapping(map);
      return collectionOf(found) === "map" ? as("list", keysOf(found)) : keysOf(found);
    },
  },
  length: { parameters: [PARTS], call: ([value]) => lengthOf(value) },
  lookup: { parameters: [PARTS, TEXT], variadic: NULLABLE_PARTS, call: lookup },
  matchkeys: {
    parameters: [LIST, listOf("any"), listOf("any")],
    call: ([values, keys, wanted]) => {
      const [all, among, searched] = [sequence(values), sequence(keys), sequence(wanted)];
      if (all.length !== among.length) throw new Refusal();
      if (unified([...among, ...searched].map(typeOf)) === undefined) throw new Unsure();
      return as(
        "list",
        all.filter((_, index) => searched.some((each) => equal(each, among[index] as Value))),
      );
    },
  },
  merge: { parameters: [], variadic: NULLABLE_PARTS, call: merge },
  one: {
    parameters: [PARTS],
    call: ([values]) => {
      const all = sequence(values);
      if (all.length > 1) throw new Refusal();
      return all[0] ?? null;
    },
  },
  reverse: {
    parameters: [PARTS],
    call: ([values]) => {
      const all = sequence(values);
      const reversed = [...all].reverse();
      return collectionOf(all) === undefined ? reversed : as("list", reversed);
    },
  },
  setintersection: {
    parameters: [ANY],
    variadic: ANY,
    call: (args) => {
      const [first = [], ...others] = sets(args);
      return setOf(first.filter((value) => others.every((each) => each.includes(value))));
    },
  },
  setproduct: { parameters: [PARTS], variadic: PARTS, call: setProduct },
  setsubtract: {
    parameters: [ANY, ANY],
    call: (args) => {
      const [first = [], second = []] = sets(args);
      return setOf(first.filter((value) => !second.includes(value)));
    },
  },
  setunion: { parameters: [ANY], variadic: ANY, call: (args) => setOf(sets(args).flat()) },
  slice: { parameters: [PARTS, NUMBER, NUMBER], call: slice },
  sort: {
    parameters: [listOf("string")],
    call: ([values]) => {
      const texts = sequence(values) as readonly string[];
      if (texts.includes(null as never)) throw new Refusal();
      return as("list", [...texts].sort(byBytes));
    },
  },
  tolist: {
    parameters: [NULLABLE_PARTS],
    call: ([value = null]) => (value === null ? null : convert(value, { kind: "list", of: "any" })),
  },
  tomap: {
    parameters: [NULLABLE_PARTS],
    call: ([value = null]) => (value === null ? null : convert(value, { kind: "map", of: "any" })),
  },
  toset: {
    parameters: [NULLABLE_PARTS],
    call: ([value = null]) => (value === null ? null : convert(value, { kind: "set", of: "any" })),
  },
  transpose: {
    parameters: [{ type: NESTED_TEXTS }],
    call: ([map]) => transposed(mapping(map)),
  },
  values: {
    parameters: [PARTS],
    call: ([map]) => {
      const found = mapping(map);
      const values = keysOf(found).map((key) => found[key] as Value);
      return collectionOf(found) === "map" ? as("list", values) : values;
    },
  },
  zipmap: {
    parameters: [listOf("string"), PARTS],
    call: ([keys, values = null]) => zipped(sequence(keys), values),
  },
};

import { type Value } from "../value";
import { ANY, listOf, NUMBER, PARTS, TEXT, type TerraformFunction } from "./function";
import {
  sequence,
  ordered,
  mapping,
  alike,
  asOneOf,
  contains,
  flat,
  indexOf,
  lengthOf,
  distinct,
  lookup,
  merge,
  setProduct,
  sets,
  slice,
  element,
  chunked,
  zipped,
  transposed,
} from "./collections";
import { Refusal, Unsure } from "./refusal";
import {
  as,
  byBytes,
  collectionOf,
  convert,
  equal,
  keysOf,
  setOf,
  typeOf,
  unified,
  type Type,
} from "./types";

const NULLABLE_PARTS = { type: "any", partial: true, nullable: true } as const;
const LIST = listOf("any", { partial: true });

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

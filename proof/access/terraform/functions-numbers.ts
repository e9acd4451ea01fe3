import type { Value } from "../value";
import { listOf, NUMBER, onNumbers, ANY, type TerraformFunction } from "./function";
import { calculated, exact, whole } from "./numbers";
import { Refusal, Unsure } from "./refusal";
import { as, convert, isSequence, toNumber } from "./types";

/** The greatest list that Terraform's `range` gives. */
const RANGE_LIMIT = 1024;

export const numberFunctions: Readonly<Record<string, TerraformFunction>> = {
  abs: onNumbers(1, (value = 0) => Math.abs(value)),
  ceil: onNumbers(1, (value = 0) => exact(Math.ceil(value))),
  floor: onNumbers(1, (value = 0) => exact(Math.floor(value))),
  signum: onNumbers(1, (value = 0) => Math.sign(whole(value))),
  max: { parameters: [NUMBER], variadic: NUMBER, call: (args) => Math.max(...(args as readonly number[])) },
  min: { parameters: [NUMBER], variadic: NUMBER, call: (args) => Math.min(...(args as readonly number[])) },
  pow: onNumbers(2, (base = 0, exponent = 0) => {
    if (!Number.isInteger(base) || !Number.isInteger(exponent) || exponent < 0) throw new Unsure();
    return calculated([base], base ** exponent);
  }),
  parseint: {
    parameters: [ANY, NUMBER],
    call: ([text = null, base]) => parsed(text, whole(base as number)),
  },
  range: {
    parameters: [NUMBER],
    variadic: NUMBER,
    call: (args) => ranged(args as readonly number[]),
  },
  sum: { parameters: [ANY], call: ([values = null]) => summed(values) },
  alltrue: {
    parameters: [listOf("bool")],
    call: ([values]) => (values as readonly Value[]).every((each) => each === true),
  },
  anytrue: {
    parameters: [listOf("bool")],
    call: ([values]) => (values as readonly Value[]).some((each) => each === true),
  },
  tonumber: {
    parameters: [{ type: "any", nullable: true }],
    call: ([value = null]) => convert(value, "number"),
  },
};

function parsed(text: Value, base: number): Value {
  if (typeof text !== "string" || base < 2 || base > 62) throw new Refusal();
  if (base > 36) throw new Unsure();
  const digits = "0123456789abcdefghijklmnopqrstuvwxyz".slice(0, base);
  if (!new RegExp(`^[+-]?[${digits}]+$`, "i").test(text)) {
    if (text.includes("_")) throw new Unsure();
    throw new Refusal();
  }
  return calculated([], parseInt(text, base));
}

function ranged(args: readonly number[]): Value {
  if (args.length > 3) throw new Refusal();
  const [start = 0, end = 0] = args.length === 1 ? [0, args[0]] : args;
  const stride = args[2] ?? (end < start ? -1 : 1);
  if (stride === 0) throw new Refusal();
  if (args.length === 3 && Math.sign(end - start) * Math.sign(stride) < 0) throw new Refusal();
  const values: number[] = [];
  for (let at = start; stride > 0 ? at < end : at > end; at = calculated([at, stride], at + stride)) {
    if (values.length >= RANGE_LIMIT) throw new Refusal();
    values.push(at);
  }
  return as("list", values);
}

function summed(values: Value): Value {
  if (!isSequence(values) || values.length === 0) throw new Refusal();
  const numbers = values.map((each) => {
    if (each === null) throw new Refusal();
    return toNumber(each);
  });
  return numbers.slice(1).reduce((total, each) => calculated([total, each], total + each), numbers[0] ?? 0);
}

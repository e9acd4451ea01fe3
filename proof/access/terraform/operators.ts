import type { Value } from "../value";
import { calculated } from "./numbers";
import { Refusal, Unsure } from "./refusal";
import { equal, toBoolean, toNumber } from "./types";

export type Binary = (left: Value, right: Value) => Value;

/** Both operands as numbers. */
const numbers =
  (operation: (left: number, right: number) => Value): Binary =>
  (left, right) =>
    operation(number(left), number(right));

const calculation = (operation: (left: number, right: number) => number): Binary =>
  numbers((left, right) => calculated([left, right], operation(left, right)));

export function number(value: Value): number {
  if (value === null) throw new Refusal();
  return toNumber(value);
}

export function truth(value: Value): boolean {
  if (value === null) throw new Refusal();
  return toBoolean(value);
}

/** Operators from the loosest to the tightest. */
export const OPERATORS: readonly Readonly<Record<string, Binary>>[] = [
  { "||": (left, right) => [truth(left), truth(right)].includes(true) },
  { "&&": (left, right) => ![truth(left), truth(right)].includes(false) },
  { "==": (left, right) => equal(left, right), "!=": (left, right) => !equal(left, right) },
  {
    "<=": numbers((left, right) => left <= right),
    ">=": numbers((left, right) => left >= right),
    "<": numbers((left, right) => left < right),
    ">": numbers((left, right) => left > right),
  },
  { "+": calculation((left, right) => left + right), "-": calculation((left, right) => left - right) },
  {
    "*": calculation((left, right) => left * right),
    "/": calculation(divided),
    "%": calculation((left, right) => (right === 0 ? left : left % right)),
  },
];

function divided(left: number, right: number): number {
  const result = left / right;
  if (result * right !== left) throw new Unsure();
  return result;
}

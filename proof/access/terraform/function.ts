import type { Value } from "../value";
import type { Files } from "./functions";
import type { Type } from "./types";

/** What a function takes at one place. */
export interface Parameter {
  /** What Terraform converts the argument to. */
  readonly type: Type;
  /** Whether null is taken. */
  readonly nullable?: boolean;
  /** Whether the result can be had while a part of the argument is not known. */
  readonly partial?: boolean;
}

/** A function that computes exactly what Terraform computes, or says that it does not know. */
export interface TerraformFunction {
  readonly parameters: readonly Parameter[];
  /** What follows the parameters, as often as it is given. */
  readonly variadic?: Parameter;
  /** How many of the last parameters may be left out. */
  readonly optional?: number;
  call(args: readonly Value[], files: Files): Value;
}

export const TEXT = { type: "string" } as const;
export const NUMBER = { type: "number" } as const;
export const BOOLEAN = { type: "bool" } as const;
export const ANY = { type: "any" } as const;
/** Anything, of which parts need not be known. */
export const PARTS = { type: "any", partial: true } as const;

export function listOf(of: Type, options: Omit<Parameter, "type"> = {}): Parameter {
  return { type: { kind: "list", of }, ...options };
}

/** A function of texts. */
export function onTexts(count: number, call: (...texts: string[]) => Value): TerraformFunction {
  return {
    parameters: Array.from({ length: count }, () => TEXT),
    call: (args) => call(...(args as readonly string[])),
  };
}

/** A function of numbers. */
export function onNumbers(count: number, call: (...numbers: number[]) => Value): TerraformFunction {
  return {
    parameters: Array.from({ length: count }, () => NUMBER),
    call: (args) => call(...(args as readonly number[])),
  };
}

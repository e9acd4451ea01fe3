import { Refusal, Unsure } from "./refusal";

/**
 * Terraform calculates with 512 bits, and JavaScript with 53. A number is kept where both have the same one:
 * whole ones up to 2^53, and decimals of up to 15 digits, which JavaScript gives back as they were written.
 */
export function literalNumber(text: string): number {
  const value = Number(text);
  const digits = text.replace(/e.*$/i, "").replace(/^-|\./g, "").replace(/^0+/, "").length;
  if (Number.isSafeInteger(value) && (digits <= 15 || !/[.e]/i.test(text))) return value;
  if (digits > 15 || Math.abs(value) < 1e-6 || Math.abs(value) >= 1e15) throw new Unsure();
  return value;
}

/** A text as a number, where Terraform converts. */
export function numberOf(text: string): number {
  if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return exact(literalNumber(text));
  // Go's parser takes more than this, such as "+1", ".5" and "Inf".
  if (/^[+-]?(\.?\d|inf)/i.test(text)) throw new Unsure();
  throw new Refusal();
}

/** The number as Terraform writes it. */
export function decimal(value: number): string {
  const text = String(value);
  if (/[a-z]/i.test(text)) throw new Unsure();
  return text;
}

/** Multiples of 1/1024, with which both calculate alike as long as the result is one. */
function isDyadic(value: number): boolean {
  return Number.isSafeInteger(value * 1024);
}

/** The result of a calculation, where it is the same with 53 and with 512 bits. */
export function calculated(operands: readonly number[], result: number): number {
  if (!operands.every(isDyadic) && !operands.every(Number.isSafeInteger)) throw new Unsure();
  if (!isDyadic(result) && !Number.isSafeInteger(result)) throw new Unsure();
  return exact(result);
}

/** Terraform tells -0 from 0, and we do not. */
export function exact(value: number): number {
  if (Object.is(value, -0) || !Number.isFinite(value)) throw new Unsure();
  return value;
}

/** A number that must be a whole one. */
export function whole(value: number): number {
  if (!Number.isInteger(value)) throw new Refusal();
  return value;
}

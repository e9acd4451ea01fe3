import { X509Certificate } from "node:crypto";
import { z } from "zod";

/**
 * What the proof understands of something: all keys that it knows, and the values under which the chain holds. A
 * value on which nothing of the chain depends is of its type, and of that alone.
 */
export type Shape = z.ZodType;

export type Keys = Readonly<Record<string, Shape>>;

/** Terraform writes a block that is there once as an object, or as a list of one. */
export function block(keys: Keys): Shape {
  return z.preprocess(
    (value) => (Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value),
    z.strictObject(keys),
  );
}

/** One of several kinds of blocks, which the message names. */
export function oneOf(must: string, ...kinds: readonly [Shape, Shape, ...Shape[]]): Shape {
  return z.union(kinds, { error: `must ${must}` });
}

/** Blocks that may be there several times. */
export function blocks(keys: Keys): Shape {
  return z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(z.strictObject(keys)));
}

/** Of these values one. Terraform makes texts of numbers and truth values, and the other way round. */
export function only(...values: readonly (string | number | boolean)[]): Shape {
  const allowed = new Set(values.map(String));
  return z.unknown().superRefine((value, context) => {
    const isPlain = ["string", "number", "boolean"].includes(typeof value);
    if (!isPlain || !allowed.has(String(value)))
      context.addIssue({ code: "custom", message: `must be ${either(values)}` });
  });
}

function either(values: readonly (string | number | boolean)[]): string {
  return values.map((value) => JSON.stringify(value)).join(" or ");
}

/** A text of a form, which the message names: `be a path`. */
export function textLike(form: RegExp, must: string): Shape {
  return z.unknown().superRefine((value, context) => {
    const fits = (typeof value === "string" || typeof value === "number") && form.test(String(value));
    if (!fits) context.addIssue({ code: "custom", message: `must ${must}` });
  });
}

export const text: Shape = textLike(/^[^]+$/, "be a text that is not empty");

/** A name of Kubernetes' own: a label of DNS. */
export const name: Shape = textLike(
  /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
  "be a name that Kubernetes takes",
);

export const flag: Shape = only(true, false);

/** A whole number of at least so much, and of at most so much. */
export function whole(least = 0, most = Infinity): Shape {
  const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  return z.unknown().superRefine((value, context) => {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (!Number.isInteger(number) || (number as number) < least || (number as number) > most)
      context.addIssue({ code: "custom", message: `must be a whole number ${range}` });
  });
}

/** A list in which nothing may stand. */
export const empty: Shape = z.unknown().superRefine((value, context) => {
  if (!Array.isArray(value) || value.length > 0)
    context.addIssue({ code: "custom", message: "must be empty" });
});

/** A text for which a function has no objection; it says what must be. */
export function textThat(objection: (text: string) => string | undefined): Shape {
  return z.unknown().superRefine((value, context) => {
    const must = typeof value === "string" ? objection(value) : "be a text";
    if (must !== undefined) context.addIssue({ code: "custom", message: `must ${must}` });
  });
}

/** As Kubernetes counts processors, memory and storage. */
export const quantity: Shape = textLike(
  /^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/,
  "be a quantity, such as 64Mi or 100m",
);

/** Certificates in PEM, and nothing beside them. */
export const certificates: Shape = z.unknown().superRefine((value, context) => {
  if (!isPem(value))
    context.addIssue({ code: "custom", message: "must be certificates in PEM and nothing else" });
});

function isPem(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const blocks = value.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
  return blocks.length > 0 && blocks.join("") === value && blocks.every(isCertificate);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** As Go writes a time. */
export const duration: Shape = textLike(/^(\d+(ms|s|m|h))+$/, "be a time with its unit, such as 24h");

export function list(of: Shape): Shape {
  return z.array(of).min(1);
}

/** A list that may be empty. */
export function some(of: Shape): Shape {
  return z.array(of);
}

/** These, one after the other, and no others. */
export function inOrder(...shapes: readonly [Shape, ...Shape[]]): Shape {
  return z.tuple([...shapes]);
}

export function record(of: Shape): Shape {
  return z.record(z.string(), of);
}

/** What is read elsewhere to its last leaf, or may only be known when it is applied, such as a secret. */
export const anything: Shape = z.unknown();

/** It may be left out; the default is understood. */
export function optional(shape: Shape): Shape {
  return shape.optional();
}

import { z } from "zod";
import { durationProblems, type Duration } from "./duration";
import type { Problem } from "@leasehold/proof/core";
import type { Protection } from "./protection";
import { integerProblems } from "./validation";

export { z };

/**
 * A type without what a check at run time cannot tell: `readonly`, and keys that must not be there, which a
 * strict object refuses anyway.
 */
type Bare<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Entry)[]
    ? Bare<Entry>[]
    : { -readonly [K in keyof T as [T[K]] extends [undefined] ? never : K]: Bare<T[K]> };

/** Whether two types are one, optional keys included. */
type Same<A, B> =
  (<T>() => T extends Bare<A> ? 1 : 2) extends <T>() => T extends Bare<B> ? 1 : 2 ? true : false;

/**
 * Ties a schema to the documented type that it checks: the compiler refuses a key, an optional mark or a value
 * that only one of the two has.
 */
export function schemaOf<T>() {
  return <S extends z.ZodType>(
    schema: S & (Same<T, z.infer<S>> extends true ? unknown : { readonly differs: Bare<z.infer<S>> }),
  ): z.ZodType<T> => schema as unknown as z.ZodType<T>;
}

/**
 * An object of these keys and no others.
 *
 * @param others keys of the objects that may stand in its place, one of which was perhaps meant
 */
export function object<Shape extends z.ZodRawShape>(shape: Shape, others: readonly string[] = []) {
  const known = [...Object.keys(shape), ...others.filter((key) => !Object.hasOwn(shape, key))];
  // Whoever reports an unknown key wants to know the known ones; an issue of zod carries a text only.
  return z.strictObject(shape, {
    error: ({ code }) => (code === "unrecognized_keys" ? known.join(" ") : undefined),
  });
}

/** One of several objects that a key tells apart. */
export const variants = z.discriminatedUnion;

/** A text of at most so many characters. */
export function text(longest = 1024) {
  return z.string().check(({ value, issues }) => {
    if (value.length <= longest) return;
    const must = `be at most ${longest} characters long`;
    issues.push(issueOf(value, { property: "", must, got: `${value.slice(0, 40)}…`, fix: "shorten it" }));
  });
}

/** A text that a check of the project finds nothing wrong with. */
export function textThat(problems: (property: string, value: string) => readonly Problem[]) {
  return text().check(({ value, issues }) => {
    for (const problem of problems("", value)) issues.push(issueOf(value, problem));
  });
}

/** A whole number within bounds, both included. */
export function whole(min: number, max: number) {
  return z.number().check(({ value, issues }) => {
    for (const problem of integerProblems("", value, min, max)) issues.push(issueOf(value, problem));
  });
}

/** A problem as an issue of zod. */
export function issueOf(input: unknown, problem: Problem): z.core.$ZodRawIssue {
  return { code: "custom", input, message: problem.must, params: { problem } };
}

/** A duration, as far as its type goes; whether it is one is told with the limits that it has to keep. */
export const duration = text() as unknown as z.ZodType<Duration>;

/** A duration that no other check looks at. */
export const readableDuration = textThat(durationProblems) as unknown as z.ZodType<Duration>;

/** Lists of scripts and templates; Kubernetes takes 256 KiB of annotations. */
export const longText = text(64 * 1024);

/** Certificates, several of them. */
export const pem = text(256 * 1024);

/** Variables, annotations and labels by their names. */
export const texts = z.record(z.string(), longText);

/** A value of these; the fix says more than "choose one" where a wrong one is known to people. */
export function oneOf<const Values extends readonly string[]>(values: Values, fix?: (got: string) => string) {
  return z.enum(values, {
    error: ({ input }) => (fix !== undefined && typeof input === "string" ? fix(input) : undefined),
  });
}

/** Whether Terraform may destroy what holds live leases. */
export const protectionSchema = schemaOf<Protection>()(
  variants("kind", [
    object({ kind: z.literal("protected") }),
    object({ kind: z.literal("disposable"), reason: text() }),
  ]),
);

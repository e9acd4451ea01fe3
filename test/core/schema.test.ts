import { object, oneOf, schemaOf, text, variants, z } from "../../lib/core/schema";

interface Written {
  readonly name: string;
  readonly tags?: readonly string[];
  readonly form:
    { readonly kind: "a"; readonly size: number } | { readonly kind: "b"; readonly size?: never };
}

const form = variants("kind", [
  object({ kind: z.literal("a"), size: z.number() }),
  object({ kind: z.literal("b") }),
]);

const whole = { name: text(), tags: z.array(text()).optional(), form };

test("a schema and the type that it checks are one for the compiler", () => {
  schemaOf<Written>()(object(whole));
  // @ts-expect-error an optional key of the type is missing from the schema
  schemaOf<Written>()(object({ name: text(), form }));
  // @ts-expect-error a key that the type does not have
  schemaOf<Written>()(object({ ...whole, size: z.number().optional() }));
  // @ts-expect-error a key that the type demands is optional in the schema
  schemaOf<Written>()(object({ ...whole, name: text().optional() }));
  // @ts-expect-error another type of value
  schemaOf<Written>()(object({ ...whole, name: z.number() }));
  // @ts-expect-error one variant of two
  schemaOf<Written["form"]>()(object({ kind: z.literal("a"), size: z.number() }));
  // @ts-expect-error a value that the type does not have
  schemaOf<"a" | "b">()(oneOf(["a", "b", "c"]));
});

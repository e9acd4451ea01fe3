import { holdsSecret, isSecretSetting } from "../../core";
import { issueOf, object, schemaOf, text, variants, z } from "../../core/schema";
import type { PodPatch } from "./pod-patch";
import { secretProblem } from "./secret-problem";

/** Any value of JSON; of a text in it the key says what it is, and of a variable's value its name. */
const json = z.unknown().check(({ value, issues }) => {
  if (value === undefined)
    issues.push(issueOf(value, { property: "", must: "be a value", got: value, fix: "add it" }));
  for (const name of secretSettings(value)) issues.push(issueOf(value, secretProblem(name)));
});

/** Names of settings in a value whose values are secrets; what is one by its shape is found in every text. */
function secretSettings(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(secretSettings);
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  const { name, value: setting } = value as { readonly name?: unknown; readonly value?: unknown };
  return [
    ...(typeof name === "string" && typeof setting === "string" && isSecret(name, setting) ? [name] : []),
    ...entries.flatMap(([key, entry]) =>
      typeof entry === "string" ? (isSecret(key, entry) ? [key] : []) : secretSettings(entry),
    ),
  ];
}

function isSecret(name: string, setting: string): boolean {
  return !holdsSecret(setting) && isSecretSetting(name, setting);
}

const path = { path: text() };
const withValue = { ...path, value: json };

/** The value of an annotation or a variable may be put there by its own path. */
const operation = variants("op", [
  object({ op: z.literal("add"), ...withValue }),
  object({ op: z.literal("replace"), ...withValue }),
  object({ op: z.literal("remove"), ...path }),
  object({ op: z.literal("test"), ...withValue }),
]).check(({ value: written, issues }) => {
  if (!("value" in written) || typeof written.value !== "string") return;
  const name = written.path.split("/").at(-1) ?? "";
  if (isSecret(name, written.value))
    issues.push({ ...issueOf(written, secretProblem(name)), path: ["value"] });
});

export const podPatchSchema = schemaOf<PodPatch>()(
  object({ reason: text(), operations: z.array(operation) }),
);

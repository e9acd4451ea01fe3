import type * as Zod from "zod";
import { isUnknown, type Value } from "../../../access";
import { show } from "../../words";
import schema from "./schema.json";

/** A part of the schema, as far as it is walked through. */
export interface Definition {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly oneOf?: readonly Definition[];
  readonly properties?: Readonly<Record<string, Definition>>;
  readonly additionalProperties?: boolean | Definition;
  readonly items?: Definition;
}

const KINDS: Readonly<Record<string, Definition>> = schema.properties;
const DEFINITIONS = schema.$defs as Readonly<Record<string, Definition>>;

/** The first of a name, in lower case. */
const KINDS_BY_NAME = new Map(
  Object.keys(KINDS)
    .reverse()
    .map((kind) => [kind.split(" ")[1]?.toLowerCase(), kind]),
);

/** The release of Kubernetes whose API server says so, such as `1.36`. */
export const VERSION = /\d+\.\d+/.exec(schema.$comment)?.[0] ?? "";

/** What is known of a kind, such as `apps/v1 Deployment`. */
export function definitionOf(kind: string): Definition | undefined {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
}

/** The kind that the provider calls so: `cron_job_v1`. */
export function kindOfProvider(name: string): string | undefined {
  return KINDS_BY_NAME.get(name.replace(/_v\d$/, "").replaceAll("_", ""));
}

export function resolved(definition: Definition): Definition {
  const { $ref } = definition;
  return $ref === undefined ? definition : (DEFINITIONS[$ref.slice($ref.lastIndexOf("/") + 1)] ?? {});
}

/** A shape is made of the schema when the first object is judged, and not when the rules are loaded. */
let shapes: Readonly<Record<string, Zod.ZodType>> | undefined;

function shapeOf(kind: string): Zod.ZodType {
  const { z } = require("zod") as typeof Zod;
  shapes ??= (z.fromJSONSchema(schema as Zod.core.JSONSchema.JSONSchema) as Zod.ZodObject).shape as Record<
    string,
    Zod.ZodType
  >;
  return shapes[kind] ?? z.never();
}

/**
 * What the schema has against an object of a kind that it knows.
 *
 * @param isWhole whether all must be there that Kubernetes asks for; of a patch the rest stands somewhere else
 */
export function objections(kind: string, object: Value, isWhole: boolean): string[] {
  const issues = shapeOf(kind).safeParse(object, { jitless: true }).error?.issues ?? [];
  return issues.flatMap((issue) => {
    const found = valueAt(object, issue.path);
    const place = issue.path.join(".");
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => `${[...issue.path, key].join(".")} is no field that it knows`);
    if (isUnknown(found) || (found === undefined && !isWhole)) return [];
    return [found === undefined ? `${place} is not set` : `${place} is ${what(issue, found)}`];
  });
}

function what(issue: Zod.core.$ZodIssue, found: Value): string {
  if (issue.code === "invalid_value" && typeof found === "string")
    return `${show(found)}, and must be ${issue.values.map((value) => show(String(value))).join(" or ")}`;
  const wanted = issue.code === "invalid_type" ? `, and must be of the type ${issue.expected}` : "";
  return `of the type ${Array.isArray(found) ? "array" : typeof found}${wanted}`;
}

function valueAt(value: Value, path: readonly PropertyKey[]): Value | undefined {
  return path.reduce<Value | undefined>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && !isUnknown(inner)
        ? (inner as Readonly<Record<PropertyKey, Value>>)[key]
        : inner,
    value,
  );
}

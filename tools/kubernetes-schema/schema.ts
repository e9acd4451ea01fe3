/** A part of an OpenAPI document of Kubernetes', as its API server answers it at `/openapi/v3/…`. */
export interface OpenApi {
  readonly components: { readonly schemas: Readonly<Record<string, Definition>> };
}

type Definition = { readonly [key: string]: unknown };

/** What the proof validates objects by, as JSON Schema; `properties` are the kinds, such as `apps/v1 Deployment`. */
export interface KubernetesSchema {
  readonly $comment: string;
  readonly type: "object";
  readonly properties: Readonly<Record<string, Definition>>;
  readonly $defs: Readonly<Record<string, Definition>>;
}

/** What says nothing about whether an object is valid. */
const SILENT = new Set(["description", "default", "title"]);

/**
 * The schema of some kinds out of the documents of their groups, with all that these refer to. An API server that is
 * asked to be strict refuses a field that it does not know, as OpenAPI does not say.
 *
 * @throws when one of the kinds is in none of the documents
 */
export function schemaOf(
  documents: readonly OpenApi[],
  kinds: readonly string[],
  version: string,
): KubernetesSchema {
  const all = new Map(documents.flatMap(({ components }) => Object.entries(components.schemas)));
  const names = new Map([...all].flatMap(([name, each]) => kindsOf(each).map((kind) => [kind, name])));
  const missing = kinds.filter((kind) => !names.has(kind));
  if (missing.length > 0) throw new Error(`the API server does not know ${missing.join(", ")}`);
  const found = new Map<string, Definition>();
  const add = (name: string) => {
    if (found.has(name)) return;
    const definition = strict(all.get(name) ?? {});
    found.set(name, definition);
    referencesOf(definition).forEach(add);
  };
  kinds.forEach((kind) => add(names.get(kind) ?? ""));
  return {
    $comment: `Kubernetes ${version}, Apache License 2.0. Made by npm run kubernetes-schema; do not edit.`,
    type: "object",
    properties: Object.fromEntries(kinds.map((kind) => [kind, reference(names.get(kind) ?? "")])),
    $defs: Object.fromEntries([...found].sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}

/** One definition a line, so that a change of version can be read. */
export function schemaText({ $comment, type, properties, $defs }: KubernetesSchema): string {
  const lines = (entries: Readonly<Record<string, unknown>>) =>
    Object.entries(entries)
      .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(",\n");
  return `{
  "$comment": ${JSON.stringify($comment)},
  "type": ${JSON.stringify(type)},
  "properties": {
${lines(properties)}
  },
  "$defs": {
${lines($defs)}
  }
}
`;
}

function kindsOf(definition: Definition): string[] {
  const kinds = definition["x-kubernetes-group-version-kind"] as
    readonly Record<string, string>[] | undefined;
  return (kinds ?? []).map(({ group, version, kind }) => `${group ? `${group}/` : ""}${version} ${kind}`);
}

function strict(definition: Definition): Definition {
  const entries = Object.entries(definition)
    .filter(([key]) => !SILENT.has(key) && !key.startsWith("x-kubernetes-"))
    .map(([key, value]) => [key, strictValue(key, value)] as const);
  const result: Definition = Object.fromEntries(entries);
  const { allOf } = result;
  // Only that a description may stand beside it.
  if (Array.isArray(allOf) && allOf.length === 1 && entries.length === 1) return allOf[0] as Definition;
  return "properties" in result ? { ...result, additionalProperties: false } : result;
}

function strictValue(key: string, value: unknown): unknown {
  if (key === "$ref") return reference(String(value).split("/").pop() ?? "").$ref;
  if (key === "properties")
    return Object.fromEntries(
      Object.entries(value as Record<string, Definition>).map(([name, each]) => [name, strict(each)]),
    );
  if (Array.isArray(value) && ["allOf", "anyOf", "oneOf"].includes(key))
    return (value as Definition[]).map(strict);
  return ["items", "additionalProperties"].includes(key) && typeof value === "object"
    ? strict(value as Definition)
    : value;
}

function reference(name: string) {
  return { $ref: `#/$defs/${name}` };
}

function referencesOf(definition: Definition): string[] {
  return [...JSON.stringify(definition).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map(
    ([, name = ""]) => name,
  );
}

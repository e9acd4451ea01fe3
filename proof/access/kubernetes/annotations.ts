import { ownValue } from "../own";
import { asObject, asText, asTextMap, isObject, type ValueObject } from "../read";
import type { TerraformResource } from "../terraform/configuration";
import { isUnknown, type Known, type Value } from "../value";
import type { Manifest } from "./manifest";

/** The objects with what `kubernetes_annotations` puts on those that another resource or a file writes. */
export function withAnnotations(
  objects: readonly Manifest[],
  resources: readonly TerraformResource[],
): Manifest[] {
  const added = new Map<string, TerraformResource[]>();
  for (const resource of resources) {
    if (resource.mode !== "managed" || resource.type !== "kubernetes_annotations") continue;
    const { name, namespace } = asObject(resource.body.metadata);
    const key = keyOf(asText(resource.body.kind), asText(namespace), asText(name));
    added.set(key, [...(added.get(key) ?? []), resource]);
  }
  return objects.map((object) =>
    (added.get(keyOf(object.kind, object.namespace, object.name)) ?? []).reduce(annotated, object),
  );
}

function keyOf(kind: Known<string>, namespace: Known<string>, name: Known<string>): string {
  return [kind, namespace ?? "default", name]
    .map((part) => (isUnknown(part) ? part.expression : (part ?? "")))
    .join("/");
}

/** Where a kind has the template of its pods; a Pod is its own. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  CronJob: ["spec", "jobTemplate", "spec", "template"],
  Pod: [],
};

function annotated(object: Manifest, { body }: TerraformResource): Manifest {
  const template = ownValue(TEMPLATES, object.kind) ?? ["spec", "template"];
  const own = within(object.body, ["metadata", "annotations"], asObject(body.annotations));
  return {
    ...object,
    annotations: { ...object.annotations, ...asTextMap(body.annotations) },
    body: within(own, [...template, "metadata", "annotations"], asObject(body.template_annotations)),
  };
}

/** An object with more keys at a place of it. */
function within(object: ValueObject, [first, ...rest]: readonly string[], more: ValueObject): ValueObject {
  if (Object.keys(more).length === 0) return object;
  if (first === undefined) return { ...object, ...more };
  const inner: Value | undefined = object[first];
  return { ...object, [first]: within(isObject(inner) ? inner : {}, rest, more) };
}

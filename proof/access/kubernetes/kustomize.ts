import path from "node:path";
import { asList, asObject, asText, type ValueObject } from "../read";
import type { TextFile } from "../text-file";
import { known, type Value } from "../value";
import type { Manifest } from "./manifest";
import { yamlDocuments } from "./yaml";

/** What Kustomize makes of files before they become objects of a cluster. */
export interface Kustomizations {
  /** Whether a file is a patch: a part of an object that another file describes. */
  readonly isPatch: (file: string) => boolean;
  /** An object of a file as each overlay makes it: in the namespaces that they set, or as it is. */
  readonly overlaid: (object: Manifest, file: string) => readonly Manifest[];
}

const NAMES = /(^|\/)(kustomization\.ya?ml|Kustomization)$/;

/** Whether a file says how others are put together. */
export function isKustomization(file: string): boolean {
  return NAMES.test(file);
}

/** (Kustomize, reference of kustomization.yaml.) */
export function readKustomizations(files: readonly TextFile[]): Kustomizations {
  const all = new Map(
    files
      .filter(({ file }) => isKustomization(file))
      .map(({ file, text }) => [path.dirname(file), bodyOf(text)] as const),
  );
  const patches = new Set(
    [...all].flatMap(([folder, body]) => patchesOf(body).map((each) => path.join(folder, each))),
  );
  const namespaces = new Map<string, Set<string>>();
  for (const [folder, body] of all) {
    const namespace = known(asText(body.namespace));
    if (namespace === undefined || namespace === "") continue;
    for (const file of resourcesOf(folder, all))
      namespaces.set(file, (namespaces.get(file) ?? new Set<string>()).add(namespace));
  }
  return {
    isPatch: (file) => patches.has(path.normalize(file)),
    overlaid: (object, file) => {
      const set = [...(namespaces.get(path.normalize(file)) ?? [])];
      return set.length === 0 ? [object] : set.map((namespace) => ({ ...object, namespace }));
    },
  };
}

/** What cannot be read is told where its objects are read. */
function bodyOf(text: string): ValueObject {
  try {
    return asObject(yamlDocuments(text)[0]?.body);
  } catch {
    return {};
  }
}

function patchesOf({ patches, patchesStrategicMerge, patchesJson6902 }: ValueObject): string[] {
  return [
    ...[...asList(patches), ...asList(patchesJson6902)].map((each) => asObject(each).path),
    ...asList(patchesStrategicMerge),
  ].flatMap(fileOf);
}

/** A name; a patch may stand in the list itself. */
function fileOf(value: Value | undefined): string[] {
  return typeof value === "string" && !value.includes("\n") ? [value] : [];
}

/** Every file that a folder's kustomization takes in, also by way of other folders. */
function resourcesOf(
  folder: string,
  all: ReadonlyMap<string, ValueObject>,
  above: readonly string[] = [],
): string[] {
  const body = all.get(folder);
  if (body === undefined || above.includes(folder)) return [];
  const { resources, bases, components } = body;
  return [...asList(resources), ...asList(bases), ...asList(components)].flatMap(fileOf).flatMap((each) => {
    const place = path.join(folder, each).replace(/\/$/, "");
    return all.has(place) ? resourcesOf(place, all, [...above, folder]) : [place];
  });
}

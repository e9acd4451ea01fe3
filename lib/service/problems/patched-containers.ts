import { imageProblems, type Problem } from "../../core";
import type { Container, PodTemplate } from "../pod/types";
import { containerNameProblems, volumeNameProblems } from "./reserved-names";
import { variableNameProblems } from "./variables";

/**
 * What no literal may say of a container, and no rule could know, where a patch says it.
 *
 * @param withheld Secrets that hold a database's password
 */
export function patchedContainerProblems(
  property: string,
  before: PodTemplate,
  after: PodTemplate,
  withheld: ReadonlySet<string>,
): Problem[] {
  const known = new Map(containersOf(before).map((container) => [container.name, container]));
  const own = new Set(secretsIn(before));
  const volumes = new Set(before.spec.volumes.map(({ name }) => name));
  return [
    ...listOf(after.spec.volumes)
      .filter(({ name }) => !volumes.has(name))
      .flatMap(({ name }) => volumeNameProblems(property, String(name))),
    ...containersOf(after).flatMap((container) =>
      ofContainer(property, container, known.get(container.name)),
    ),
    ...[...new Set(secretsIn(after))]
      .filter((secret) => withheld.has(secret) && !own.has(secret))
      .map((got) => ({
        property,
        must: "refer to no Secret that holds a database's password",
        got,
        fix: "take it out: the application reads the credentials file",
      })),
  ];
}

function ofContainer(
  property: string,
  { name: called, image, env }: Container,
  before: Container | undefined,
): Problem[] {
  const names = new Set(before?.env.map(({ name }) => name));
  return [
    ...(before === undefined ? containerNameProblems(property, String(called)) : []),
    ...(image === before?.image ? [] : imageProblems(property, String(image))),
    // What is done to the contract's variables the proof of the contract sees.
    ...listOf(env)
      .filter(({ name }) => !names.has(name))
      .flatMap(({ name }) => variableNameProblems(property, String(name))),
  ];
}

function containersOf({ spec }: PodTemplate): readonly Container[] {
  return [...listOf(spec.containers), ...listOf(spec.initContainers)];
}

/** A patch may have made something else of it, which Kubernetes' schema refuses. */
function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "object" && each !== null) : [];
}

/** Names of Secrets in a value of JSON, wherever one is referred to. */
function secretsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([key, entry]) => {
    const { name } = (entry ?? {}) as { readonly name?: unknown };
    const isReference = ["secretKeyRef", "secretRef", "secret"].includes(key);
    return [
      ...(isReference && typeof name === "string" ? [name] : []),
      ...(key === "secretName" && typeof entry === "string" ? [entry] : []),
      ...secretsIn(entry),
    ];
  });
}

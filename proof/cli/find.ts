import { UsageError } from "./failure";

/** The one with that name; otherwise an error that lists the names there are. */
export function find<T extends { readonly name: string }>(
  kind: string,
  name: string,
  among: readonly T[],
): T {
  const found = among.find((candidate) => candidate.name === name);
  if (found) return found;
  const known = among.map((candidate) => JSON.stringify(candidate.name)).join(", ") || "none";
  throw new UsageError(`there is no ${kind} ${JSON.stringify(name)}; known: ${known}`);
}

/**
 * The environment of a name, or, where there is none, that environment in each of its clusters, `<name>-<cluster>`.
 *
 * @throws UsageError with the names that there are
 */
export function inItsClusters<T extends { readonly name: string }>(name: string, among: readonly T[]): T[] {
  const exact = among.some((each) => each.name === name);
  const clusters = exact ? [] : among.filter((each) => each.name.startsWith(`${name}-`));
  return clusters.length > 0 ? clusters : [find("environment", name, among)];
}

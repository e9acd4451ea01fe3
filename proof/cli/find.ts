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

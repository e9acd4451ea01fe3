import { ExpectedError } from "@leasehold/proof/core";
import { distance } from "fastest-levenshtein";
import type { DeclaredEnvironment } from "../environment/environment";

/** Of which environments there are, those that a synth renders; it leaves what it finds of the others. */
export interface Selection {
  /** In the order in which they are declared. */
  readonly chosen: readonly string[];
  readonly others: readonly string[];
}

/** Somebody asks for an environment that nobody has declared. */
export class UnknownEnvironmentError extends ExpectedError {}

/**
 * Those of some names, and the environments in which their changes are proven: a comparison with what was rendered at
 * some other time would say nothing.
 *
 * @param only names of environments; all of them where there is none
 * @throws UnknownEnvironmentError where one of the names is nobody's
 */
export function selectionOf(declared: readonly DeclaredEnvironment[], only: readonly string[]): Selection {
  // Nobody has read them yet.
  const named = (Array.isArray(declared) ? declared : []).filter(
    (each: Partial<DeclaredEnvironment> | null | undefined) => typeof each?.name === "string",
  );
  const all = named.map(({ name }) => name);
  if (only.length === 0) return { chosen: all, others: [] };
  // A set is gone through to its end, also where it grows on the way.
  const wanted = new Set(only.map((name) => known(name, all)));
  for (const name of wanted) {
    const before = named.find((each) => each.name === name)?.provenIn;
    if (before !== undefined) wanted.add(before);
  }
  return {
    chosen: all.filter((name) => wanted.has(name)),
    others: all.filter((name) => !wanted.has(name)),
  };
}

function known(name: string, all: readonly string[]): string {
  if (all.includes(name)) return name;
  const [nearest] = [...all].sort((a, b) => distance(name, a) - distance(name, b));
  const meant = nearest === undefined ? "" : `; the nearest is ${JSON.stringify(nearest)}`;
  throw new UnknownEnvironmentError(
    `there is no environment ${JSON.stringify(name)}; known: ${all.map((each) => JSON.stringify(each)).join(", ") || "none"}${meant}`,
  );
}

/**
 * The environment that a stack, or a folder of an output, is of: stacks are named after theirs, with more behind it.
 * Of two that begin alike it is the longer one's.
 */
export function environmentOf(name: string, { chosen, others }: Selection): string | undefined {
  return [...chosen, ...others]
    .filter((each) => name === each || name.startsWith(`${each}-`))
    .sort((a, b) => b.length - a.length)[0];
}

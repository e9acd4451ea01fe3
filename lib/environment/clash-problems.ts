import { groupBy, type LocatedProblem } from "../core";
import { claimsOf, type Claim } from "./claims";
import { inClusters } from "./clusters";
import type { DeclaredEnvironment } from "./environment";

/**
 * What environments would take from each other: a login, a path, a name that there is once. Each that is
 * concerned is told, with the names of the others; within one environment the first one may keep it.
 */
export function clashProblems(environments: readonly DeclaredEnvironment[]): LocatedProblem[] {
  // Environments of one name share everything: that they do is told as that alone.
  const named = environments.filter(
    ({ name }, index) => environments.findIndex((e) => e.name === name) === index,
  );
  const claims = claimsOf(inClusters(named));
  const clashes = clashesOf(claims);
  const refused = claims.filter((claim) =>
    [...(clashes.get(claim) ?? [])].some((other) => isRefusedBy(claim, other, claims)),
  );
  return [
    ...groupBy(refused, ({ path, property, must }) => [path, property, must].join("\n")).values(),
  ].flatMap((group) => problemOf(group, clashes));
}

function isRefusedBy(claim: Claim, other: Claim, claims: readonly Claim[]): boolean {
  return claim.environment !== other.environment || claims.indexOf(other) < claims.indexOf(claim);
}

/** The claims that meet each claim, at a key of both, or where one lies below the other. */
function clashesOf(claims: readonly Claim[]): Map<Claim, Set<Claim>> {
  const at = keyed(claims, ({ keys }) => keys);
  const below = keyed(claims, ({ under = [] }) => under);
  return new Map(
    claims.map((claim) => {
      const met = [
        ...claim.keys.flatMap((key) => [...(at.get(key) ?? []), ...(below.get(key) ?? [])]),
        ...(claim.under ?? []).flatMap((key) => at.get(key) ?? []),
      ];
      return [claim, new Set(met.filter((other) => other !== claim))];
    }),
  );
}

function keyed(claims: readonly Claim[], keysOf: (claim: Claim) => readonly string[]): Map<string, Claim[]> {
  const map = new Map<string, Claim[]>();
  for (const claim of claims) {
    for (const key of keysOf(claim)) {
      const group = map.get(key);
      if (group === undefined) map.set(key, [claim]);
      else group.push(claim);
    }
  }
  return map;
}

function problemOf(
  group: readonly Claim[],
  clashes: ReadonlyMap<Claim, ReadonlySet<Claim>>,
): LocatedProblem[] {
  const [first] = group;
  if (first === undefined) return [];
  const { path, property, must, fix } = first;
  const others = group.flatMap((claim) => [...(clashes.get(claim) ?? [])]);
  const owners = [
    ...new Set(
      others.map((other) => (other.environment === first.environment ? other.path : other.environment)),
    ),
  ];
  const got = [...new Set(group.map((claim) => claim.got))];
  return [
    {
      path,
      property,
      must: `${must}; ${owners.join(", ")} ${owners.length === 1 ? "has" : "have"} it too`,
      got: got.length === 1 ? got[0] : got,
      fix,
    },
  ];
}

import { reasonProblems, repeated, type Problem } from "../core";
import type { CredentialStrategy, Replication } from "./grants";
import { catalogNameProblems } from "./name-problems";

/** Everything that is wrong with the replication of one service. */
export function replicationProblems(
  property: string,
  { publications, reason }: Replication,
  strategy: CredentialStrategy,
): Problem[] {
  const none: Problem = {
    property: `${property}.publications`,
    must: "name at least one publication",
    got: publications,
    fix: "name what the service reads (CREATE PUBLICATION … FOR TABLE …, by the owner of the tables), or take 'replication' out",
  };
  const direct: Problem = {
    property,
    must: 'be left out where the strategy is "direct": only the bootstrap SQL gives Vault\'s login REPLICATION, which it must have to hand it on',
    got: publications,
    fix: 'take the strategy "group"',
  };
  return [
    ...(publications.length > 0 ? [] : [none]),
    ...publications.flatMap((name, index) =>
      catalogNameProblems(`${property}.publications[${index}]`, name, "publication"),
    ),
    ...repeated(publications).map((name) => ({
      property: `${property}.publications`,
      must: "name each publication once",
      got: name,
      fix: "take one of them out",
    })),
    ...reasonProblems(`${property}.reason`, reason),
    ...(strategy === "direct" ? [direct] : []),
  ];
}

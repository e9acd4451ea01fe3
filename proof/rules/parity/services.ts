import type { AccessGraph, Chain } from "../../access";
import { groupBy } from "../../core";
import { serviceOf, stageOf } from "../migration/stages";

export { serviceOf };

/** A chain with the one of the same service and file in the environment before, if that has the service. */
export function* pairs(graph: AccessGraph, before: AccessGraph): Iterable<[Chain, Chain]> {
  const keyOf = ({ workload, use }: Chain) => `${serviceOf(workload)} ${use.name}`;
  const others = groupBy(before.chains.filter(isUsed), keyOf);
  for (const chain of graph.chains.filter(isUsed)) {
    const [other] = others.get(keyOf(chain)) ?? [];
    if (other !== undefined) yield [chain, other];
  }
}

/** Pods that only try their credentials do so in a way of their own. */
function isUsed({ workload }: Chain): boolean {
  return stageOf(workload) !== "shadow";
}

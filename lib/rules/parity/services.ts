import { known, type AccessGraph, type Chain, type Workload } from "../../access";

/** What a service is in every environment: its name. */
export function serviceOf({ name, origin }: Workload): string {
  return known(name) ?? origin.address;
}

/** A chain with the one of the same service and file in the environment before, if that has the service. */
export function* pairs(graph: AccessGraph, before: AccessGraph): Iterable<[Chain, Chain]> {
  for (const chain of graph.chains) {
    const other = before.chains.find(
      (each) => serviceOf(each.workload) === serviceOf(chain.workload) && each.use.name === chain.use.name,
    );
    if (other !== undefined) yield [chain, other];
  }
}

import { asObject, known, scales, type AccessGraph } from "../../../access";
import type { Violation } from "../../rule";
import { show } from "../../words";
import { resourceFinder } from "../resources";

/** A number of pods is set by one: by who writes it, or by one autoscaler. */
export function* autoscaled(graph: AccessGraph): Iterable<Violation> {
  const { workloads, autoscalers } = graph;
  for (const autoscaler of autoscalers) {
    const { origin: at, target, min, max } = autoscaler;
    const own = workloads.filter((workload) => scales(autoscaler, workload));
    if (own.length === 0)
      yield {
        at,
        message: `it scales ${show(target.kind)} ${show(target.name)}, which is not in its namespace`,
        fix: "name the workload that it is meant for",
      };
    if ((known(min) ?? 1) > (known(max) ?? Infinity))
      yield {
        at,
        message: `it asks for ${known(min)} pods at least and ${known(max)} at most`,
        fix: "lower min_replicas",
      };
  }
  const find = resourceFinder(graph);
  for (const workload of workloads) {
    const { kind, origin: at, body } = workload;
    if (kind !== "Deployment" || find(at) === undefined) continue;
    const own = autoscalers.filter((each) => scales(each, workload));
    const isWritten = asObject(body.spec).replicas !== undefined;
    if (own.length > 0 && isWritten)
      yield {
        at,
        message: `it has a number of replicas, and ${own.map(({ origin }) => origin.address).join(" and ")} sets another one: each apply takes back what was scaled`,
        fix: "leave replicas to the autoscaler",
      };
    if (own.length > 1)
      yield {
        at,
        message: `${own.map(({ origin }) => origin.address).join(" and ")} scale it, each against the other`,
        fix: "leave one of them",
      };
    if (own.length === 0 && !isWritten)
      yield {
        at,
        message: "nobody says how many replicas it has",
        fix: "write replicas, or an autoscaler of it",
      };
  }
}

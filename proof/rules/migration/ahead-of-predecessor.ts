import type { Rule } from "../rule";
import { show } from "../words";
import { DYNAMIC_EXAMPLE } from "./example";
import { services, stageOfService, STAGES } from "./stages";

export const aheadOfPredecessor: Rule = {
  id: "migration/ahead-of-predecessor",
  severity: "error",
  title: "migration that is ahead of the environment before",
  why: "A stage is tried where nobody is hurt: what has not run in staging is tried by production's customers.",
  example: {
    language: "yaml",
    before: { from: "migration-stage: dynamic", to: "migration-stage: canary" },
    text: DYNAMIC_EXAMPLE,
  },
  *check(graph, { predecessor }) {
    if (predecessor === undefined) return;
    const there = services(predecessor.graph);
    for (const [service, [workload, ...others]] of services(graph)) {
      const before = there.get(service);
      if (workload === undefined || before === undefined) continue;
      const [here, proven] = [stageOfService([workload, ...others]), stageOfService(before)];
      if (STAGES.indexOf(here) <= STAGES.indexOf(proven)) continue;
      yield {
        at: workload.origin,
        message: `${show(service)} stands at ${show(here)} here and at ${show(proven)} in ${predecessor.name}`,
        fix: `take ${predecessor.name} to ${show(here)} first`,
      };
    }
  },
};

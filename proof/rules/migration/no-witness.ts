import type { Rule } from "../rule";
import { show } from "../words";
import { STATIC_EXAMPLE } from "./example";
import { services, stageOfService } from "./stages";

export const noWitness: Rule = {
  id: "migration/no-witness",
  severity: "warning",
  title: "step of a migration that nothing can be compared with",
  why: "That a stage was not skipped shows beside what was there before: the output of the last synth.",
  example: {
    language: "yaml",
    text: STATIC_EXAMPLE.replace("migration-stage: static", "migration-stage: canary"),
  },
  *check(graph, { witness }) {
    if (witness !== undefined) return;
    for (const [service, [workload, ...others]] of services(graph)) {
      if (workload === undefined) continue;
      const stage = stageOfService([workload, ...others]);
      if (stage === "static" || stage === "complete") continue;
      yield {
        at: workload.origin,
        message: `${show(service)} stands at ${show(stage)}, and nobody knows where it stood before`,
        fix: "keep cdktf.out/migration-stages.json of the last synth between runs",
      };
    }
  },
};

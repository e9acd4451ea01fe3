import { scales } from "../../access";
import type { Rule } from "../rule";
import { show } from "../words";
import { DYNAMIC_EXAMPLE } from "./example";
import { services, stageOfService, STAGES, steps, type Stage } from "./stages";

export const skippedStage: Rule = {
  id: "migration/skipped-stage",
  severity: "error",
  title: "more than one step of a migration at once",
  why: "Each stage proves what the next one relies on: whoever jumps finds out in front of all customers.",
  example: {
    language: "yaml",
    witness: { orders: "static" },
    text: DYNAMIC_EXAMPLE,
  },
  *check(graph, { witness }) {
    if (witness === undefined) return;
    for (const [service, workloads] of services(graph)) {
      const before = witness.stages.get(service);
      const [first] = workloads;
      if (before === undefined || first === undefined) continue;
      const now = stageOfService(workloads);
      // A canary is a share of a number, which nobody writes where an autoscaler sets it.
      const isScaled = graph.autoscalers.some((each) => scales(each, first));
      const hasCanary = first.kind === "Deployment" && (!isScaled || before === "canary");
      const taken = steps(before, now, hasCanary);
      // From the end of the way there is a way back to each stage that keeps the new credentials.
      if (Math.abs(taken) <= 1 || isReturn(before, now)) continue;
      const next = STAGES.filter((stage) => Math.abs(steps(before, stage, hasCanary)) === 1);
      yield {
        at: first.origin,
        message: `${show(service)} goes from ${show(before)} in ${witness.name} to ${show(now)}`,
        fix: `take one step: ${next.map(show).join(" or ")}`,
      };
    }
  },
};

/** Who finds something wrong late must not have to go slowly. */
function isReturn(before: Stage, now: Stage): boolean {
  return before === "complete" && (now === "dynamic" || now === "canary");
}

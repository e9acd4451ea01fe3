import { known } from "../../access";
import type { Rule } from "../rule";
import { show } from "../words";
import { STATIC_EXAMPLE } from "./example";
import { credentialsOf, services, stageOfService } from "./stages";

export const canaryAlone: Rule = {
  id: "migration/canary-alone",
  severity: "error",
  title: "canary without pods to compare it with",
  why: "A canary shows something beside pods that live as before; alone it is all there is, and going back is an outage.",
  example: {
    language: "yaml",
    text: STATIC_EXAMPLE.replace("migration-stage: static", "migration-stage: canary"),
  },
  *check(graph) {
    for (const [service, workloads] of services(graph)) {
      const [first] = workloads;
      if (first === undefined || stageOfService(workloads) !== "canary") continue;
      const pods = (kind: string) =>
        workloads
          .filter((workload) => credentialsOf(workload) === kind)
          .reduce((sum, { replicas }) => sum + (known(replicas) ?? 1), 0);
      const [fixed, dynamic] = [pods("static"), pods("dynamic")];
      if (fixed > 0 && dynamic > 0) continue;
      yield {
        at: first.origin,
        message: `${show(service)} has ${fixed} pods on static credentials and ${dynamic} on dynamic ones`,
        fix: "give it a pod of each kind at least, which takes two replicas",
      };
    }
  },
};

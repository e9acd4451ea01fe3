import {
  CREATE_ACTING,
  DEPLOYMENT_ANNOTATIONS,
  DEPLOYMENT_END,
  DEPLOYMENT_METADATA,
  DROP,
  WIDE_ROLE_HEAD,
} from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";

export const ownerAllTheTime: Rule = {
  id: "lifecycle/owner-all-the-time",
  severity: "warning",
  title: "pods that act as another role all the time",
  why: "Credentials that become another role by ALTER ROLE … SET role mostly do so to own what they create; an owner may change and drop its tables, which is for a Job that changes the schema and ends, and not for pods that answer requests.",
  example: {
    language: "hcl",
    text: `${WIDE_ROLE_HEAD}
${CREATE_ACTING}
${DROP}
}

${DEPLOYMENT_METADATA}
    replicas = 2
${DEPLOYMENT_ANNOTATIONS}
${DEPLOYMENT_END}`,
  },
  *check({ chains }) {
    for (const { workload, databaseRole } of chains) {
      const actsAs = databaseRole?.statements?.creation.actsAs;
      if (actsAs === undefined || workload.kind === "Job" || workload.kind === "CronJob") continue;
      yield {
        at: workload.origin,
        message: `the pods of the ${workload.kind} act as ${show(actsAs)} as long as they run`,
        fix: "change the schema in a Job with a role of its own, and grant the pods what they need of the tables",
      };
    }
  },
};

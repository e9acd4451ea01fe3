import { known, type Workload } from "../../access";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { STATIC_EXAMPLE } from "./example";
import { credentialsOf, ownSecrets, serviceOf, stageOf, staysOf } from "./stages";

export const staticCredentials: Rule = {
  id: "migration/static-credentials",
  severity: "warning",
  title: "pods that live on a password which never changes",
  why: "It is the debt that a migration pays off: whoever has read the Secret once has the database until somebody changes the password by hand.",
  example: { language: "yaml", text: STATIC_EXAMPLE },
  *check({ workloads }) {
    for (const workload of workloads) {
      if (stageOf(workload) === undefined || credentialsOf(workload) !== "static") continue;
      const found = secretsOf(workload);
      if (found.length === 0) continue;
      const stays = staysOf(workload);
      yield {
        at: workload.origin,
        message: `the pods of ${show(serviceOf(workload))} take their password from ${listed(found.map(show))}, at the stage ${show(stageOf(workload))}${stays === undefined ? "" : `, and stay on it until ${stays.until}: ${stays.reason}`}`,
        fix: "go on with the migration: npx leasehold migrate says what is next",
      };
    }
  },
};

function secretsOf(workload: Workload): string[] {
  const { pod } = workload;
  const own = ownSecrets(workload);
  const variables = pod.containers.flatMap(({ env }) => env.map(({ secret }) => known(secret?.name)));
  const volumes = pod.volumes.map(({ secret }) => known(secret));
  return [...new Set([...variables, ...volumes])]
    .filter((name) => name !== undefined)
    .filter((name) => !own.has(name))
    .sort();
}

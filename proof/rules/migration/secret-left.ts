import { known } from "../../access";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { STATIC_EXAMPLE } from "./example";
import { ownSecrets, serviceOf, stageOf } from "./stages";

export const secretLeft: Rule = {
  id: "migration/secret-left",
  severity: "error",
  title: "Secret in pods that need none any more",
  why: "Once all pods live on dynamic credentials nothing may refer to the Secret: it is there for going back, and pods that refer to it do not start when it goes.",
  example: {
    language: "yaml",
    text: STATIC_EXAMPLE.replace("migration-stage: static", "migration-stage: dynamic"),
  },
  *check({ workloads }) {
    for (const workload of workloads) {
      if (stageOf(workload) !== "dynamic") continue;
      const variables = workload.pod.containers.flatMap(({ env, envFromSecrets }) => [
        ...env.flatMap(({ secret }) => known(secret?.name) ?? []),
        ...envFromSecrets.flatMap((name) => known(name) ?? []),
      ]);
      const volumes = workload.pod.volumes.flatMap(({ secret }) => known(secret) ?? []);
      const own = ownSecrets(workload);
      const names = [...new Set([...variables, ...volumes])].filter((name) => !own.has(name));
      if (names.length === 0) continue;
      yield {
        at: workload.origin,
        message: `the pods of ${show(serviceOf(workload))} refer to ${listed(names.map(show))} at the stage "dynamic"`,
        fix: "take the reference out, or go back to the stage that needs it",
      };
    }
  },
};

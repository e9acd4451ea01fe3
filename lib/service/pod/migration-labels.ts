import type { ServicePlan } from "../service-plan";

/** The label by which all pods of a service are found, whatever workload they are of. */
export const SERVICE_LABEL = "leasehold/service";
/** Tells the pods of a canary from the others: `static` or `dynamic`. */
export const CREDENTIALS_LABEL = "leasehold/credentials";
/** On the workload, not on its pods: a stage that changes nothing for them must not restart them. */
export const STAGE_ANNOTATION = "leasehold/migration-stage";

/** Labels that select all pods of a service. */
export function serviceSelector(service: string): Record<string, string> {
  return { [SERVICE_LABEL]: service };
}

/** Why the application is restarted for each new user. */
export const RESTART_ANNOTATION = "leasehold/restart-on-rotation";

/** What the workload says about itself; at the end of the way there is nothing to say about stages any more. */
export function workloadAnnotations({
  migration: { stage },
  restartOnRotation,
}: Pick<ServicePlan, "migration" | "restartOnRotation">): Record<string, string> {
  return {
    ...(stage !== "complete" && { [STAGE_ANNOTATION]: stage }),
    ...(restartOnRotation && { [RESTART_ANNOTATION]: restartOnRotation.reason }),
  };
}

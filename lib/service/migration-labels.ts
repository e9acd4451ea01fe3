import type { Stage } from "./migration";

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

/** Nothing at the end of the way, where there is nothing to say any more. */
export function stageAnnotation(stage: Stage): { readonly annotations?: Record<string, string> } {
  return stage === "complete" ? {} : { annotations: { [STAGE_ANNOTATION]: stage } };
}

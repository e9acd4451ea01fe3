import type { Workload } from "../declaration/workload";
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
/** Why all old pods end before a new one starts. */
export const RECREATE_ANNOTATION = "leasehold/recreate";
/** Why a Job may run again at every apply. */
export const RUNS_AGAIN_ANNOTATION = "leasehold/runs-again";
/** Most pods at the same time, where Kubernetes decides how many there are. */
export const PODS_ANNOTATION = "leasehold/pods";

/** Why the pods are patched. */
export const POD_PATCH_ANNOTATION = "leasehold/pod-patch";

/** Why a service stays on its static password; with `-until` the last day. */
export const STAYS_ANNOTATION = "leasehold/stays";
/** Secrets of the application's own, which are no database's passwords. */
export const OWN_SECRETS_ANNOTATION = "leasehold/own-secrets";

/** The Secrets that an application refers to beside those of its migration. */
function ownSecrets(workload: Workload): string[] {
  if (workload.kind === "elsewhere") return [];
  const { env = {}, pod = {} } = workload;
  const containers = [...(pod.initContainers ?? []), ...(pod.sidecars ?? [])];
  const variables = [env, ...containers.map((each) => each.env ?? {})].flatMap((each) => Object.values(each));
  const names = [
    ...variables.flatMap((value) => (typeof value !== "string" && "secret" in value ? [value.secret] : [])),
    ...(pod.volumes ?? []).flatMap((volume) => (volume.kind === "secret" ? [volume.secret] : [])),
  ];
  return [...new Set(names)].sort();
}

/** What the workload says about itself; at the end of the way there is nothing to say about stages any more. */
export function workloadAnnotations({
  migration,
  restartOnRotation,
  workload,
}: Pick<ServicePlan, "migration" | "restartOnRotation" | "workload">): Record<string, string> {
  const { stage } = migration;
  const pods = workload.kind === "daemon-set" ? workload.nodes : undefined;
  const secrets = stage === "complete" ? [] : ownSecrets(workload);
  const stays = migration.stage === "static" ? migration.stays : undefined;
  return {
    ...(stage !== "complete" && { [STAGE_ANNOTATION]: stage }),
    ...(stays && { [STAYS_ANNOTATION]: stays.reason, [`${STAYS_ANNOTATION}-until`]: stays.until }),
    ...(secrets.length > 0 && { [OWN_SECRETS_ANNOTATION]: secrets.join(",") }),
    ...(restartOnRotation && { [RESTART_ANNOTATION]: restartOnRotation.reason }),
    ...(workload.kind === "deployment" &&
      workload.strategy?.kind === "recreate" && { [RECREATE_ANNOTATION]: workload.strategy.reason }),
    ...(workload.kind === "job" &&
      workload.ttlAfterFinished && { [RUNS_AGAIN_ANNOTATION]: workload.ttlAfterFinished.reason }),
    ...(workload.kind !== "elsewhere" &&
      workload.podPatch && { [POD_PATCH_ANNOTATION]: workload.podPatch.reason }),
    ...(pods !== undefined && { [PODS_ANNOTATION]: String(pods) }),
  };
}

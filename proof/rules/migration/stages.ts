import { known, type AccessGraph, type Workload } from "../../access";

/** The way from a static password to none, in its order. */
export const STAGES = ["static", "shadow", "canary", "dynamic", "complete"] as const;
export type Stage = (typeof STAGES)[number];

/** A workload that says where it stands; one that says nothing is at the end of the way, or was never on it. */
export function stageOf(workload: Workload): Stage | undefined {
  const stage = known(workload.annotations["leasehold/migration-stage"]);
  return STAGES.find((each) => each === stage);
}

/** What the pods of a workload live on while there are both kinds. */
export function credentialsOf({ pod }: Workload): string | undefined {
  return known(pod.labels["leasehold/credentials"]);
}

/** Why a service stays on its static password, and until when; nothing where it is only on its way. */
export function staysOf({
  annotations,
}: Pick<Workload, "annotations">): { readonly reason: string; readonly until: string } | undefined {
  const [reason, until] = ["stays", "stays-until"].map((name) => known(annotations[`leasehold/${name}`]));
  return reason === undefined && until === undefined
    ? undefined
    : { reason: reason ?? "nobody says why", until: until ?? "" };
}

/** Secrets of the application's own, which are no database's. */
export function ownSecrets({ annotations }: Workload): ReadonlySet<string> {
  return new Set(known(annotations["leasehold/own-secrets"])?.split(","));
}

/** Name of the service that a workload is of: a canary is of the same service as the others. */
export function serviceOf({ name, pod, origin }: Workload): string {
  return known(pod.labels["leasehold/service"]) ?? known(name) ?? origin.address;
}

/** The workloads of each service that are told to be of one. */
export function services({ workloads }: AccessGraph): Map<string, Workload[]> {
  const found = new Map<string, Workload[]>();
  for (const workload of workloads) {
    if (known(workload.pod.labels["leasehold/service"]) === undefined) continue;
    const service = serviceOf(workload);
    found.set(service, [...(found.get(service) ?? []), workload]);
  }
  return found;
}

/** Where a service stands: all of its workloads say the same. */
export function stageOfService(workloads: readonly Workload[]): Stage {
  return workloads.map(stageOf).find((stage) => stage !== undefined) ?? "complete";
}

/** Steps from one stage to another, less than none backwards; a workload without replicas has no canary. */
export function steps(from: Stage, to: Stage, hasCanary: boolean): number {
  const way = STAGES.filter((stage) => hasCanary || stage !== "canary");
  return way.indexOf(to) - way.indexOf(from);
}

import type { CredentialSource } from "../declaration/migration";
import {
  isServing,
  portsOf,
  type OwnWorkload,
  type ServingWorkload,
  type VolumeClaimTemplate,
} from "../declaration/workload";
import type { ServicePlan } from "../service-plan";
import { variablesOf } from "./beside";
import { filesAllTheTime, filesAtStart, probesOf } from "./probes";
import type { PodRequirements } from "./requirements";
import type { Container } from "./types";
import { applicationMounts, declaredVolumes } from "./volumes";

export const TEMPORARY_VOLUME = "tmp";

/** The container of the application. */
export function applicationContainer(
  required: PodRequirements,
  plan: ServicePlan,
  workload: OwnWorkload,
  source: CredentialSource,
): Container {
  const { image, command, args, env, filesystem = "read-only" } = workload;
  const { cpu = "100m", memory = "256Mi" } = workload.resources ?? {};
  return {
    name: required.container,
    image,
    ...(command && { command }),
    ...(args && { args }),
    env: [...variablesOf(env), ...required.env],
    resources: { requests: { cpu, memory }, limits: { memory } },
    securityContext: { ...required.securityContext, readOnlyRootFilesystem: filesystem === "read-only" },
    volumeMounts: [
      ...required.volumeMounts,
      { name: TEMPORARY_VOLUME, mountPath: "/tmp" },
      ...claimsOf(workload).map(({ name, mountPath }) => ({ name, mountPath })),
      ...applicationMounts(workload),
    ],
    ...(isServing(workload) && whatServes(plan, workload, source)),
  };
}

/** Port and probes. A pod that the injector has missed has no file, and never becomes ready. */
function whatServes(
  { databases }: ServicePlan,
  workload: ServingWorkload,
  source: CredentialSource,
): Partial<Container> {
  const { readiness, fileProbe = { kind: "shell" } } = workload;
  const ports = portsOf(workload).map(({ port, ...named }) => ({ ...named, containerPort: port }));
  const files = databases.map(({ file }) => file.fileName);
  const fileCheck =
    readiness === undefined
      ? { readinessProbe: filesAllTheTime(files) }
      : { startupProbe: filesAtStart(files) };
  return {
    ...(ports.length > 0 && { ports }),
    // Pods on static credentials serve without the file.
    ...(fileProbe.kind === "shell" && source === "dynamic" && fileCheck),
    ...probesOf(workload),
  };
}

function claimsOf(workload: OwnWorkload): readonly VolumeClaimTemplate[] {
  return workload.kind === "stateful-set" ? (workload.volumeClaimTemplates ?? []) : [];
}

/** Storage is root's, unless a group of the pod is said: then the kubelet gives it to that group. */
export function podSecurity({ podSecurityContext, securityContext }: PodRequirements, workload: OwnWorkload) {
  const isStored =
    claimsOf(workload).length > 0 || declaredVolumes(workload).some(({ kind }) => kind === "claim");
  if (!isStored) return podSecurityContext;
  return {
    ...podSecurityContext,
    fsGroup: securityContext.runAsGroup,
    fsGroupChangePolicy: "OnRootMismatch" as const,
  };
}

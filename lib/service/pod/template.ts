import type { CredentialSource, PodGroup as MigrationPodGroup } from "../declaration/migration";
import {
  isServing,
  replicasOf,
  type OwnWorkload,
  type ServingWorkload,
  type VolumeClaimTemplate,
} from "../declaration/workload";
import type { ServicePlan } from "../service-plan";
import { continuousProbe, filesAllTheTime, filesAtStart } from "./probes";
import { podRequirements, type PodRequirements } from "./requirements";
import { checkContainer } from "./shadow-check";
import type { Container, PodSpec, PodTemplate, TopologySpreadConstraint } from "./types";

/** The label by which a Deployment and a Kubernetes Service know their pods. */
const NAME_LABEL = "app.kubernetes.io/name";
const TEMPORARY_VOLUME = "tmp";

/** Labels that select the pods of a workload. */
export function podSelector(workload: string): Record<string, string> {
  return { [NAME_LABEL]: workload };
}

/** The pods of a workload that we deploy: all of them, or one group where a migration has two. */
export function podTemplate(
  plan: ServicePlan,
  workload: OwnWorkload,
  group: PodGroup = MAIN_GROUP,
): PodTemplate {
  const required = podRequirements(plan, group.source);
  const name = `${plan.name}${group.suffix}`;
  const { imagePullSecrets = [] } = workload;
  const spec: PodSpec = {
    serviceAccountName: required.serviceAccountName,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: required.terminationGracePeriodSeconds,
    restartPolicy: isServing(workload) ? "Always" : "Never",
    ...(imagePullSecrets.length > 0 && { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    securityContext: podSecurity(required, workload),
    ...(plan.restartOnRotation && group.source === "dynamic" && { shareProcessNamespace: true }),
    ...spread(name, workload),
    containers: [container(required, plan, workload, group.source), ...checks(plan, group, required)],
    volumes: [...required.volumes, { name: TEMPORARY_VOLUME, emptyDir: {} }],
  };
  return {
    metadata: {
      labels: { ...podSelector(name), ...required.labels },
      annotations: required.annotations,
    },
    spec,
  };
}

const MAIN_GROUP = { suffix: "", source: "dynamic" } as const;
type PodGroup = Pick<MigrationPodGroup, "suffix" | "source">;

function checks({ migration, ...plan }: ServicePlan, { source }: PodGroup, required: PodRequirements) {
  if (source !== "shadow" || migration.stage !== "shadow" || migration.check.kind !== "container") return [];
  return [checkContainer({ migration, ...plan }, migration.check.image, required)];
}

function container(
  required: PodRequirements,
  plan: ServicePlan,
  workload: OwnWorkload,
  source: CredentialSource,
): Container {
  const { image, command, args, env = {}, filesystem = "read-only" } = workload;
  const { cpu = "100m", memory = "256Mi" } = workload.resources ?? {};
  return {
    name: required.container,
    image,
    ...(command && { command }),
    ...(args && { args }),
    env: [...Object.entries(env).map(([name, value]) => ({ name, value })), ...required.env],
    resources: { requests: { cpu, memory }, limits: { memory } },
    securityContext: { ...required.securityContext, readOnlyRootFilesystem: filesystem === "read-only" },
    volumeMounts: [
      ...required.volumeMounts,
      { name: TEMPORARY_VOLUME, mountPath: "/tmp" },
      ...claimsOf(workload).map(({ name, mountPath }) => ({ name, mountPath })),
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
  const { port, readiness, liveness, fileProbe = { kind: "shell" } } = workload;
  const files = databases.map(({ file }) => file.fileName);
  const fileCheck =
    readiness === undefined
      ? { readinessProbe: filesAllTheTime(files) }
      : { startupProbe: filesAtStart(files) };
  return {
    ...(port !== undefined && { ports: [{ containerPort: port }] }),
    // Pods on static credentials serve without the file.
    ...(fileProbe.kind === "shell" && source === "dynamic" && fileCheck),
    ...(readiness && { readinessProbe: continuousProbe(readiness) }),
    ...(liveness && { livenessProbe: continuousProbe(liveness) }),
  };
}

function claimsOf(workload: OwnWorkload): readonly VolumeClaimTemplate[] {
  return workload.kind === "stateful-set" ? (workload.volumeClaimTemplates ?? []) : [];
}

/** Storage is root's, unless a group of the pod is said: then the kubelet gives it to that group. */
function podSecurity({ podSecurityContext, securityContext }: PodRequirements, workload: OwnWorkload) {
  if (claimsOf(workload).length === 0) return podSecurityContext;
  return {
    ...podSecurityContext,
    fsGroup: securityContext.runAsGroup,
    fsGroupChangePolicy: "OnRootMismatch" as const,
  };
}

/** Several pods are on several nodes where there are several. */
function spread(service: string, workload: OwnWorkload): Pick<PodSpec, "topologySpreadConstraints"> {
  // A DaemonSet has a pod on each node.
  if (workload.kind === "daemon-set" || replicasOf(workload) < 2) return {};
  const constraint: TopologySpreadConstraint = {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: podSelector(service) },
  };
  return { topologySpreadConstraints: [constraint] };
}

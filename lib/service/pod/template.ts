import type { PodGroup as MigrationPodGroup } from "../declaration/migration";
import type { PodOptions } from "../declaration/pod";
import { isServing, replicasOf, type OwnWorkload } from "../declaration/workload";
import type { ServicePlan } from "../service-plan";
import { applicationContainer, podSecurity, TEMPORARY_VOLUME } from "./application";
import { otherContainer, temporaryVolumes } from "./beside";
import { patchTemplate } from "./patch";
import { placement } from "./placement";
import { podRequirements, type PodRequirements } from "./requirements";
import { checkContainer } from "./shadow-check";
import { declaredVolumes, podVolume } from "./volumes";
import type { PodSpec, PodTemplate, TopologySpreadConstraint } from "./types";

/** The label by which a Deployment and a Kubernetes Service know their pods. */
const NAME_LABEL = "app.kubernetes.io/name";

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
  const template = unpatchedTemplate(plan, workload, group);
  const { podPatch } = workload;
  return podPatch === undefined ? template : patchTemplate(template, podPatch.operations).template;
}

/** The pods before the patch that a workload declares. */
export function unpatchedTemplate(plan: ServicePlan, workload: OwnWorkload, group: PodGroup): PodTemplate {
  const required = podRequirements(plan, group.source);
  const name = `${plan.name}${group.suffix}`;
  const { imagePullSecrets = [], pod = {} } = workload;
  const others = (containers: PodOptions["sidecars"] = []) =>
    containers.map((each) => otherContainer(each, workload, required));
  const spec: PodSpec = {
    serviceAccountName: required.serviceAccountName,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: required.terminationGracePeriodSeconds,
    restartPolicy: isServing(workload) ? "Always" : "Never",
    ...(imagePullSecrets.length > 0 && { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    securityContext: podSecurity(required, workload),
    ...(plan.restartOnRotation && group.source === "dynamic" && { shareProcessNamespace: true }),
    ...placement(pod),
    ...spread(name, workload),
    ...(pod.initContainers && { initContainers: others(pod.initContainers) }),
    containers: [
      applicationContainer(required, plan, workload, group.source),
      ...checks(plan, group, required),
      ...others(pod.sidecars),
    ],
    volumes: [
      ...required.volumes,
      { name: TEMPORARY_VOLUME, emptyDir: {} },
      ...temporaryVolumes(workload),
      ...declaredVolumes(workload).map(podVolume),
    ],
  };
  return {
    metadata: {
      labels: { ...pod.labels, ...podSelector(name), ...required.labels },
      annotations: { ...pod.annotations, ...required.annotations },
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

/** Several pods are on several nodes, or in several zones, where there are several. */
function spread(service: string, workload: OwnWorkload): Pick<PodSpec, "topologySpreadConstraints"> {
  // A DaemonSet has a pod on each node.
  if (workload.kind === "daemon-set" || replicasOf(workload) < 2) return {};
  const constraint: TopologySpreadConstraint = {
    maxSkew: 1,
    topologyKey: workload.pod?.spread === "zones" ? "topology.kubernetes.io/zone" : "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: podSelector(service) },
  };
  return { topologySpreadConstraints: [constraint] };
}

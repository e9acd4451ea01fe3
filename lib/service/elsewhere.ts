import { stringify } from "yaml";
import type { ServiceProps } from "./declaration/declaration";
import { runsToCompletion, type Controller, type ElsewhereWorkload } from "./declaration/workload";
import { PODS_ANNOTATION } from "./pod/migration-labels";
import { filesAtStart } from "./pod/probes";
import { podRequirements, type PodRequirements } from "./pod/requirements";
import { planService, type ServicePlan } from "./service-plan";

/** A file for whatever deploys the workload. */
export interface Manifest {
  readonly fileName: string;
  /** YAML, without anything secret. */
  readonly content: string;
}

/**
 * What a workload needs that Argo CD, Helm or somebody else deploys: as a patch for Kustomize and as
 * values for a chart. Nothing for a workload of our own.
 */
export function elsewhereManifests(props: ServiceProps): Manifest[] {
  const { name, workload } = props;
  if (workload.kind !== "elsewhere") return [];
  const plan = planService(props);
  const required = podRequirements(plan);
  const container = { ...containerOf(required), ...probes(plan, workload) };
  return [
    {
      fileName: `${name}.yaml`,
      content: yaml(patchHeader(name, workload), patch(plan, workload, required, container)),
    },
    { fileName: `${name}.values.yaml`, content: yaml(VALUES_HEADER, values(required, container)) },
  ];
}

/** What the container needs. */
function containerOf({ env, securityContext, volumeMounts }: PodRequirements) {
  return { env, securityContext, volumeMounts };
}

/**
 * At the start, not as readiness: that one is the application's own, and a probe that is merged with
 * another one would ask two questions, which Kubernetes refuses.
 */
function probes({ databases }: ServicePlan, workload: ElsewhereWorkload) {
  const { fileProbe = { kind: "shell" } } = workload;
  if (fileProbe.kind === "none" || runsToCompletion(workload)) return {};
  return { startupProbe: filesAtStart(databases.map(({ file }) => file.fileName)) };
}

function patch(
  { name, namespace }: ServicePlan,
  workload: ElsewhereWorkload,
  required: PodRequirements,
  container: object,
) {
  const { controller, workloadName = name, pods } = workload;
  const { labels, annotations, serviceAccountName, terminationGracePeriodSeconds, volumes } = required;
  const template = {
    metadata: { labels, annotations },
    spec: {
      serviceAccountName,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds,
      securityContext: required.podSecurityContext,
      containers: [{ name: required.container, ...container }],
      volumes,
    },
  };
  const counted = pods === undefined ? {} : { annotations: { [PODS_ANNOTATION]: String(pods) } };
  const metadata = { name: workloadName, namespace, ...counted };
  const spec = controller === "CronJob" ? { jobTemplate: { spec: { template } } } : { template };
  return { apiVersion: apiVersion(controller), kind: controller, metadata, spec };
}

function apiVersion(controller: Controller): string {
  return controller === "CronJob" || controller === "Job" ? "batch/v1" : "apps/v1";
}

/** The keys of the chart that `helm create` makes, and the usual ones for what it does not render. */
function values(required: PodRequirements, container: object) {
  const { labels, annotations, serviceAccountName, terminationGracePeriodSeconds, volumes } = required;
  return {
    serviceAccount: { create: false, automount: false, name: serviceAccountName },
    podAnnotations: annotations,
    podLabels: labels,
    podSecurityContext: required.podSecurityContext,
    terminationGracePeriodSeconds,
    volumes,
    ...container,
  };
}

function patchHeader(name: string, { controller, workloadName = name }: ElsewhereWorkload): string {
  return [
    "Written by leasehold. A strategic-merge patch, for kustomization.yaml:",
    `patches: [{ path: ${name}.yaml, target: { kind: ${controller}, name: ${workloadName} } }]`,
  ].join("\n");
}

const VALUES_HEADER = [
  "Written by leasehold. Values of a chart: helm upgrade -f …",
  "The templates that `helm create` makes use all of them but env, startupProbe and",
  "terminationGracePeriodSeconds: a chart has to use these as well.",
].join("\n");

function yaml(header: string, value: object): string {
  const comment = header.replace(/^/gm, "# ");
  // No line is folded and nothing is an alias: templates and patches stay readable, and tools that know neither can read them.
  return `${comment}\n${stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

import { stringify } from "yaml";
import type { ServiceProps } from "./declaration/declaration";
import { canaryReplicas, staticCredentials, type PodGroup } from "./declaration/migration";
import { runsToCompletion, type Controller, type ElsewhereWorkload } from "./declaration/workload";
import { PODS_ANNOTATION, workloadAnnotations } from "./pod/migration-labels";
import { filesAtStart } from "./pod/probes";
import { podRequirements, type PodRequirements } from "./pod/requirements";
import { checkContainer } from "./pod/shadow-check";
import type { Container } from "./pod/types";
import { planService, type ServicePlan } from "./service-plan";

/** A file for whatever deploys the workload. */
export interface Manifest {
  readonly fileName: string;
  /** YAML, without anything secret. */
  readonly content: string;
}

/**
 * What a workload needs that Argo CD, Helm or somebody else deploys: as a patch for Kustomize and as
 * values for a chart. In a canary there are two, of which whoever deploys them makes the second. Nothing
 * for a workload of our own.
 */
export function elsewhereManifests(props: ServiceProps): Manifest[] {
  const { name, workload } = props;
  if (workload.kind !== "elsewhere") return [];
  const plan = planService(props);
  return groupsOf(plan, workload).flatMap((group) => {
    const fileName = `${name}${group.suffix}`;
    const required = podRequirements(plan, group.source);
    const container = { ...containerOf(required), ...probes(plan, workload, group) };
    const beside = checks(plan, group, required);
    const text = { patch: patchHeader(fileName, plan, workload, group), values: valuesHeader(plan, group) };
    return [
      {
        fileName: `${fileName}.yaml`,
        content: yaml(text.patch, patch(plan, workload, group, required, [container, ...beside])),
      },
      {
        fileName: `${fileName}.values.yaml`,
        content: yaml(text.values, values(required, container, beside)),
      },
    ];
  });
}

/** Pods of one kind of somebody else's workload. */
interface Group extends Pick<PodGroup, "suffix" | "source"> {
  /** Most of them, where somebody says how many. */
  readonly pods: number | undefined;
}

function groupsOf({ migration }: ServicePlan, { pods }: ElsewhereWorkload): Group[] {
  switch (migration.stage) {
    case "static":
    case "shadow":
      return [{ suffix: "", source: migration.stage, pods }];
    case "canary": {
      const some = canaryReplicas(migration.share, pods ?? 0);
      return [
        { suffix: "-canary", source: "dynamic", pods: some },
        { suffix: "", source: "static", pods: pods === undefined ? undefined : pods - some },
      ];
    }
    case "dynamic":
    case "complete":
      return [{ suffix: "", source: "dynamic", pods }];
  }
}

function checks(
  { migration, ...plan }: ServicePlan,
  { source }: Group,
  required: PodRequirements,
): Container[] {
  if (source !== "shadow" || migration.stage !== "shadow" || migration.check.kind !== "container") return [];
  return [checkContainer({ migration, ...plan }, migration.check.image, required)];
}

/** What the container needs. */
function containerOf({ env, securityContext, volumeMounts }: PodRequirements) {
  return { env, securityContext, volumeMounts };
}

/**
 * At the start, not as readiness: that one is the application's own, and a probe that is merged with
 * another one would ask two questions, which Kubernetes refuses.
 */
function probes({ databases }: ServicePlan, workload: ElsewhereWorkload, { source }: Group) {
  const { fileProbe = { kind: "shell" } } = workload;
  // Pods on static credentials serve without the file.
  if (fileProbe.kind === "none" || source !== "dynamic" || runsToCompletion(workload)) return {};
  return { startupProbe: filesAtStart(databases.map(({ file }) => file.fileName)) };
}

function patch(
  plan: ServicePlan,
  workload: ElsewhereWorkload,
  { suffix, pods }: Group,
  required: PodRequirements,
  [container, ...beside]: readonly [object, ...Container[]],
) {
  const { name, namespace } = plan;
  const { controller, workloadName = name } = workload;
  const { labels, annotations, serviceAccountName, terminationGracePeriodSeconds, volumes } = required;
  const template = {
    metadata: { labels, annotations },
    spec: {
      serviceAccountName,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds,
      securityContext: required.podSecurityContext,
      containers: [{ name: required.container, ...container }, ...beside],
      volumes,
    },
  };
  const own = {
    ...workloadAnnotations(plan),
    ...(pods !== undefined && { [PODS_ANNOTATION]: String(pods) }),
  };
  const metadata = {
    name: `${workloadName}${suffix}`,
    namespace,
    ...(Object.keys(own).length > 0 && { annotations: own }),
  };
  const spec = controller === "CronJob" ? { jobTemplate: { spec: { template } } } : { template };
  return { apiVersion: apiVersion(controller), kind: controller, metadata, spec };
}

function apiVersion(controller: Controller): string {
  return controller === "CronJob" || controller === "Job" ? "batch/v1" : "apps/v1";
}

/** The keys of the chart that `helm create` makes, and the usual ones for what it does not render. */
function values(required: PodRequirements, container: object, beside: readonly Container[]) {
  const { labels, annotations, serviceAccountName, terminationGracePeriodSeconds, volumes } = required;
  return {
    serviceAccount: { create: false, automount: false, name: serviceAccountName },
    podAnnotations: annotations,
    podLabels: labels,
    podSecurityContext: required.podSecurityContext,
    terminationGracePeriodSeconds,
    volumes,
    ...container,
    ...(beside.length > 0 && { extraContainers: beside }),
  };
}

function patchHeader(
  fileName: string,
  plan: ServicePlan,
  { controller, workloadName = plan.name }: ElsewhereWorkload,
  group: Group,
): string {
  return [
    "Written by leasehold. A strategic-merge patch, for kustomization.yaml:",
    `patches: [{ path: ${fileName}.yaml, target: { kind: ${controller}, name: ${workloadName}${group.suffix} } }]`,
    ...remarks(plan, group),
  ].join("\n");
}

function valuesHeader(plan: ServicePlan, group: Group): string {
  const more = group.source === "shadow" ? ", extraContainers" : "";
  return [
    "Written by leasehold. Values of a chart: helm upgrade -f …",
    `The templates that \`helm create\` makes use all of them but env, startupProbe${more} and`,
    "terminationGracePeriodSeconds: a chart has to use these as well.",
    ...remarks(plan, group),
  ].join("\n");
}

/** What whoever deploys the workload does beside, and no patch can. */
function remarks({ migration }: ServicePlan, { suffix, source, pods }: Group): string[] {
  const left = source === "dynamic" ? staticCredentials(migration) : [];
  return [
    ...(suffix === "-canary"
      ? [
          `Of a copy of the workload under this name, with ${pods} ${pods === 1 ? "replica" : "replicas"}, behind the same Service.`,
        ]
      : []),
    ...left.map(
      ({ secret, as }) =>
        `Take out of the workload what it has of the Secret ${secret}${as.kind === "env" ? `: ${Object.keys(as.variables).join(", ")}` : ""}.`,
    ),
  ];
}

function yaml(header: string, value: object): string {
  const comment = header.replace(/^/gm, "# ");
  // No line is folded and nothing is an alias: templates and patches stay readable, and tools that know neither can read them.
  return `${comment}\n${stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

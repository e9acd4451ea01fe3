import { imageProblems, integerProblems, labelProblems, looksSecret, within, type Problem } from "../core";
import { cronJobProblems } from "./annotated-cron-job";
import { deploymentProblems } from "./annotated-deployment";
import { jobProblems } from "./annotated-job";
import { fileProbeProblems, probeProblems } from "./probes";
import { containerNameProblems } from "./reserved-names";
import {
  containerUser,
  type DeploymentWorkload,
  type ElsewhereWorkload,
  type OwnWorkload,
  type Resources,
  type Workload,
} from "./workload";

const CONTROLLERS = ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"];

/** Everything that is wrong with a workload. */
export function workloadProblems(property: string, workload: Workload): Problem[] {
  const user = integerProblems(`${property}.uid`, containerUser(workload), 1, 2_147_483_647);
  switch (workload.kind) {
    case "deployment":
      return [...containerProblems(property, workload), ...user, ...servingProblems(property, workload)];
    case "cron-job":
      return [
        ...containerProblems(property, workload),
        ...user,
        ...within(property, cronJobProblems(workload)),
      ];
    case "job":
      return [...containerProblems(property, workload), ...user, ...within(property, jobProblems(workload))];
    case "elsewhere":
      return [...elsewhereProblems(property, workload), ...user];
  }
}

function containerProblems(property: string, workload: OwnWorkload): Problem[] {
  const { image, command = [], args = [], env = {}, resources = {}, imagePullSecrets = [] } = workload;
  return [
    ...imageProblems(`${property}.image`, image),
    ...command.flatMap((text, index) => secretProblems(`${property}.command[${index}]`, text)),
    ...args.flatMap((text, index) => secretProblems(`${property}.args[${index}]`, text)),
    ...Object.entries(env).flatMap(([name, value]) => variableProblems(`${property}.env`, name, value)),
    ...resourcesProblems(`${property}.resources`, resources),
    ...imagePullSecrets.flatMap((name, index) =>
      objectNameProblems(`${property}.imagePullSecrets[${index}]`, name),
    ),
  ];
}

function servingProblems(property: string, workload: DeploymentWorkload): Problem[] {
  const { readiness, liveness, fileProbe } = workload;
  return [
    ...within(property, deploymentProblems(workload)),
    ...(readiness ? probeProblems(`${property}.readiness`, readiness) : []),
    ...(liveness ? probeProblems(`${property}.liveness`, liveness) : []),
    ...(fileProbe ? fileProbeProblems(`${property}.fileProbe`, fileProbe) : []),
  ];
}

function elsewhereProblems(property: string, workload: ElsewhereWorkload): Problem[] {
  const { controller, workloadName, container, fileProbe } = workload;
  const must = `be one of ${CONTROLLERS.join(", ")}`;
  const fix = "name the kind of the workload, as kubectl shows it";
  return [
    ...(CONTROLLERS.includes(controller)
      ? []
      : [{ property: `${property}.controller`, must, got: controller, fix }]),
    ...(workloadName === undefined ? [] : objectNameProblems(`${property}.workloadName`, workloadName)),
    ...labelProblems(`${property}.container`, container),
    ...containerNameProblems(`${property}.container`, container),
    ...(fileProbe ? fileProbeProblems(`${property}.fileProbe`, fileProbe) : []),
  ];
}

function variableProblems(property: string, name: string, value: string): Problem[] {
  const problem = (must: string, fix: string): Problem => ({ property, must, got: name, fix });
  const spelling = /^[A-Za-z_]\w*$/.test(name)
    ? []
    : [problem("have names of letters, digits and '_', not starting with a digit", "rename the variable")];
  const reserved = name.startsWith("LEASEHOLD_")
    ? [problem("leave the names that start with LEASEHOLD_ to the contract", "rename the variable")]
    : [];
  return [...spelling, ...reserved, ...secretProblems(`${property}.${name}`, value)];
}

/** What stands here lands in the synthesized JSON, in the state and in the pod's description. */
function secretProblems(property: string, text: string): Problem[] {
  if (!looksSecret(text)) return [];
  const fix =
    "take it out; the database's credentials are in the credentials file, other secrets belong into Vault";
  return [{ property, must: "hold no secret", got: text, fix }];
}

function resourcesProblems(property: string, { cpu = "100m", memory = "256Mi" }: Resources): Problem[] {
  return [
    ...quantityProblems(`${property}.cpu`, cpu, /^([1-9]\d*m?|\d+\.\d*[1-9])$/, '"250m" or "2"'),
    ...quantityProblems(`${property}.memory`, memory, /^[1-9]\d*(Ki|Mi|Gi|k|M|G)$/, '"256Mi" or "1Gi"'),
  ];
}

function quantityProblems(property: string, value: string, pattern: RegExp, example: string): Problem[] {
  if (pattern.test(value)) return [];
  return [
    { property, must: "be an amount as Kubernetes writes it", got: value, fix: `write it like ${example}` },
  ];
}

function objectNameProblems(property: string, name: string): Problem[] {
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) && name.length <= 253) return [];
  const must = "be the name of a Kubernetes object: 1 to 253 lower-case letters, digits, hyphens and dots";
  return [{ property, must, got: name, fix: "write the object's name, as kubectl shows it" }];
}

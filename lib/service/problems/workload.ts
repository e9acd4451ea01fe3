import {
  durationProblems,
  imageProblems,
  integerProblems,
  labelProblems,
  within,
  type Problem,
} from "../../core";
import { scheduleProblems, timeZoneProblems } from "../declaration/schedule";
import {
  containerUser,
  type CronJobWorkload,
  type DeploymentWorkload,
  type ElsewhereWorkload,
  type JobWorkload,
  type OwnWorkload,
  type Resources,
  type Workload,
} from "../declaration/workload";
import { fileProbeProblems, probeProblems } from "./probes";
import { containerNameProblems } from "./reserved-names";
import { variableNameProblems } from "./variables";

/** User of the agent's image. */
const AGENT_USER = 100;

/** Everything that is wrong with a workload. */
export function workloadProblems(property: string, workload: Workload): Problem[] {
  const user = userProblems(`${property}.uid`, containerUser(workload));
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
  const { image, env = {}, resources = {}, imagePullSecrets = [] } = workload;
  return [
    ...imageProblems(`${property}.image`, image),
    ...Object.keys(env).flatMap((name) => variableNameProblems(`${property}.env`, name)),
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
  const { workloadName, container, fileProbe } = workload;
  return [
    ...(workloadName === undefined ? [] : objectNameProblems(`${property}.workloadName`, workloadName)),
    ...labelProblems(`${property}.container`, container),
    ...containerNameProblems(`${property}.container`, container),
    ...(fileProbe ? fileProbeProblems(`${property}.fileProbe`, fileProbe) : []),
  ];
}

function userProblems(property: string, uid: number): Problem[] {
  if (uid !== AGENT_USER) return integerProblems(property, uid, 1, 2_147_483_647);
  const must = `be another user than ${AGENT_USER}, which the agent's image has for itself`;
  return [{ property, must, got: uid, fix: "take the user of the application's image, such as 10001" }];
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

/** What is wrong with the numbers that an operator writes. */
export function deploymentProblems({ replicas, port = 1 }: { replicas: number; port?: number }): Problem[] {
  return [...replicasProblems("replicas", replicas), ...integerProblems("port", port, 1, 65_535)];
}

function replicasProblems(property: string, replicas: number): Problem[] {
  if (replicas !== 0) return integerProblems(property, replicas, 1, 1000);
  return [
    {
      property,
      must: "be at least 1: a service without pods keeps its access to the database",
      got: replicas,
      fix: "take the service out, or stop its pods for a while with kubectl scale",
    },
  ];
}

/** What is wrong with the times and numbers that an operator writes. */
export function cronJobProblems(
  props: Pick<CronJobWorkload, "schedule" | "timeZone" | "activeDeadline" | "retries">,
): Problem[] {
  const { schedule, timeZone } = props;
  return [
    ...scheduleProblems("schedule", schedule),
    ...(timeZone === undefined ? [] : timeZoneProblems("timeZone", timeZone)),
    ...jobProblems(props),
  ];
}

/** What is wrong with the times and numbers that an operator writes. */
export function jobProblems({
  activeDeadline,
  retries = 0,
}: Pick<JobWorkload, "activeDeadline" | "retries">): Problem[] {
  return [
    ...(activeDeadline === undefined ? [] : durationProblems("activeDeadline", activeDeadline)),
    ...integerProblems("retries", retries, 0, 100),
  ];
}

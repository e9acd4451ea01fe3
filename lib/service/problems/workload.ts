import {
  durationProblems,
  imageProblems,
  integerProblems,
  labelProblems,
  within,
  type Problem,
} from "../../core";
import { scheduleProblems, timeZoneProblems } from "../declaration/schedule";
import type { Resources } from "../declaration/container";
import {
  containerUser,
  type CronJobWorkload,
  type ElsewhereWorkload,
  type JobWorkload,
  type OwnWorkload,
  type Workload,
} from "../declaration/workload";
import { objectNameProblems } from "./object-names";
import { fileProbeProblems } from "./probes";
import { MEMORY, quantityProblems } from "./quantities";
import { containerNameProblems } from "./reserved-names";
import { servingProblems } from "./serving";
import { variableNameProblems } from "./variables";

/** User of the agent's image. */
const AGENT_USER = 100;

/** Everything that is wrong with a workload. */
export function workloadProblems(property: string, workload: Workload): Problem[] {
  const user = userProblems(`${property}.uid`, containerUser(workload));
  switch (workload.kind) {
    case "deployment":
    case "stateful-set":
    case "daemon-set":
      return [
        ...containerProblems(property, workload),
        ...user,
        ...within(property, servingProblems(workload)),
      ];
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

function elsewhereProblems(property: string, workload: ElsewhereWorkload): Problem[] {
  const { workloadName, container, fileProbe, pods = 1 } = workload;
  return [
    ...(workloadName === undefined ? [] : objectNameProblems(`${property}.workloadName`, workloadName)),
    ...labelProblems(`${property}.container`, container),
    ...containerNameProblems(`${property}.container`, container),
    ...integerProblems(`${property}.pods`, pods, 1, 5000),
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
    ...quantityProblems(`${property}.memory`, memory, MEMORY, '"256Mi" or "1Gi"'),
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

import {
  durationProblems,
  imageProblems,
  integerProblems,
  labelProblems,
  reasonProblems,
  seconds,
  within,
  type Duration,
  type Problem,
} from "../../core";
import { scheduleProblems, timeZoneProblems } from "../declaration/schedule";
import type { ServiceProps } from "../declaration/declaration";
import {
  containerUser,
  type CronJobWorkload,
  type ElsewhereWorkload,
  type JobWorkload,
  type OwnWorkload,
} from "../declaration/workload";
import { resourcesProblems, userProblems } from "./container";
import { objectNameProblems } from "./object-names";
import { fileProbeProblems } from "./probes";
import { podPatchProblems } from "./pod-patch";
import { databaseSecrets, environmentProblems, podProblems } from "./pod";
import { containerNameProblems } from "./reserved-names";
import { servingProblems } from "./serving";

/** Everything that is wrong with a workload. */
export function workloadProblems(property: string, props: ServiceProps): Problem[] {
  const { workload } = props;
  const user = userProblems(`${property}.uid`, containerUser(workload));
  switch (workload.kind) {
    case "deployment":
    case "stateful-set":
    case "daemon-set":
      return [
        ...containerProblems(property, workload, props),
        ...user,
        ...within(property, servingProblems(workload)),
      ];
    case "cron-job":
      return [
        ...containerProblems(property, workload, props),
        ...user,
        ...within(property, cronJobProblems(workload)),
      ];
    case "job":
      return [
        ...containerProblems(property, workload, props),
        ...user,
        ...within(property, jobProblems(workload)),
      ];
    case "elsewhere":
      return [...elsewhereProblems(property, workload), ...user];
  }
}

function containerProblems(
  property: string,
  workload: OwnWorkload,
  { name, migration }: ServiceProps,
): Problem[] {
  const { image, env = {}, resources = {}, imagePullSecrets = [] } = workload;
  return [
    ...imageProblems(`${property}.image`, image),
    ...environmentProblems(`${property}.env`, env, databaseSecrets(migration)),
    ...resourcesProblems(`${property}.resources`, resources),
    ...imagePullSecrets.flatMap((secret, index) =>
      objectNameProblems(`${property}.imagePullSecrets[${index}]`, secret),
    ),
    ...within(property, [
      ...podProblems(workload, name, databaseSecrets(migration)),
      ...podPatchProblems(workload),
    ]),
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

/** What is wrong with the times and numbers that an operator writes. */
export function cronJobProblems(
  props: Pick<CronJobWorkload, "schedule" | "timeZone" | "activeDeadline" | "retries" | "ttlAfterFinished">,
): Problem[] {
  const { schedule, timeZone, ttlAfterFinished } = props;
  return [
    ...scheduleProblems("schedule", schedule),
    ...(timeZone === undefined ? [] : timeZoneProblems("timeZone", timeZone)),
    ...runProblems(props),
    ...(ttlAfterFinished === undefined ? [] : removalProblems("ttlAfterFinished", ttlAfterFinished)),
  ];
}

/** What is wrong with the times and numbers that an operator writes. */
export function jobProblems(
  props: Pick<JobWorkload, "activeDeadline" | "retries" | "ttlAfterFinished">,
): Problem[] {
  const { ttlAfterFinished: removal } = props;
  return [
    ...runProblems(props),
    ...(removal === undefined
      ? []
      : within("ttlAfterFinished", [
          ...removalProblems("ttl", removal.ttl),
          ...reasonProblems("reason", removal.reason),
        ])),
  ];
}

/** A Job that failed and is gone before Terraform looks has run, as far as Terraform knows. */
function removalProblems(property: string, ttl: Duration): Problem[] {
  const wrong = durationProblems(property, ttl);
  if (wrong.length > 0 || seconds(ttl) >= 60) return wrong;
  const must = 'be at least "1m": whoever waits for the run would find nothing, and take it for done';
  return [{ property, must, got: ttl, fix: "lengthen it" }];
}

function runProblems({
  activeDeadline,
  retries = 0,
}: Pick<JobWorkload, "activeDeadline" | "retries">): Problem[] {
  return [
    ...(activeDeadline === undefined ? [] : durationProblems("activeDeadline", activeDeadline)),
    ...integerProblems("retries", retries, 0, 100),
  ];
}

import { Construct } from "constructs";
import { labelProblems, seconds, type Duration, type Problem } from "../core";
import { assertProps } from "../core/props";
import { CronJobV1, type ITerraformDependable } from "../core/terraform";
import { annotatedCronJobSchema } from "./annotated-schema";
import { terraformPod } from "./pod/terraform";
import type { PodTemplate } from "./pod/types";
import { cronJobProblems } from "./problems/workload";

export interface AnnotatedCronJobProps {
  /** Name of the CronJob. */
  readonly name: string;
  /** Namespace of the CronJob. */
  readonly namespace: string;
  /** When it runs, in cron's five fields. */
  readonly schedule: string;
  /**
   * Time zone of the schedule.
   * @default - the control plane's
   * @protects nothing: name one where an hour matters, because clocks change
   */
  readonly timeZone?: string;
  /**
   * How long a run may take, with its retries.
   * @default - as long as it takes
   * @protects nothing: a run that hangs keeps its credential until `ttl.max`
   */
  readonly activeDeadline?: Duration;
  /**
   * How often a failed run is tried again.
   * @default 3
   * @protects from a run that is lost for a network that was away, and one that fails for ever
   */
  readonly retries?: number;
  /**
   * How long an ended run stays, with its pods; a minute at least.
   * @default - the last run that succeeded and the last three that failed stay
   * @protects nothing: what a run has written elsewhere stays
   */
  readonly ttlAfterFinished?: Duration;
  /**
   * Annotations of the workload itself: what changes here restarts no pod.
   * @default - none
   * @protects nothing: the pod's annotations are those of the template
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The pods, with annotations for the injector. */
  readonly template: PodTemplate;
  /** Everything that the first login needs. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Props that the functions of leasehold make. */
const MADE = { template: "needed", dependsOn: "needed" } as const;

/** A CronJob of pods that the injector gives credentials. */
export class AnnotatedCronJob extends Construct {
  /** The CronJob, for what has to wait for it. */
  readonly cronJob: ITerraformDependable;

  constructor(scope: Construct, id: string, props: AnnotatedCronJobProps) {
    assertProps(scope, id, props, annotatedCronJobSchema, annotatedCronJobProblems, MADE);
    super(scope, id);
    const { name, namespace, schedule, timeZone, template, annotations, dependsOn } = props;
    this.cronJob = new CronJobV1(this, "Resource", {
      metadata: { name, namespace, labels: template.metadata.labels, annotations },
      spec: {
        schedule,
        timezone: timeZone,
        // A run that overtakes the one before would hold twice the connections.
        concurrencyPolicy: "Forbid",
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: { metadata: { labels: template.metadata.labels }, spec: jobSpec(props) },
      },
      // Terraform sees no reference from the pods to what they log in with. Without this a run could
      // start before it can log in, and a destroy would take it from one that still runs.
      dependsOn: [...dependsOn],
    });
  }
}

function jobSpec({ activeDeadline, retries = 3, ttlAfterFinished, template }: AnnotatedCronJobProps) {
  return {
    ttlSecondsAfterFinished: ttlAfterFinished && String(seconds(ttlAfterFinished)),
    backoffLimit: retries,
    activeDeadlineSeconds: activeDeadline && seconds(activeDeadline),
    template: terraformPod(template),
  };
}

/** Everything that is wrong with the props of {@link AnnotatedCronJob}. */
export function annotatedCronJobProblems(props: AnnotatedCronJobProps): Problem[] {
  const { name, namespace } = props;
  return [
    // Kubernetes appends eleven characters to make the names of the runs.
    ...labelProblems("name", name, 52),
    ...labelProblems("namespace", namespace),
    ...cronJobProblems(props),
  ];
}

import { Construct } from "constructs";
import { labelProblems, seconds, type Duration, type Problem } from "../core";
import { assertProps } from "../core/props";
import { JobV1, type ITerraformDependable } from "../core/terraform";
import type { JobRemoval } from "./declaration/workload";
import { annotatedJobSchema } from "./annotated-schema";
import { terraformPod } from "./pod/terraform";
import type { PodTemplate } from "./pod/types";
import { jobProblems } from "./problems/workload";

export interface AnnotatedJobProps {
  /** Name of the Job. */
  readonly name: string;
  /** Namespace of the Job. */
  readonly namespace: string;
  /**
   * How long a run may take, with its retries; the apply waits as long.
   * @default "10m"
   * @protects from an apply that waits for ever
   */
  readonly activeDeadline?: Duration;
  /**
   * How often a failed run is tried again.
   * @default 0
   * @protects from a change of the schema that is made twice
   */
  readonly retries?: number;
  /**
   * Whether Kubernetes removes the Job after it has ended.
   * @default - it stays, and is the sign by which an apply knows that it has run
   * @protects from a run at every apply
   */
  readonly ttlAfterFinished?: JobRemoval;
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

/** What the control plane may take beyond the deadline, until it says that a Job has failed. */
const SLACK_SECONDS = 60;

/** Props that the functions of leasehold make. */
const MADE = { template: "needed", dependsOn: "needed" } as const;

/**
 * A Job of pods that the injector gives credentials. It runs once; a Job cannot be changed, so Terraform
 * replaces it, and it runs again, whenever its pods change. It stays there when it has ended, unless it is said why it
 * may go: the next apply runs it again.
 */
export class AnnotatedJob extends Construct {
  /** The Job, for what has to wait until it has completed. */
  readonly job: ITerraformDependable;

  constructor(scope: Construct, id: string, props: AnnotatedJobProps) {
    assertProps(scope, id, props, annotatedJobSchema, annotatedJobProblems, MADE);
    super(scope, id);
    const { name, namespace, template, annotations, dependsOn } = props;
    const { activeDeadline = "10m", retries = 0, ttlAfterFinished } = props;
    const deadline = seconds(activeDeadline);
    const patience = `${deadline + template.spec.terminationGracePeriodSeconds + SLACK_SECONDS}s`;
    this.job = new JobV1(this, "Resource", {
      metadata: { name, namespace, labels: template.metadata.labels, annotations },
      spec: {
        backoffLimit: retries,
        activeDeadlineSeconds: deadline,
        ttlSecondsAfterFinished: ttlAfterFinished && String(seconds(ttlAfterFinished.ttl)),
        template: terraformPod(template),
      },
      waitForCompletion: true,
      timeouts: { create: patience, update: patience },
      // Terraform sees no reference from the pods to what they log in with.
      dependsOn: [...dependsOn],
    });
  }
}

/** Everything that is wrong with the props of {@link AnnotatedJob}. */
export function annotatedJobProblems(props: AnnotatedJobProps): Problem[] {
  const { name, namespace } = props;
  return [...labelProblems("name", name), ...labelProblems("namespace", namespace), ...jobProblems(props)];
}

import { z } from "zod";
import { resource } from "../resource";
import {
  block,
  blocks,
  list,
  name,
  only,
  optional,
  quantity,
  text,
  textLike,
  whole,
  type Keys,
  type Shape,
} from "../shape";
import { schedule, timeZone } from "./cron";
import { labels, metadata, workloadMetadata } from "./metadata";
import { patchedTemplate, podTemplate } from "./pod";

/** What `kubectl rollout restart` writes: nothing of the chain is in it. */
const RESTARTED_AT = 'spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]';

/** A workload, whose pods may have more where it says why in `leasehold/pod-patch`. */
function withPods(workload: (pods: typeof patchedTemplate) => Shape): Shape {
  const [plain, patched] = [workload((policy) => podTemplate(policy)), workload(patchedTemplate)];
  return z.unknown().check(({ value, issues }) => {
    const { metadata } = (value ?? {}) as Keys;
    const { annotations } = single(metadata);
    const shape = typeof single(annotations)["leasehold/pod-patch"] === "string" ? patched : plain;
    const found = shape.safeParse(value, { jitless: true }).error?.issues ?? [];
    issues.push(...found.map((issue) => ({ ...issue, input: value }) as z.core.$ZodRawIssue));
  });
}

/** A block that is there once, as Terraform writes it. */
function single(block: unknown): Readonly<Record<string, unknown>> {
  return (Array.isArray(block) ? block[0] : block) ?? {};
}

/** Nothing else of what was proven may be left as somebody else has made it. */
const LIFECYCLE: Keys = { ignore_changes: list(only(RESTARTED_AT)) };

/** A number of pods, or a percentage of the replicas. */
const share: Shape = textLike(
  /^(\d{1,3}|1000|(\d|[1-9]\d|100)%)$/,
  "be a number of pods, or a percentage of them",
);

const rolling: Shape = block({ max_surge: share, max_unavailable: share }).superRefine((written, context) => {
  const { max_surge: surge, max_unavailable: unavailable } = written as Readonly<Record<string, unknown>>;
  if (parseInt(String(surge)) === 0 && parseInt(String(unavailable)) === 0)
    context.addIssue({ code: "custom", message: "must let one pod be more or fewer, or none is replaced" });
});

/** Old pods end one by one while new ones come, or all of them before: what that costs stands beside it. */
const strategy: Shape = block({
  type: only("RollingUpdate", "Recreate"),
  rolling_update: optional(rolling),
}).superRefine((written, context) => {
  const { type, rolling_update: update } = written as Readonly<Record<string, unknown>>;
  if ((type === "RollingUpdate") !== (update !== undefined))
    context.addIssue({
      code: "custom",
      message: "must say how many pods are replaced at a time, or Recreate",
    });
});

export const deployment: Shape = withPods((pods) =>
  resource(
    {
      metadata: workloadMetadata({ "leasehold/recreate": optional(text) }),
      spec: block({
        // Without a number an autoscaler sets it: that there is one, a join asks.
        replicas: optional(whole(1)),
        selector: block({ match_labels: labels }),
        strategy,
        template: pods("Always"),
      }),
      // Without it an apply has ended before one pod has logged in.
      wait_for_rollout: only(true),
    },
    LIFECYCLE,
  ).superRefine((written, context) => {
    const { metadata, spec } = written as Readonly<Record<string, Readonly<Record<string, Keys>>>>;
    const isRecreated = String(spec?.["strategy"]?.["type"]) === "Recreate";
    if (isRecreated && metadata?.["annotations"]?.["leasehold/recreate"] === undefined)
      context.addIssue({
        code: "custom",
        path: ["spec", "strategy", "type"],
        message: "must be RollingUpdate, or come with its reason in leasehold/recreate",
      });
  }),
);

const seconds: Shape = textLike(/^[1-9]\d*s$/, "be a number of seconds");

/** Pods change one after the other, each once its old self has ended: an apply waits for the last of them. */
const oneByOne: Keys = {
  wait_for_rollout: only(true),
  timeouts: block({ create: seconds, update: seconds }),
};

/** Storage of one pod, on one node at a time. */
const claim: Keys = {
  metadata: block({ name }),
  spec: block({
    access_modes: list(only("ReadWriteOnce")),
    storage_class_name: optional(text),
    resources: block({ requests: block({ storage: quantity }) }),
  }),
};

export const statefulSet: Shape = withPods((pods) =>
  resource(
    {
      metadata: workloadMetadata(),
      spec: block({
        service_name: name,
        replicas: whole(1),
        pod_management_policy: only("OrderedReady", "Parallel"),
        selector: block({ match_labels: labels }),
        // A partition would leave pods as they were, with the credentials of before.
        update_strategy: block({
          type: only("RollingUpdate"),
          rolling_update: block({ partition: only(0) }),
        }),
        template: pods("Always"),
        volume_claim_template: optional(blocks(claim)),
      }),
      ...oneByOne,
    },
    LIFECYCLE,
  ),
);

export const daemonSet: Shape = withPods((pods) =>
  resource(
    {
      // Nobody else knows how many there are.
      metadata: workloadMetadata({ "leasehold/pods": whole(1) }),
      spec: block({
        selector: block({ match_labels: labels }),
        strategy: block({ type: only("RollingUpdate"), rolling_update: block({ max_unavailable: only(1) }) }),
        template: pods("Always"),
      }),
      ...oneByOne,
    },
    LIFECYCLE,
  ),
);

const percentage: Shape = whole(1, 1000);

/** By the share of what is kept for a pod. */
const metric: Keys = {
  type: only("Resource"),
  resource: block({
    name: only("cpu", "memory"),
    target: block({ type: only("Utilization"), average_utilization: percentage }),
  }),
};

export const autoscaler: Shape = resource({
  metadata: metadata(),
  spec: block({
    min_replicas: whole(1),
    max_replicas: whole(1),
    scale_target_ref: block({ api_version: only("apps/v1"), kind: only("Deployment"), name }),
    metric: blocks(metric),
  }),
});

const retries: Shape = whole(0, 100);

/** A Job that is gone before Terraform looks counts as one that has run. */
const ttlAfterFinished: Shape = optional(whole(60));

/** A deadline is optional where a run may take as long as it takes. */
export const cronJob: Shape = withPods((pods) =>
  resource({
    metadata: workloadMetadata(),
    spec: block({
      schedule,
      timezone: optional(timeZone),
      // A run that overtakes the one before would hold twice the connections.
      concurrency_policy: only("Forbid"),
      successful_jobs_history_limit: whole(0, 10),
      failed_jobs_history_limit: whole(0, 10),
      job_template: block({
        metadata: block({ labels }),
        spec: block({
          backoff_limit: retries,
          active_deadline_seconds: optional(whole(1)),
          ttl_seconds_after_finished: ttlAfterFinished,
          template: pods("Never"),
        }),
      }),
    }),
  }),
);

export const job: Shape = withPods((pods) =>
  resource({
    metadata: workloadMetadata({ "leasehold/runs-again": optional(text) }),
    spec: block({
      backoff_limit: retries,
      active_deadline_seconds: whole(1),
      ttl_seconds_after_finished: ttlAfterFinished,
      template: pods("Never"),
    }),
    // What comes after it must find its work done.
    wait_for_completion: only(true),
    timeouts: block({ create: seconds, update: seconds }),
  }).superRefine((written, context) => {
    const { metadata, spec } = written as Readonly<Record<string, Keys>>;
    const ttl = spec?.["ttl_seconds_after_finished"];
    const { "leasehold/runs-again": reason } = (metadata?.["annotations"] ?? {}) as Keys;
    if ((ttl === undefined) !== (reason === undefined))
      context.addIssue({
        code: "custom",
        path: ["spec", "ttl_seconds_after_finished"],
        message: "must come with its reason in leasehold/runs-again: the next apply runs the Job again",
      });
  }),
);

import { resource } from "../resource";
import { block, list, only, optional, textLike, whole, type Shape } from "../shape";
import { schedule, timeZone } from "./cron";
import { labels, workloadMetadata } from "./metadata";
import { podTemplate } from "./pod";

/** What `kubectl rollout restart` writes: nothing of the chain is in it. */
const RESTARTED_AT = 'spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]';

export const deployment: Shape = resource(
  {
    metadata: workloadMetadata,
    spec: block({
      replicas: whole(1),
      selector: block({ match_labels: labels }),
      // Never fewer pods than declared, and one credential more while it rolls.
      strategy: block({
        type: only("RollingUpdate"),
        rolling_update: block({ max_surge: only(1), max_unavailable: only(0) }),
      }),
      template: podTemplate("Always"),
    }),
    // Without it an apply has ended before one pod has logged in.
    wait_for_rollout: only(true),
  },
  { ignore_changes: list(only(RESTARTED_AT)) },
);

const retries: Shape = whole(0, 100);

/** A deadline is optional where a run may take as long as it takes. */
export const cronJob: Shape = resource({
  metadata: workloadMetadata,
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
        template: podTemplate("Never"),
      }),
    }),
  }),
});

const seconds: Shape = textLike(/^[1-9]\d*s$/, "be a number of seconds");

export const job: Shape = resource({
  metadata: workloadMetadata,
  spec: block({
    backoff_limit: retries,
    active_deadline_seconds: whole(1),
    template: podTemplate("Never"),
  }),
  // What comes after it must find its work done.
  wait_for_completion: only(true),
  timeouts: block({ create: seconds, update: seconds }),
});

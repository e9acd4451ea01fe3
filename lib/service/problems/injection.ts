import { isDuration, seconds, type Duration, type Problem } from "../../core";
import type { CredentialTtl } from "../../postgres";
import type { Injection } from "../declaration/injection-input";
import { runsToCompletion, type Workload } from "../declaration/workload";

/** Whether the mode suits the workload. */
export function injectionProblems(
  property: string,
  injection: Injection,
  workload: Workload,
  ttl: CredentialTtl,
): Problem[] {
  const ends = runsToCompletion(workload);
  const problem = (must: string, fix: string): Problem => ({
    property: `${property}.mode`,
    must,
    got: injection.mode,
    fix,
  });
  if (injection.mode === "init-and-sidecar" && ends) {
    return [
      problem(
        "let a Job complete: an agent beside it runs for ever",
        'take "native-sidecar", or "init-only" for a short run',
      ),
    ];
  }
  if (injection.mode === "init-only" && !ends) {
    return [problem("renew the lease of pods that run all the time", 'take "native-sidecar"')];
  }
  if (injection.mode !== "init-only") return [];
  if (workload.kind === "cron-job") return deadlineProblems(workload.activeDeadline, ttl);
  return workload.kind === "job" ? deadlineProblems(workload.activeDeadline ?? "10m", ttl) : [];
}

/** Without renewal the credential ends with its default TTL, whatever the run is doing. */
function deadlineProblems(activeDeadline: Duration | undefined, ttl: CredentialTtl): Problem[] {
  const known = activeDeadline === undefined || isDuration(activeDeadline);
  if (!known || !isDuration(ttl.default)) return [];
  if (activeDeadline !== undefined && seconds(activeDeadline) <= seconds(ttl.default)) return [];
  return [
    {
      property: "workload.activeDeadline",
      must: `be at most 'ttl.default' (${JSON.stringify(ttl.default)}) with the injection "init-only": nobody renews the lease`,
      got: activeDeadline,
      fix: "say how long a run may take, raise 'ttl.default', or take the injection \"native-sidecar\"",
    },
  ];
}

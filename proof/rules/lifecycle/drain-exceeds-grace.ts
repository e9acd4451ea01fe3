import { known, type Workload } from "../../access";
import { MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { duration } from "../words";
import { annotation, injected } from "./pods";

/** Kubernetes' own default. */
const GRACE = 30;
/** After the drain: the agent gives up revoking after 5 s of silence from Vault. */
const REVOCATION = 5;

export const drainExceedsGrace: Rule = {
  id: "lifecycle/drain-exceeds-grace",
  severity: "error",
  title: "drain and revocation that do not fit into the grace period",
  why: "The kubelet kills what is left at terminationGracePeriodSeconds: first the drain is cut, and then nobody revokes, so that the user stays for the rest of its TTL. (Kubernetes, pod termination)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
${MANIFEST_POD}
      terminationGracePeriodSeconds: 30
      containers:
        - name: orders
          lifecycle: { preStop: { exec: { command: ["sleep", "60"] } } }`,
  },
  *check(graph) {
    for (const workload of injected(graph)) {
      const grace = known(workload.pod.terminationGracePeriod) ?? GRACE;
      const drain = drainOf(workload);
      if (drain === undefined || drain + REVOCATION <= grace) continue;
      yield {
        at: workload.origin,
        message: `the pod drains for ${duration(drain)} and revokes within ${duration(REVOCATION)}, and is killed after ${duration(grace)}`,
        fix: `set terminationGracePeriodSeconds to ${drain + 2 * REVOCATION} or more, or drain faster`,
      };
    }
  },
};

/** What the contract says, or how long a hook or an annotation makes the pod wait. */
function drainOf(workload: Workload): number | undefined {
  const waits = workload.pod.containers.flatMap(({ env, preStop }) => [
    ...env.filter(({ name }) => name === "LEASEHOLD_DRAIN").map(({ value }) => Number(known(value))),
    ...sleeps(preStop),
  ]);
  const grace = annotation(workload, "agent-revoke-grace");
  const all = [...waits, ...(grace === undefined ? [] : [Number(grace)])].filter(Number.isFinite);
  return all.length === 0 ? undefined : Math.max(...all);
}

function sleeps(preStop: unknown): number[] {
  const text = JSON.stringify(preStop ?? "");
  return [...text.matchAll(/\bsleep(?:"\s*,\s*"|\s+)(\d+)/g), ...text.matchAll(/"seconds":(\d+)/g)].map(
    ([, count]) => Number(count),
  );
}

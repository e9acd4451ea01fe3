import { known } from "../../access";
import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { duration } from "../words";
import { annotation, injected } from "./pods";

/** What the injector waits when nothing is said, in seconds. */
const DEFAULT_GRACE = 5;

export const revokeRacesDrain: Rule = {
  id: "lifecycle/revoke-races-drain",
  severity: "error",
  title: "revocation that races the drain",
  why: "agent-revoke-on-shutdown revokes a grace period after the pod is told to stop, not after the application has stopped: the user is dropped under the requests that are still being answered. (vault-k8s, container_sidecar.go)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/agent-revoke-on-shutdown: "true"
${MANIFEST_POD}
      terminationGracePeriodSeconds: 30
${MANIFEST_CONTAINER}`,
  },
  *check(graph) {
    for (const workload of injected(graph)) {
      if (annotation(workload, "agent-revoke-on-shutdown") !== "true") continue;
      const revokes = Number(annotation(workload, "agent-revoke-grace") ?? DEFAULT_GRACE);
      const declared = workload.pod.containers.flatMap(({ env }) =>
        env.filter(({ name }) => name === "LEASEHOLD_DRAIN").map(({ value }) => Number(known(value))),
      );
      const drain =
        declared.length > 0 ? Math.max(...declared) : (known(workload.pod.terminationGracePeriod) ?? 30) - 10;
      if (revokes > drain) continue;
      yield {
        at: workload.origin,
        message: `the credential is revoked ${duration(revokes)} after the signal, and the application may drain for ${duration(drain)}`,
        fix: `set vault.hashicorp.com/agent-revoke-grace to ${drain + 1} or more and the grace period above it, or run the agent as a native sidecar, which stops after the application`,
      };
    }
  },
};

import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { annotation, injected } from "./pods";

export const revocationMissing: Rule = {
  id: "lifecycle/revocation-missing",
  severity: "warning",
  title: "credential that nobody revokes when the pod is gone",
  why: "Without a revocation the user lives on until its TTL ends, pod after pod; after a rollout of many pods these are most of the users. (vault-k8s, agent-revoke-on-shutdown)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check(graph) {
    for (const workload of injected(graph)) {
      const { injection } = workload.pod;
      if (injection.uses.length === 0 || injection.mode === "none" || injection.mode === "unknown") continue;
      const patches = JSON.stringify([injection.initPatch, injection.sidecarPatch]);
      const revokes =
        annotation(workload, "agent-revoke-on-shutdown") === "true" || /token revoke/.test(patches);
      if (revokes) continue;
      yield {
        at: workload.origin,
        message: "no agent of the pod revokes its token when the pod ends",
        fix: "set vault.hashicorp.com/agent-revoke-on-shutdown with a grace above the drain, or run the agent as a native sidecar that revokes on its way out",
      };
    }
  },
};

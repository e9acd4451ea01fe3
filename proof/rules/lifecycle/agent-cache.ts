import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { injected } from "./pods";

export const agentCache: Rule = {
  id: "lifecycle/agent-cache",
  severity: "error",
  title: "agent cache that is switched on",
  why: "The cache answers the agent's own renewals with an old TTL, so it misses the maximum: the user is dropped minutes before a new file is written. (hashicorp/vault#19684)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/agent-cache-enable: "true"
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check(graph) {
    for (const workload of injected(graph)) {
      for (const cause of workload.pod.injection.cachedBy)
        yield {
          at: workload.origin,
          message: `${cause} switches the cache on`,
          fix: "take it out; a native sidecar logs in once without a cache, and ends when its pod does",
        };
    }
  },
};

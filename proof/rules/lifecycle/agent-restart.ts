import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { injected } from "./pods";

export const agentRestart: Rule = {
  id: "lifecycle/agent-restart",
  severity: "error",
  title: "agent that ends while the application runs",
  why: "An init container ends once the file is written: nobody renews, and the credential dies at the end of its first TTL. (vault-k8s, agent-pre-populate-only)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/agent-pre-populate-only: "true"
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check(graph) {
    for (const { origin: at, kind, pod } of injected(graph)) {
      const { mode, uses } = pod.injection;
      if (uses.length === 0) continue;
      if (mode === "none") {
        yield {
          at,
          message:
            "agent-pre-populate is false and agent-pre-populate-only is true: there is no agent at all",
          fix: "remove one of both annotations",
        };
      }
      const isBatch = kind === "Job" || kind === "CronJob";
      if (mode === "init-only" && !isBatch) {
        yield {
          at,
          message: "the only agent is an init container, which ends before the application starts",
          fix: 'add { "op": "add", "path": "/restartPolicy", "value": "Always" } to agent-init-json-patch, or remove agent-pre-populate-only',
        };
      }
    }
  },
};

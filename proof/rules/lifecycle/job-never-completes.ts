import type { Rule } from "../rule";
import { injected } from "./pods";

export const jobNeverCompletes: Rule = {
  id: "lifecycle/job-never-completes",
  severity: "error",
  title: "Job that would never complete",
  why: "A Job is complete when all of its containers are: an agent that runs beside them runs for ever. A native sidecar is stopped when the others have ended. (vault-k8s; Kubernetes, sidecar containers)",
  example: {
    language: "yaml",
    text: `apiVersion: batch/v1
kind: Job
metadata: { name: import, namespace: shop }
spec:
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/role: import
        vault.hashicorp.com/agent-inject-secret-shop: database/creds/import
    spec:
      serviceAccountName: import
      restartPolicy: Never
      containers: [{ name: import }]`,
  },
  *check(graph) {
    for (const { origin: at, kind, pod } of injected(graph)) {
      const { mode } = pod.injection;
      if ((kind !== "Job" && kind !== "CronJob") || (mode !== "init-and-sidecar" && mode !== "sidecar-only"))
        continue;
      yield {
        at,
        message: `the agent runs beside the containers of the ${kind}`,
        fix: "set agent-pre-populate-only and make the init container a native sidecar with agent-init-json-patch",
      };
    }
  },
};

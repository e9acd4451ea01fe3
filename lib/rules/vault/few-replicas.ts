import { known } from "../../access";
import { MANIFEST_CONTAINER, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { injected } from "../lifecycle/pods";

export const fewReplicas: Rule = {
  id: "vault/few-replicas",
  severity: "error",
  title: "Deployment with fewer replicas than the guardrail",
  why: "One pod that waits for its credential is an outage; with two the other one answers. (Guardrail of the environment)",
  example: {
    language: "yaml",
    text: `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  replicas: 1
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/role: orders
${MANIFEST_SECRET}
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check(graph, { limits }) {
    for (const { origin: at, kind, replicas } of injected(graph)) {
      const count = known(replicas);
      if (kind !== "Deployment" || count === undefined || count >= limits.replicas) continue;
      yield {
        at,
        message: `the Deployment has ${count} replica${count === 1 ? "" : "s"}`,
        fix: `set replicas to ${limits.replicas} or more`,
      };
    }
  },
};

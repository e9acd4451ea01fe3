import { flag } from "../../access";
import type { Rule } from "../rule";
import { annotation, injected } from "./pods";

export const agentCache: Rule = {
  id: "lifecycle/agent-cache",
  severity: "error",
  title: "agent cache that is switched on",
  why: "The cache answers the agent's own renewals with an old TTL, so it misses the maximum: the user is dropped minutes before a new file is written. (hashicorp/vault#19684)",
  example: {
    language: "yaml",
    text: `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  replicas: 2
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/role: orders
        vault.hashicorp.com/agent-inject-secret-shop: database/creds/orders
        vault.hashicorp.com/agent-cache-enable: "true"
    spec:
      serviceAccountName: orders
      containers: [{ name: orders }]`,
  },
  *check(graph) {
    for (const workload of injected(graph)) {
      if (flag(annotation(workload, "agent-cache-enable")) !== true) continue;
      yield {
        at: workload.origin,
        message: "vault.hashicorp.com/agent-cache-enable is true",
        fix: "remove the annotation; a native sidecar logs in once without a cache",
      };
    }
  },
};

import { INJECTOR_PREFIX } from "../../access";
import { MANIFEST_CONTAINER, MANIFEST_POD } from "../example-parts";
import type { Rule } from "../rule";

export const annotationsOnWorkload: Rule = {
  id: "lifecycle/annotations-on-workload",
  severity: "error",
  title: "injector annotations beside the pod template",
  why: "The webhook sees pods only: on the Deployment itself the annotations do nothing, and the pod starts without an agent. (vault-k8s, handler.go)",
  example: {
    language: "yaml",
    text: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
  namespace: shop
  annotations:
    vault.hashicorp.com/agent-inject: "true"
    vault.hashicorp.com/role: orders
spec:
  replicas: 2
  template:
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check({ workloads }) {
    for (const { origin: at, kind, annotations } of workloads) {
      const found = Object.keys(annotations).filter((key) => key.startsWith(INJECTOR_PREFIX));
      if (found.length === 0) continue;
      yield {
        at,
        message: `${found.length} annotation${found.length === 1 ? "" : "s"} of the injector ${found.length === 1 ? "stands" : "stand"} on the ${kind} and not on its pods`,
        fix: "move them to spec.template.metadata.annotations",
      };
    }
  },
};

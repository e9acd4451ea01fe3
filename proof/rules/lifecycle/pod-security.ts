import { known, type AccessGraph } from "../../access";
import { DEPLOYMENT_END, DEPLOYMENT_METADATA } from "../example-parts";
import { namespaceLabels } from "../labels";
import { podSecurityProblems, type PodSecurityLevel } from "../pod-security";
import type { Rule } from "../rule";
import { listed, show } from "../words";

const ENFORCE = "pod-security.kubernetes.io/enforce";

export const podSecurity: Rule = {
  id: "lifecycle/pod-security",
  severity: "error",
  title: "pods that the Pod Security level of their namespace refuses",
  why: "The API server refuses each pod; the Deployment only says that its ReplicaSet creates nothing. What the injector adds is judged as well: its agents have no seccomp profile of their own. (Kubernetes, Pod Security Standards; vault-k8s#377)",
  example: {
    language: "hcl",
    text: `resource "kubernetes_namespace_v1" "shop" {
  metadata {
    name   = "shop"
    labels = { "pod-security.kubernetes.io/enforce" = "baseline" }
  }
}

${DEPLOYMENT_METADATA}
    replicas = 2
    template {
      metadata {}
      spec {
        service_account_name = "orders"
        host_network         = true
        container {
          name = "orders"
${DEPLOYMENT_END}`,
  },
  *check(graph) {
    for (const workload of graph.workloads) {
      const namespace = known(workload.namespace);
      const level = namespace === undefined ? undefined : levelOf(graph, namespace);
      if (level === undefined) continue;
      const problems = [...podSecurityProblems(workload, level)];
      if (problems.length === 0) continue;
      yield {
        at: workload.origin,
        message: `the namespace ${show(namespace)} enforces ${show(level)}, and of the pods ${listed([...new Set(problems)])}`,
        fix: "take it out of the pods, or write what the level asks for",
      };
    }
  },
};

function levelOf(graph: AccessGraph, namespace: string): PodSecurityLevel | undefined {
  const level = namespaceLabels(graph, namespace)(ENFORCE);
  return level === "baseline" || level === "restricted" ? level : undefined;
}

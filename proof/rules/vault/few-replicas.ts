import { known, type Workload } from "../../access";
import { groupBy } from "../../core";
import { MANIFEST_CONTAINER, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";

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
  *check({ workloads }, { limits }) {
    const services = groupBy(workloads.filter(isJudged), serviceOf);
    for (const pods of services.values()) {
      const [first] = pods;
      const counts = pods.map(({ replicas }) => known(replicas));
      if (first === undefined || counts.includes(undefined)) continue;
      const count = counts.reduce<number>((sum, each) => sum + (each ?? 0), 0);
      if (count >= limits.replicas) continue;
      yield {
        at: first.origin,
        message: `the Deployment has ${count} replica${count === 1 ? "" : "s"}, and the guardrail asks for ${limits.replicas}`,
        fix: `set replicas to ${limits.replicas} or more, or waive this for the service alone with the reason why there can be no second pod`,
      };
    }
  },
};

/** What gets an agent, and what is on its way there. */
function isJudged({ kind, pod }: Workload): boolean {
  const isOurs = pod.injection?.requested === true || pod.labels[SERVICE_LABEL] !== undefined;
  return kind === "Deployment" && isOurs;
}

const SERVICE_LABEL = "leasehold/service";

/** The pods of a canary serve beside the others of their service. */
function serviceOf({ pod, namespace, origin }: Workload): string {
  const service = known(pod.labels[SERVICE_LABEL]);
  return service === undefined ? origin.address : `${String(known(namespace))}/${service}`;
}

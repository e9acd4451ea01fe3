import { asObject, asText, known, type Workload } from "../../access";
import { groupBy } from "../../core";
import { MANIFEST_CONTAINER, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";

export const fewReplicas: Rule = {
  id: "vault/few-replicas",
  severity: "error",
  title: "fewer pods than the guardrail, or none of them while they are replaced",
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
      const counts = pods.map(({ fewest }) => known(fewest));
      if (first === undefined || counts.includes(undefined)) continue;
      const count = counts.reduce<number>((sum, each) => sum + (each ?? 0), 0);
      if (count >= limits.replicas) continue;
      yield {
        at: first.origin,
        message: `the ${first.kind} has ${count} replica${count === 1 ? "" : "s"}, and the guardrail asks for ${limits.replicas}`,
        fix: `set replicas to ${limits.replicas} or more, or waive this for the service alone with the reason why there can be no second pod`,
      };
    }
    if (limits.replicas < 2) return;
    for (const workload of workloads.filter(isJudged)) {
      const missing = missingAtRollout(workload);
      if (missing === undefined || (known(workload.fewest) ?? 0) < 2) continue;
      yield {
        at: workload.origin,
        message: `${missing}, and the guardrail asks for ${limits.replicas} replicas so that one of them answers`,
        fix: "let some of the pods stay while others are replaced (RollingUpdate with a smaller maxUnavailable), or waive this for the service alone with the reason",
      };
    }
  },
};

/** Why no pod answers while they are replaced; nothing where one does. */
function missingAtRollout({ kind, body, fewest }: Workload): string | undefined {
  if (kind !== "Deployment") return undefined;
  const { type, rollingUpdate } = asObject(asObject(body.spec).strategy);
  if (type === "Recreate") return "all of its pods end before a new one starts (Recreate)";
  const written = asText(asObject(rollingUpdate).maxUnavailable);
  const count = known(fewest);
  if (typeof written !== "string" || count === undefined) return undefined;
  const unavailable = written.endsWith("%") ? Math.floor((count * parseInt(written)) / 100) : Number(written);
  return unavailable >= count
    ? `all ${count} of its pods may be missing at once (maxUnavailable)`
    : undefined;
}

/** What gets an agent, and what is on its way there. */
function isJudged({ kind, pod }: Workload): boolean {
  const isOurs = pod.injection?.requested === true || pod.labels[SERVICE_LABEL] !== undefined;
  return (kind === "Deployment" || kind === "StatefulSet") && isOurs;
}

const SERVICE_LABEL = "leasehold/service";

/** The pods of a canary serve beside the others of their service. */
function serviceOf({ pod, namespace, origin }: Workload): string {
  const service = known(pod.labels[SERVICE_LABEL]);
  return service === undefined ? origin.address : `${String(known(namespace))}/${service}`;
}

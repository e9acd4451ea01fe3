import { isUnknown, known, type AccessGraph, type Workload } from "../../../access";
import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../../example-parts";
import type { Rule, Violation } from "../../rule";
import { show } from "../../words";
import { waitBeforeEnd } from "./pre-stop";

/** After the drain: twice the 5 s after which the agent gives up revoking. */
const MARGIN = 10;
/** What beyond is no more for ending, and keeps a pod that hangs. */
const SLACK = 20;

export const gracePeriod: Rule = {
  id: "proof/grace-period",
  severity: "error",
  title: "grace period that is not for drain and revocation",
  why: "The kubelet kills what is left when it ends: with less the drain is cut or nobody revokes, and with much more a pod that hangs keeps its credential. (Kubernetes, pod termination)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
${MANIFEST_POD}
      terminationGracePeriodSeconds: 300
      volumes: [{ name: leasehold-contract, configMap: { name: orders-contract } }]
${MANIFEST_CONTAINER}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: orders-contract, namespace: shop }
data: { contract.json: '{ "drainSeconds": 20 }' }`,
  },
  *check(graph) {
    const drains = new Map(
      graph.configMaps.map(({ namespace, name, data }) => [
        key(namespace, name),
        drainOf(data["contract.json"]),
      ]),
    );
    for (const workload of graph.workloads) yield* violations(workload, drains, waitBeforeEnd(workload));
  },
};

function key(namespace: Workload["namespace"], name: Workload["namespace"]): string {
  return `${known(namespace)}/${known(name)}`;
}

function drainOf(
  document: AccessGraph["configMaps"][number]["data"][string] | undefined,
): number | undefined {
  if (typeof document !== "string") return undefined;
  try {
    return Number((JSON.parse(document) as { drainSeconds?: unknown }).drainSeconds);
  } catch {
    return undefined;
  }
}

function* violations(
  { origin: at, namespace, pod }: Workload,
  drains: ReadonlyMap<string, number | undefined>,
  wait: number,
): Iterable<Violation> {
  const drain = pod.volumes
    .map(({ configMap }) => drains.get(key(namespace, configMap)))
    .find(Number.isFinite);
  const grace = pod.terminationGracePeriod;
  if (drain === undefined) return;
  // The grace period begins with the wait.
  const least = wait + drain + MARGIN;
  const isRight = typeof grace === "number" && grace >= least && grace <= least + SLACK;
  if (isRight) return;
  const found = isUnknown(grace) ? `${grace.expression}, which is not known before apply` : show(grace);
  yield {
    at,
    message: `terminationGracePeriodSeconds is ${found}, and the application ${wait > 0 ? `waits for ${wait} s and ` : ""}drains for ${drain} s`,
    fix: `set it to ${least} seconds`,
  };
}

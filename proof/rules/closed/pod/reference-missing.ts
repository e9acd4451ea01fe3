import { known, type AccessGraph, type Known, type Origin, type Workload } from "../../../access";
import type { Context } from "../../context";
import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../../example-parts";
import type { Rule, Violation } from "../../rule";
import { show } from "../../words";
import { objectsOf } from "../resources";

export const referenceMissing: Rule = {
  id: "proof/reference-missing",
  severity: "error",
  title: "something that pods refer to and that is not there, or that is there for nobody",
  why: "Pods without their ServiceAccount are refused, without their namespace as well, and without a ConfigMap they stay in ContainerCreating: no event of the Deployment says why. (Kubernetes, admission and kubelet)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
${MANIFEST_POD}
${MANIFEST_CONTAINER}
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: order, namespace: shop }`,
  },
  *check(graph, context) {
    const made = new Set(objectsOf(graph, "namespace").map(({ name }) => name));
    const notMade = [...(context.namespaces ?? [])].filter((name) => !made.has(name));
    for (const workload of graph.workloads) yield* missingFor(workload, graph, notMade);
    yield* unused(graph, context);
  },
};

const FIX = "write it in the configuration, or refer to what is there";

function* missingFor(
  workload: Workload,
  graph: AccessGraph,
  notMade: readonly string[],
): Iterable<Violation> {
  const { origin: at, namespace, pod } = workload;
  const has = (all: readonly Named[], name: Known<string>) =>
    all.some((each) => each.name === name && each.namespace === namespace && known(name) !== undefined);
  const account = pod.serviceAccount ?? "default";
  if (!has(graph.serviceAccounts, account))
    yield {
      at,
      message: `the pods run as the ServiceAccount ${show(account)}, which is not in ${show(namespace)}`,
      fix: FIX,
    };
  // What the application mounts of its own is made by somebody else.
  const contracts = new Set(
    [...pod.containers, ...pod.initContainers].flatMap(({ volumeMounts }) =>
      volumeMounts.filter(({ path }) => known(path) === "/etc/leasehold").map(({ volume }) => volume),
    ),
  );
  for (const { name, configMap } of pod.volumes) {
    if (configMap === undefined || has(graph.configMaps, configMap) || !contracts.has(name)) continue;
    yield {
      at,
      message: `the volume ${show(name)} shows the ConfigMap ${show(configMap)}, which is not in ${show(namespace)}`,
      fix: FIX,
    };
  }
  if (notMade.includes(known(namespace) ?? ""))
    yield { at, message: `nothing makes the namespace ${show(namespace)}`, fix: FIX };
}

interface Named {
  readonly origin: Origin;
  readonly name: Known<string>;
  readonly namespace: Known<string>;
}

/** What nobody uses was meant for somebody. */
function* unused(graph: AccessGraph, { namespaces }: Context): Iterable<Violation> {
  const { workloads, serviceAccounts, configMaps } = graph;
  const beside = ({ namespace }: Named, uses: (workload: Workload) => boolean) =>
    workloads.some((workload) => workload.namespace === namespace && uses(workload));
  const told = (kind: string, { origin: at, name }: Named) => ({
    at,
    message: `no pod uses the ${kind} ${show(name)}`,
    fix: "take it out, or let the pods refer to it that it is meant for",
  });
  for (const account of serviceAccounts)
    if (!beside(account, ({ pod }) => pod.serviceAccount === account.name))
      yield told("ServiceAccount", account);
  for (const map of configMaps)
    if (!beside(map, ({ pod }) => pod.volumes.some(({ configMap }) => configMap === map.name)))
      yield told("ConfigMap", map);
  for (const { resource, name } of objectsOf(graph, "namespace"))
    if (namespaces !== undefined && !namespaces.has(name ?? ""))
      yield {
        at: resource.origin,
        message: `the namespace ${show(name)} is that of no service`,
        fix: "take it out, or correct its name",
      };
}

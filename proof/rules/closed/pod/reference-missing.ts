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
    const accounts = Names.of(graph.serviceAccounts);
    const configMaps = Names.of(graph.configMaps);
    for (const workload of graph.workloads) yield* missingFor(workload, { accounts, configMaps, notMade });
    yield* unused(graph, context);
  },
};

const FIX = "write it in the configuration, or refer to what is there";

interface There {
  readonly accounts: Names;
  readonly configMaps: Names;
  /** Namespaces. */
  readonly notMade: readonly string[];
}

function* missingFor(
  { origin: at, namespace, pod }: Workload,
  { accounts, configMaps, notMade }: There,
): Iterable<Violation> {
  const has = (all: Names, name: Known<string>) => known(name) !== undefined && all.has({ namespace, name });
  const account = pod.serviceAccount ?? "default";
  if (!has(accounts, account))
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
    if (configMap === undefined || has(configMaps, configMap) || !contracts.has(name)) continue;
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
  readonly name: Known<string>;
  readonly namespace: Known<string>;
}

/** Names in their namespaces; of what is not known it holds what it was given, and nothing that is like it. */
class Names {
  private readonly byNamespace = new Map<Known<string>, Set<Known<string>>>();

  static of(all: Iterable<Named>): Names {
    const names = new Names();
    for (const { namespace, name } of all) {
      const within = names.byNamespace.get(namespace);
      if (within === undefined) names.byNamespace.set(namespace, new Set([name]));
      else within.add(name);
    }
    return names;
  }

  has({ namespace, name }: Named): boolean {
    return this.byNamespace.get(namespace)?.has(name) === true;
  }
}

/** What nobody uses was meant for somebody. */
function* unused(graph: AccessGraph, { namespaces }: Context): Iterable<Violation> {
  const { workloads, serviceAccounts, configMaps } = graph;
  const accountsUsed = Names.of(
    workloads.map(({ namespace, pod }) => ({ namespace, name: pod.serviceAccount })),
  );
  const mapsUsed = Names.of(
    workloads.flatMap(({ namespace, pod }) =>
      pod.volumes.map(({ configMap }) => ({ namespace, name: configMap })),
    ),
  );
  const told = (kind: string, { origin: at, name }: Named & { readonly origin: Origin }) => ({
    at,
    message: `no pod uses the ${kind} ${show(name)}`,
    fix: "take it out, or let the pods refer to it that it is meant for",
  });
  for (const account of serviceAccounts)
    if (!accountsUsed.has(account)) yield told("ServiceAccount", account);
  for (const map of configMaps) if (!mapsUsed.has(map)) yield told("ConfigMap", map);
  for (const { resource, name } of objectsOf(graph, "namespace"))
    if (namespaces !== undefined && !namespaces.has(name ?? ""))
      yield {
        at: resource.origin,
        message: `the namespace ${show(name)} is that of no service`,
        fix: "take it out, or correct its name",
      };
}

import {
  asNumber,
  asObject,
  asObjects,
  asText,
  asTextMap,
  known,
  type AccessGraph,
  type TerraformResource,
  type Workload,
} from "../../../access";
import type { Rule, Violation } from "../../rule";
import { show } from "../../words";
import { objectsOf, resourceFinder, type KubernetesObject } from "../resources";

export const selector: Rule = {
  id: "proof/selector",
  severity: "error",
  title: "selector, label or port that does not lead to the pods that it is meant for",
  why: "The API server refuses a Deployment that does not select its own pods; a Service that selects none, or a port at which nobody listens, refuses every connection; labels that differ hide pods from who looks for them. (Kubernetes, labels and selectors)",
  example: {
    language: "hcl",
    text: `resource "kubernetes_service_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
  }
  spec {
    selector = { "leasehold/service" = "orders" }
    port {
      port        = 8080
      target_port = 8080
    }
  }
  depends_on = [kubernetes_deployment_v1.orders]
}

resource "kubernetes_deployment_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
    labels    = { "app.kubernetes.io/name" = "orders", "leasehold/service" = "orders" }
  }
  spec {
    replicas = 2
    selector {
      match_labels = { "app.kubernetes.io/name" = "orders" }
    }
    template {
      metadata {
        labels = { "app.kubernetes.io/name" = "orders", "leasehold/service" = "orders" }
      }
      spec {
        service_account_name = "orders"
        container {
          name = "orders"
          port {
            container_port = 8000
          }
        }
      }
    }
  }
}`,
  },
  *check(graph) {
    const find = resourceFinder(graph);
    const selected = podFinder(graph);
    for (const workload of graph.workloads) {
      const resource = find(workload.origin);
      if (resource !== undefined)
        for (const message of workloadProblems(workload, resource, selected))
          yield { at: workload.origin, message, fix: "write the labels of the pods in all of these places" };
      yield* governingProblems(workload, graph);
    }
    for (const service of objectsOf(graph, "service")) yield* serviceProblems(service, selected, find);
  },
};

type Labels = Workload["pod"]["labels"];

const NAME = "app.kubernetes.io/name";
const SERVICE = "leasehold/service";

function* workloadProblems(
  workload: Workload,
  { body }: TerraformResource,
  selected: PodFinder,
): Iterable<string> {
  const { labels, serviceAccount, spec } = workload.pod;
  if (labels[NAME] === undefined || labels[NAME] !== workload.name)
    yield `the label ${NAME} of the pods is ${show(labels[NAME])}, and the workload is called ${show(workload.name)}`;
  if (labels[SERVICE] === undefined || labels[SERVICE] !== (serviceAccount ?? "default"))
    yield `the label ${SERVICE} of the pods is ${show(labels[SERVICE])}, and they run as the ServiceAccount ${show(serviceAccount)}`;
  const own = asTextMap(asObject(body.metadata).labels);
  if (!isSame(own, labels)) yield "the labels of the workload are others than those of its pods";
  const { selector, job_template: jobs } = asObject(body.spec);
  if (jobs !== undefined && !isSame(asTextMap(asObject(asObject(jobs).metadata).labels), labels))
    yield "the labels of the Jobs are others than those of their pods";
  for (const each of asObjects(spec.topologySpreadConstraints))
    if (!matches(asTextMap(asObject(each.labelSelector).matchLabels), labels))
      yield "the pods are spread by labels that they do not have: all of them may run on one node";
  if (!["Deployment", "StatefulSet", "DaemonSet"].includes(workload.kind)) return;
  const wanted = asTextMap(asObject(selector).match_labels);
  if (!matches(wanted, labels)) yield `the ${workload.kind} selects by labels that its pods do not have`;
  const others = selected(workload.namespace, wanted).filter((other) => other !== workload);
  for (const { origin } of others) yield `the ${workload.kind} selects the pods of ${origin.address} as well`;
}

function isSame(one: Labels, other: Labels): boolean {
  return Object.keys(one).length === Object.keys(other).length && matches(one, other);
}

/** Whether a selector selects what has some labels; one that is empty would select everything. */
function matches(wanted: Labels, labels: Labels): boolean {
  const all = Object.entries(wanted);
  return all.length > 0 && all.every(([key, value]) => typeof value === "string" && labels[key] === value);
}

type PodFinder = (namespace: Workload["namespace"], wanted: Labels) => readonly Workload[];

/** Finds the workloads whose pods a selector selects in a namespace. */
function podFinder({ workloads }: AccessGraph): PodFinder {
  const byLabel = new Map<string, Workload[]>();
  const keyOf = ([key, value]: readonly [string, unknown]) => `${key}=${String(value)}`;
  for (const workload of workloads)
    for (const label of Object.entries(workload.pod.labels)) {
      const known = byLabel.get(keyOf(label));
      if (known === undefined) byLabel.set(keyOf(label), [workload]);
      else known.push(workload);
    }
  return (namespace, wanted) => {
    const some = Object.entries(wanted).map((label) => byLabel.get(keyOf(label)) ?? []);
    const [fewest = []] = some.sort((a, b) => a.length - b.length);
    return fewest.filter((each) => each.namespace === namespace && matches(wanted, each.pod.labels));
  };
}

function* serviceProblems(
  { resource, name, namespace, spec }: KubernetesObject,
  selected: PodFinder,
  find: ReturnType<typeof resourceFinder>,
): Iterable<Violation> {
  const { origin: at, place } = resource;
  const fix = "select the pods of one service, and lead to the port at which they listen";
  const wanted = asTextMap(spec.selector);
  const pods = selected(namespace, wanted);
  if (pods.length === 0) {
    yield { at, message: `the Service ${show(name)} selects no pods in ${show(namespace)}`, fix };
    return;
  }
  // Names of the pods of a StatefulSet, which waits for them: what it is called the StatefulSet says.
  if (isHeadless(spec)) {
    if (!pods.every((each) => governing(each) === name))
      yield {
        at,
        message: `the Service ${show(name)} has no address, and gives names to no StatefulSet's pods`,
        fix,
      };
    return;
  }
  if (known(wanted[SERVICE]) !== name)
    yield { at, message: `the Service ${show(name)} leads to ${show(wanted[SERVICE])}`, fix };
  for (const { port, target_port: target = port } of asObjects(spec.port)) {
    const listening = pods.filter((each) => portsOf(each).includes(asText(target)));
    if (listening.length < pods.length)
      yield {
        at,
        message: `the Service ${show(name)} leads to the port ${show(asText(target))}, at which not all of its pods listen`,
        fix,
      };
  }
  const blocks = pods.map((each) => find(each.origin)?.place?.block);
  const waits = place?.order.waitsFor(place.block);
  if (waits?.isComplete === true && !blocks.some((block) => block !== undefined && waits.blocks.has(block)))
    yield {
      at,
      message: `the Service ${show(name)} waits for none of its pods: one that is taken over would lead to nobody`,
      fix: "name their Deployment in depends_on",
    };
}

function isHeadless(spec: KubernetesObject["spec"]): boolean {
  return known(asText(spec.cluster_ip)) === "None";
}

/** Name of the Service that gives the pods of a StatefulSet their names. */
function governing({ kind, body }: Workload): string | undefined {
  return kind === "StatefulSet" ? known(asText(asObject(body.spec).serviceName)) : undefined;
}

function* governingProblems(workload: Workload, graph: AccessGraph): Iterable<Violation> {
  const { kind, origin: at, namespace, pod } = workload;
  if (kind !== "StatefulSet" || resourceFinder(graph)(at) === undefined) return;
  const name = governing(workload);
  const isThere = objectsOf(graph, "service").some(
    (each) =>
      each.name === name &&
      each.namespace === namespace &&
      isHeadless(each.spec) &&
      matches(asTextMap(each.spec.selector), pod.labels),
  );
  if (isThere) return;
  yield {
    at,
    message: `its pods have their names from the Service ${show(name)}, and no Service of that name without an address selects them`,
    fix: "write a Service with cluster_ip None that selects the pods, and name it in service_name",
  };
}

function portsOf({ pod }: Workload): ReturnType<typeof asText>[] {
  return asObjects(pod.spec.containers).flatMap(({ ports }) =>
    asObjects(ports).map(({ containerPort }) => asText(asNumber(containerPort))),
  );
}

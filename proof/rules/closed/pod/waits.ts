import {
  asObject,
  asText,
  known,
  type AccessGraph,
  type Known,
  type Origin,
  type TerraformResource,
  type Workload,
} from "../../../access";
import { DEPLOYMENT_ANNOTATIONS, DEPLOYMENT_END, DEPLOYMENT_METADATA } from "../../example-parts";
import { groupBy } from "../../../core";
import type { Rule } from "../../rule";
import { listed } from "../../words";
import { chainFinder, objectsOf, resourceFinder } from "../resources";

export const podsWait: Rule = {
  id: "proof/pods-wait",
  severity: "error",
  title: "pods that do not wait for what they need",
  why: "Terraform sees no reference from pods to what they log in with: the first apply waits for pods that cannot start, and a destroy takes it from pods that still run. (Terraform, depends_on)",
  example: {
    language: "hcl",
    text: `resource "kubernetes_service_account_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
  }
}

${DEPLOYMENT_METADATA}
    replicas = 2
${DEPLOYMENT_ANNOTATIONS}
${DEPLOYMENT_END}`,
  },
  *check(graph) {
    const find = resourceFinder(graph);
    const neededBy = neededFinder(graph);
    for (const workload of graph.workloads) {
      const resource = find(workload.origin);
      const waits = resource?.place?.order.waitsFor(resource.place.block);
      if (resource === undefined || waits?.isComplete !== true) continue;
      const missing = neededBy(workload)
        .map(find)
        .filter((each) => each !== undefined)
        .filter((each) => isOfOneRoot(each, resource) && !waits.blocks.has(each.place?.block ?? ""))
        .map(({ origin }) => origin.address);
      if (missing.length === 0) continue;
      yield {
        at: workload.origin,
        message: `${workload.origin.address} does not wait for ${listed([...new Set(missing)])}`,
        fix: "name it in depends_on",
      };
    }
  },
};

/** Tells everything on the way from the pods to their credentials, and what they mount. */
function neededFinder(graph: AccessGraph): (workload: Workload) => (Origin | undefined)[] {
  const chainsOf = chainFinder(graph);
  const [maps, accounts] = [named(graph.configMaps), named(graph.serviceAccounts)];
  const services = named(objectsOf(graph, "service"));
  return (workload) => {
    const { namespace, pod, body } = workload;
    const mounted = new Set(pod.volumes.map(({ configMap }) => configMap));
    // A pod of a StatefulSet finds the others by the names that a Service gives them.
    const governing = known(asText(asObject(body.spec).serviceName));
    return [
      ...services(governing).flatMap((service) =>
        service.namespace === known(namespace) ? [service.resource.origin] : [],
      ),
      ...[...[...mounted].flatMap(maps), ...accounts(pod.serviceAccount)]
        .filter((each) => each.namespace === namespace)
        .map(({ origin }) => origin),
      ...chainsOf(workload).flatMap(({ authRole, databaseRole, policies }) =>
        [authRole, databaseRole, ...policies].map((each) => each?.origin),
      ),
    ];
  };
}

function named<T extends { readonly name: Known<string> }>(all: readonly T[]) {
  const byName = groupBy(all, ({ name }) => name);
  return (name: Known<string>): readonly T[] => (name === undefined ? [] : (byName.get(name) ?? []));
}

/** Another root has its own apply. */
function isOfOneRoot(one: TerraformResource, other: TerraformResource): boolean {
  return one.place !== undefined && one.place.order === other.place?.order;
}

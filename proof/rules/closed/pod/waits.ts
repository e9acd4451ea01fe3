import {
  asObject,
  asText,
  known,
  type AccessGraph,
  type Origin,
  type TerraformResource,
  type Workload,
} from "../../../access";
import { DEPLOYMENT_ANNOTATIONS, DEPLOYMENT_END, DEPLOYMENT_METADATA } from "../../example-parts";
import type { Rule } from "../../rule";
import { listed } from "../../words";
import { objectsOf, resourceFinder } from "../resources";

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
    for (const workload of graph.workloads) {
      const resource = find(workload.origin);
      const waits = resource?.place?.order.waitsFor(resource.place.block);
      if (resource === undefined || waits?.isComplete !== true) continue;
      const missing = needed(workload, graph)
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

/** Everything on the way from the pods to their credentials, and what they mount. */
function needed({ namespace, pod, origin, body }: Workload, graph: AccessGraph): (Origin | undefined)[] {
  const chains = graph.chains.filter(({ workload }) => workload.origin === origin);
  const maps = graph.configMaps.filter(
    (map) => map.namespace === namespace && pod.volumes.some(({ configMap }) => configMap === map.name),
  );
  const accounts = graph.serviceAccounts.filter(
    (account) => account.namespace === namespace && account.name === pod.serviceAccount,
  );
  // A pod of a StatefulSet finds the others by the names that a Service gives them.
  const governing = known(asText(asObject(body.spec).serviceName));
  const names = objectsOf(graph, "service").filter(
    (service) => service.name === governing && service.namespace === known(namespace),
  );
  return [
    ...names.map(({ resource }) => resource.origin),
    ...[...maps, ...accounts].map((each) => each.origin),
    ...chains.flatMap(({ authRole, databaseRole, policies }) =>
      [authRole, databaseRole, ...policies].map((each) => each?.origin),
    ),
  ];
}

/** Another root has its own apply. */
function isOfOneRoot(one: TerraformResource, other: TerraformResource): boolean {
  return one.place !== undefined && one.place.order === other.place?.order;
}

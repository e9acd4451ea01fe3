import { known, type AccessGraph, type HelmRelease, type Workload } from "../../access";
import { DEPLOYMENT_ANNOTATIONS, DEPLOYMENT_END, DEPLOYMENT_METADATA } from "../example-parts";
import { namespaceLabels, podLabels } from "../labels";
import type { Rule } from "../rule";
import { every, selects, some } from "../selector";
import { runsInjector, vaultReleases, webhookSelector } from "../vault/releases";
import { show } from "../words";
import { annotation, injected } from "./pods";

export const webhookPassesOver: Rule = {
  id: "lifecycle/webhook-passes-over",
  severity: "error",
  title: "pods that the injector's webhook does not look at",
  why: "The API server asks the webhook only for pods whose namespace and labels its selectors select: any other pod starts without an agent, and no event says so. Without a release of Vault's chart in the configuration nobody knows. (Kubernetes, admission webhooks; vault-helm, injector.webhook)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name      = "vault"
  namespace = "vault"
  chart     = "vault"
  version   = "0.34.1"
  values = [yamlencode({
    injector = { webhook = { namespaceSelector = { matchExpressions = [
      { key = "kubernetes.io/metadata.name", operator = "NotIn", values = ["kube-system", "vault", "shop"] },
    ] } } }
  })]
}

${DEPLOYMENT_METADATA}
    replicas = 2
${DEPLOYMENT_ANNOTATIONS}
${DEPLOYMENT_END}`,
  },
  *check(graph) {
    const [first] = vaultReleases(graph).filter(runsInjector);
    for (const workload of injected(graph)) {
      if (annotation(workload, "agent-inject-status") === "injected")
        yield {
          at: workload.origin,
          message:
            "vault.hashicorp.com/agent-inject-status is injected: the webhook takes them for pods that have their agents",
          fix: "take the annotation out; the webhook writes it to pods",
        };
      const { answer, leftOutBy } = webhookLooksAt(graph, workload);
      if (first === undefined || answer !== false || leftOutBy === undefined) continue;
      yield {
        at: workload.origin,
        message: `${leftOutBy} of ${first.origin.address} leaves them out`,
        fix: "let the selector select it, or run the workload where it does",
      };
    }
  },
};

/** Whether the webhook of one of the releases looks at the pods, and what leaves them out; nothing where nobody knows. */
export function webhookLooksAt(
  graph: AccessGraph,
  workload: Workload,
): { readonly answer: boolean | undefined; readonly leftOutBy?: string } {
  const each = vaultReleases(graph)
    .filter(runsInjector)
    .map((release) => looksAt(graph, release, workload));
  const answer = each.length === 0 ? undefined : some(each.map(({ answer: own }) => own));
  return answer === false ? (each[0] ?? { answer }) : { answer };
}

function looksAt(
  graph: AccessGraph,
  release: HelmRelease,
  workload: Workload,
): ReturnType<typeof webhookLooksAt> {
  const namespace = known(workload.namespace);
  if (release.incomplete || namespace === undefined) return { answer: undefined };
  const ofNamespace = selects(
    webhookSelector(release, "namespaceSelector"),
    namespaceLabels(graph, namespace),
  );
  if (ofNamespace === false)
    return { answer: false, leftOutBy: `the pods are in ${show(namespace)}, and the namespaceSelector` };
  const ofPods = selects(webhookSelector(release, "objectSelector"), podLabels(workload));
  if (ofPods === false)
    return { answer: false, leftOutBy: "the pods have other labels, and the objectSelector" };
  return { answer: every([ofNamespace, ofPods]) };
}

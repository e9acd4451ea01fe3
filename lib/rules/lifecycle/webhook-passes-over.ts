import { known, type AccessGraph, type HelmRelease, type Workload } from "../../access";
import { DEPLOYMENT_ANNOTATIONS, DEPLOYMENT_END, DEPLOYMENT_METADATA } from "../example-parts";
import { namespaceLabels, podLabels } from "../labels";
import type { Rule } from "../rule";
import { selects } from "../selector";
import { runsInjector, vaultReleases, webhookSelector } from "../vault/releases";
import { show } from "../words";
import { injected } from "./pods";

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
    const releases = vaultReleases(graph).filter(runsInjector);
    const [first] = releases;
    if (first === undefined) return;
    for (const workload of injected(graph)) {
      const reasons = releases.map((release) => passedOver(graph, release, workload));
      const [reason] = reasons;
      if (reason === undefined || reasons.includes(undefined)) continue;
      yield {
        at: workload.origin,
        message: `${reason} of ${first.origin.address} leaves them out`,
        fix: "let the selector select it, or run the workload where it does",
      };
    }
  },
};

/** The selector that leaves the pods out; nothing where none does, or where nobody knows. */
function passedOver(graph: AccessGraph, release: HelmRelease, workload: Workload): string | undefined {
  const namespace = known(workload.namespace);
  if (release.incomplete || namespace === undefined) return undefined;
  if (selects(webhookSelector(release, "namespaceSelector"), namespaceLabels(graph, namespace)) === false) {
    return `the pods are in ${show(namespace)}, and the namespaceSelector`;
  }
  const ofPods = webhookSelector(release, "objectSelector");
  return selects(ofPods, podLabels(workload)) === false
    ? "the pods have other labels, and the objectSelector"
    : undefined;
}

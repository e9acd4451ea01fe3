import {
  asBoolean,
  asNumber,
  asObjects,
  helmValue,
  isUnknown,
  known,
  type AccessGraph,
  type HelmRelease,
  type Value,
  type Workload,
} from "../../access";
import { canonicalHost } from "../../core";
import { DEPLOYMENT_ANNOTATIONS, DEPLOYMENT_END, DEPLOYMENT_METADATA } from "../example-parts";
import { namespaceLabels, podLabels } from "../labels";
import type { Rule } from "../rule";
import { every, selects, some } from "../selector";
import { releaseNamespace, runsServer, vaultReleases } from "../vault/releases";
import { show } from "../words";
import { injected } from "./pods";

/** Port of the servers, whatever the one of the Service is. */
const API = 8200;

export const networkPolicyCutsOff: Rule = {
  id: "lifecycle/network-policy-cuts-off",
  severity: "error",
  title: "pods that Vault's network policy does not let in",
  why: "The policy lets in what one of its sources selects and nothing else: the agent's login is refused or gets no answer, by what enforces it, and the pod stays in Init. Without a release of Vault's chart in the configuration nobody knows. (Kubernetes, NetworkPolicy; vault-helm, server.networkPolicy)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name    = "vault"
  chart   = "vault"
  version = "0.34.1"
  values = [yamlencode({
    server = { networkPolicy = { enabled = true, ingress = [{
      from  = [{ namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = "billing" } } }]
      ports = [{ port = 8200, protocol = "TCP" }]
    }] } }
  })]
}

${DEPLOYMENT_METADATA}
    replicas = 2
${DEPLOYMENT_ANNOTATIONS}
${DEPLOYMENT_END}`,
  },
  *check(graph) {
    const [release] = vaultReleases(graph).filter(runsServer);
    for (const workload of injected(graph)) {
      const namespace = known(workload.namespace);
      if (release === undefined || namespace === undefined || networkLetsIn(graph, workload) !== false)
        continue;
      yield {
        at: workload.origin,
        message: `server.networkPolicy of ${release.origin.address} has no ingress for pods in ${show(namespace)} at port ${API}`,
        fix: `add { from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ${namespace} } } }], ports: [{ port: ${API} }] }`,
      };
    }
  },
};

/**
 * Whether Vault's network policy lets the pods in; nothing where nobody knows.
 *
 * @param isInRange whether pods have addresses of an `ipBlock`, which nobody knows of a cluster that is not leasehold's
 */
export function networkLetsIn(
  graph: AccessGraph,
  workload: Workload,
  isInRange?: boolean,
): boolean | undefined {
  const [release, ...more] = vaultReleases(graph).filter(runsServer);
  const namespace = known(workload.namespace);
  // Of several nobody knows which one a pod goes to.
  if (release === undefined || more.length > 0) return undefined;
  return namespace === undefined || !goesInside(workload)
    ? undefined
    : letsIn(graph, release, workload, namespace, isInRange);
}

/** Whether the agents go to a Service of the cluster; what stands before Vault outside comes from elsewhere. */
function goesInside({ pod }: Workload): boolean {
  const address = known(pod.injection?.address);
  return (
    address === undefined ||
    (URL.canParse(address) && canonicalHost(new URL(address).hostname).endsWith(".svc"))
  );
}

function letsIn(
  graph: AccessGraph,
  release: HelmRelease,
  workload: Workload,
  namespace: string,
  isInRange: boolean | undefined,
): boolean | undefined {
  if (release.incomplete) return undefined;
  const isOn = asBoolean(helmValue(release, "server.networkPolicy.enabled"));
  const ingress = helmValue(release, "server.networkPolicy.ingress");
  // Without an ingress of its own the chart lets every namespace in.
  if (isOn !== true || ingress === undefined || isUnknown(ingress)) return isUnknown(isOn) ? undefined : true;
  return some(
    asObjects(ingress).map(({ from, ports }) =>
      every([
        opens(ports),
        isFrom(from, graph, workload, namespace, known(releaseNamespace(release)), isInRange),
      ]),
    ),
  );
}

function opens(ports: Value | undefined): boolean | undefined {
  if (isUnknown(ports)) return undefined;
  const listed = asObjects(ports);
  if (listed.length === 0) return true;
  return some(
    listed.map(({ port, endPort, protocol = "TCP" }) => {
      if (protocol !== "TCP") return false;
      const [first, last] = [known(asNumber(port)), known(asNumber(endPort))];
      // A port by its name is one of the servers' pods.
      if (first === undefined) return port === undefined ? true : undefined;
      return first <= API && API <= (last ?? first);
    }),
  );
}

function isFrom(
  from: Value | undefined,
  graph: AccessGraph,
  workload: Workload,
  namespace: string,
  own: string | undefined,
  isInRange: boolean | undefined,
): boolean | undefined {
  if (isUnknown(from)) return undefined;
  const sources = asObjects(from);
  // No source is every source.
  if (sources.length === 0) return true;
  return some(
    sources.map(({ namespaceSelector, podSelector, ipBlock }) => {
      if (ipBlock !== undefined) return isInRange;
      const isThere =
        namespaceSelector !== undefined
          ? selects(namespaceSelector, namespaceLabels(graph, namespace))
          : own === undefined
            ? undefined
            : own === namespace;
      return every([isThere, selects(podSelector, podLabels(workload))]);
    }),
  );
}

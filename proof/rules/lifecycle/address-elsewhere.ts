import { isUnknown, known, type AccessGraph, type HelmRelease } from "../../access";
import { canonicalHost, groupBy } from "../../core";
import { DEPLOYMENT_END, DEPLOYMENT_METADATA } from "../example-parts";
import { perGraph } from "../per-graph";
import type { Rule, Violation } from "../rule";
import { externalAddress, runsServer, vaultReleases } from "../vault/releases";
import { vaultServices, type VaultServices } from "../vault/services";
import { listed, show } from "../words";
import { injected, type Injected } from "./pods";

export const addressElsewhere: Rule = {
  id: "lifecycle/address-elsewhere",
  severity: "error",
  title: "address of Vault at which its release has no Service",
  why: "The Services have the names of the release and are in its namespace; at any other name agents ask DNS for ever, and pods stay in Init. A name outside of the cluster may lead anywhere: nobody knows. (vault-helm, templates/_helpers.tpl)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name      = "vault"
  namespace = "vault"
  chart     = "vault"
  version   = "0.34.1"
  values    = ["server: { ha: { enabled: true, replicas: 3 } }"]
}

${DEPLOYMENT_METADATA}
    replicas = 2
    template {
      metadata {
        annotations = {
          "vault.hashicorp.com/agent-inject"             = "true"
          "vault.hashicorp.com/role"                     = "orders"
          "vault.hashicorp.com/service"                  = "https://vault-active.security.svc:8200"
          "vault.hashicorp.com/agent-inject-secret-shop" = "database/creds/orders"
        }
      }
      spec {
        service_account_name = "orders"
        container {
          name = "orders"
${DEPLOYMENT_END}`,
  },
  *check(graph) {
    const services = servicesOf(graph);
    if (services === undefined) return;
    yield* ofPods(graph, services);
    for (const release of vaultReleases(graph)) yield* ofInjector(release, services);
  },
};

/** The Services of all releases; nothing where one of them is not known, which may have a Service of any name. */
const servicesOf = perGraph((graph): readonly VaultServices[] | undefined => {
  const servers = vaultReleases(graph).filter(runsServer).map(vaultServices);
  const services = servers.filter((each) => each !== undefined);
  return services.length === 0 || services.length < servers.length ? undefined : services;
});

/** Whether the agents of the pods go to a Service of Vault's; nothing where nobody knows. */
export function addressLeadsToVault(graph: AccessGraph, { namespace, pod }: Injected): boolean | undefined {
  const services = servicesOf(graph);
  const { address } = pod.injection;
  if (services === undefined || isUnknown(address)) return undefined;
  // Without the annotation they go where the chart tells its injector.
  if (address === undefined) return vaultReleases(graph).every(runsServer) ? true : undefined;
  return leadsThere(address, known(namespace), services);
}

function* ofPods(graph: AccessGraph, services: readonly VaultServices[]): Iterable<Violation> {
  for (const { origin: at, namespace, pod } of injected(graph)) {
    const address = known(pod.injection.address);
    if (address === undefined || leadsThere(address, known(namespace), services) !== false) continue;
    yield {
      at,
      message: `vault.hashicorp.com/service is ${show(address)}, and ${told(services)}`,
      fix: "write the address of one of these, or remove the annotation: the injector knows its own Vault",
    };
  }
}

function* ofInjector(release: HelmRelease, services: readonly VaultServices[]): Iterable<Violation> {
  const address = externalAddress(release);
  if (address === undefined || leadsThere(address, undefined, services) !== false) return;
  yield {
    at: release.origin,
    message: `externalVaultAddr is ${show(address)}, and ${told(services)}`,
    fix: "write the address of one of these",
  };
}

function told(services: readonly VaultServices[]): string {
  return services
    .map(({ ports, namespace }) => {
      const byPort = groupBy([...ports], ([, port]) => String(port));
      const all = [...byPort].map(
        ([port, own]) => `${listed(own.map(([name]) => show(name)))} at port ${port}`,
      );
      return `the release has ${all.length === 0 ? "no Service" : all.join(", ")} in ${show(namespace)}`;
    })
    .join("; ");
}

/** Whether an address is that of one of the Services; nothing where it is no address of a Service. */
function leadsThere(
  address: string,
  namespace: string | undefined,
  services: readonly VaultServices[],
): boolean | undefined {
  if (!URL.canParse(address)) return undefined;
  const { hostname, port, protocol } = new URL(address);
  const at = Number(port || (protocol === "http:" ? 80 : 443));
  const host = canonicalHost(hostname);
  const [service, where] = serviceOf(host, namespace);
  if (service === undefined || where === undefined) return undefined;
  return services.some(({ namespace: own, ports }) => own === where && ports.get(service) === at);
}

/** `[pod.]service.namespace.svc`, or a name alone, which is looked for in the pod's own namespace. */
function serviceOf(host: string, namespace: string | undefined): readonly (string | undefined)[] {
  if (!host.includes(".") && !host.includes(":")) return host === "localhost" ? [] : [host, namespace];
  if (!host.endsWith(".svc")) return [];
  return host.split(".").slice(-3, -1);
}

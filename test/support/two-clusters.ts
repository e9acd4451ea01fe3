import type { NamedCluster } from "../../lib/environment/cluster";
import type { ClusterService, MultiClusterEnvironment } from "../../lib/environment/environment";
import { vaultCa } from "../../template/project/stacks/certificates";
import { production } from "../../template/project/stacks/production";

/** A cluster with a context and an API server of its name. */
export function clusterCalled(name: string): NamedCluster {
  return {
    name,
    connection: { kind: "kubeconfig", context: `acme-${name}` },
    apiServer: `https://${name}.acme.internal:6443`,
    caCertificate: vaultCa,
  };
}

const { cluster: _, provenIn: __, services, ...common } = production;

/** `production` in two clusters, with a Vault outside of both; `analytics` runs in one of them. */
export const twoClusters: MultiClusterEnvironment = {
  ...common,
  vault: {
    mode: "external",
    address: "https://vault.acme.internal:8200",
    transport: { kind: "tls", caCertificate: vaultCa },
    injector: { kind: "install" },
    audit: [
      { kind: "file", path: "/vault/audit/audit.log" },
      { kind: "socket", address: "audit.acme.internal:9090", socketType: "tcp" },
    ],
    rateLimits: { login: 20, creds: 20 },
    terraform: { login: { kind: "jwt", mount: "jwt-ci", role: "leasehold" } },
  },
  clusters: [clusterCalled("eu"), clusterCalled("us")],
  services: services.map((service) =>
    service.name === "analytics" ? { ...service, clusters: ["eu"] } : service,
  ),
};

/** The same with other values at the top. */
export function twoClustersWith(changes: Partial<MultiClusterEnvironment>): MultiClusterEnvironment {
  return { ...twoClusters, ...changes };
}

/** The same with one service, `orders`, with other values. */
export function twoClustersWithOrders(changes: Partial<ClusterService>): MultiClusterEnvironment {
  const [orders] = services.filter(({ name }) => name === "orders");
  return twoClustersWith({ services: [{ ...orders!, ...changes }] });
}

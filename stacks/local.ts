import { relaxed, type Environment } from "leasehold";
import { analyticsGrants, billingGrants, ordersGrants } from "./grants";

/** A laptop: kind or minikube, Vault in dev mode, a PostgreSQL on the host. */
export const local: Environment = {
  name: "local",
  state: { kind: "local" },
  cluster: {
    connection: { kind: "kubeconfig", context: "kind-leasehold" },
    apiServer: "https://kubernetes.default.svc",
  },
  vault: { mode: "dev", audit: [], terraform: { address: "http://127.0.0.1:8200" } },
  guardrails: relaxed,
  protection: { kind: "disposable", reason: "a laptop's Vault forgets everything when its pod restarts" },
  databases: [
    {
      name: "shop",
      host: "host.docker.internal",
      database: "shop",
      postgresVersion: 18,
      maxConnections: 100,
      tls: { mode: "disable", reason: "the laptop's PostgreSQL has no certificate" },
    },
  ],
  services: [
    {
      name: "orders",
      namespace: "shop",
      ttl: { default: "5m", max: "15m" },
      access: [{ database: "shop", grants: ordersGrants }],
      workload: { kind: "deployment", image: "ghcr.io/acme/orders:1.4.2", replicas: 1, port: 8080 },
    },
    {
      name: "billing",
      namespace: "billing",
      // HikariCP takes no lifetime below 30 s, and 9 % of this is 32 s.
      ttl: { default: "6m", max: "15m" },
      access: [{ database: "shop", grants: billingGrants, credentials: { format: "properties" } }],
      workload: { kind: "deployment", image: "ghcr.io/acme/billing:2.1.0", replicas: 1, port: 8080 },
    },
    {
      name: "analytics",
      namespace: "analytics",
      ttl: { default: "5m", max: "15m" },
      access: [{ database: "shop", grants: analyticsGrants, credentials: { format: "env" } }],
      workload: { kind: "cron-job", image: "ghcr.io/acme/analytics:0.9.3", schedule: "15 * * * *" },
    },
  ],
};

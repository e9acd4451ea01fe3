import { strict, type Environment } from "leasehold";
import { postgresCa, vaultCa } from "./certificates";
import { analyticsGrants, billingGrants, ordersGrants } from "./grants";

/** What customers depend on. */
export const production: Environment = {
  name: "production",
  state: { kind: "s3", bucket: "acme-tfstate", region: "eu-west-1", prefix: "leasehold" },
  cluster: {
    connection: { kind: "kubeconfig", context: "acme-production" },
    apiServer: "https://kubernetes.default.svc",
  },
  vault: {
    mode: "ha",
    replicas: 3,
    tls: { secretName: "vault-server-tls", caCertificate: vaultCa },
    seal: { kind: "awskms", region: "eu-west-1", kmsKeyId: "alias/production-vault-unseal" },
    breakGlass: {
      kind: "second-login",
      mount: "oidc-platform",
      reason: "two of the platform's leads have the policy admin; tried each quarter",
    },
    audit: [{ kind: "stdout" }, { kind: "file", path: "/vault/audit/audit.log" }],
    rateLimits: { login: 20, creds: 20 },
    terraform: {
      address: "https://vault.production.acme.internal:8200",
      caCertificateFile: "/etc/ssl/acme/vault-ca.pem",
      login: { kind: "jwt", mount: "jwt-ci", role: "leasehold" },
    },
  },
  guardrails: strict,
  provenIn: "staging",
  databases: [
    {
      name: "shop",
      host: "pg.acme.internal",
      database: "shop",
      postgresVersion: 17,
      maxConnections: 400,
      tls: { mode: "verify-full", caCertificate: postgresCa },
    },
  ],
  services: [
    {
      name: "orders",
      namespace: "shop",
      ttl: { default: "1h", max: "24h" },
      drain: "20s",
      access: [{ database: "shop", grants: ordersGrants, pool: { max: 10 } }],
      workload: { kind: "deployment", image: "ghcr.io/acme/orders:1.4.2", replicas: 6, port: 8080 },
    },
    {
      name: "billing",
      namespace: "billing",
      ttl: { default: "1h", max: "12h" },
      drain: "45s",
      access: [
        { database: "shop", grants: billingGrants, credentials: { format: "properties" }, pool: { max: 5 } },
      ],
      workload: { kind: "deployment", image: "ghcr.io/acme/billing:2.1.0", replicas: 3, port: 8080 },
    },
    {
      name: "analytics",
      namespace: "analytics",
      ttl: { default: "15m", max: "1h" },
      access: [
        { database: "shop", grants: analyticsGrants, credentials: { format: "env" }, pool: { max: 2 } },
      ],
      workload: { kind: "cron-job", image: "ghcr.io/acme/analytics:0.9.3", schedule: "15 * * * *" },
    },
  ],
};

import type { Environment } from "../../lib/environment/environment";
import { strict } from "../../lib/environment/guardrails";
import { postgresCa, vaultCa } from "../../template/project/stacks/certificates";

/** A production with `count` Deployments of one shape, and one database that takes them all: what is measured is the synth of what holds. */
export function environmentOf(count: number): Environment {
  return {
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
        reason: "two people have the policy admin",
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
    databases: [
      {
        name: "shop",
        host: "pg.acme.internal",
        database: "shop",
        postgresVersion: 17,
        maxConnections: 262_143,
        tls: { mode: "verify-full", caCertificate: postgresCa },
      },
    ],
    services: Array.from({ length: count }, (_, index) => serviceOf(index)),
  };
}

function serviceOf(index: number): Environment["services"][number] {
  return {
    name: `service-${index}`,
    namespace: "bench",
    ttl: { default: "1h", max: "24h" },
    access: [
      {
        database: "shop",
        grants: [
          { tables: ["orders", "order_items"], privileges: ["SELECT", "INSERT", "UPDATE"] },
          { tables: ["customers"], privileges: ["SELECT"] },
        ],
        // Ten thousand of them are to have room on one server.
        pool: { max: 8 },
      },
    ],
    workload: { kind: "deployment", image: "ghcr.io/acme/service:1.0.0", replicas: 2 },
  };
}

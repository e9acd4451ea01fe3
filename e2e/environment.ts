import { SHOP } from "./schema";
import { APPLICATION_IMAGE, REVENUE_IMAGE } from "./images/bench";
import { customersService } from "./storefronts/service";
import type { Environment } from "../lib/environment/environment";
import { BROUGHT } from "../lib/core/providers";
import type { Servers } from "./servers/servers";
import type { Language } from "./storefronts/language";

export const ARCHIVE = "archive";

/** The same with all that providers later than the lowest of their ranges can do. */
export function withLaterProviders(environment: Environment): Environment {
  const { vault } = environment;
  return {
    ...environment,
    providers: { vault: BROUGHT.quotaConfig.version },
    vault: {
      ...vault,
      reviewer: { kind: "reviewer-jwt", source: { kind: "write-only" } },
      rateLimits: { ...vault.rateLimits, refused: "audited" },
    },
  };
}

/**
 * Vault as another environment uses it: the bench's own owns Vault's devices and limits, and gives Terraform the reviewer's JWT.
 */
export function borrowed({ vault }: Environment): Environment["vault"] {
  const { rateLimits: _, reviewer: __, ...used } = vault;
  return { ...used, audit: [] };
}

/** The environment under test: an external Vault and an existing injector, and leases of seconds. */
export function benchEnvironment(
  servers: Servers,
  kubeconfigFile: string,
  postgresVersion: number,
  storefronts: readonly Language[],
): Environment {
  const { authority, apiServer, vault, postgres } = servers;
  const tls = { mode: "verify-full", caCertificate: authority.certificate } as const;
  const version = postgresVersion as Environment["databases"][number]["postgresVersion"];
  return {
    name: "bench",
    state: { kind: "local" },
    cluster: {
      connection: { kind: "kubeconfig", context: "bench", path: kubeconfigFile },
      apiServer: apiServer.url,
      caCertificate: authority.certificate,
    },
    vault: {
      mode: "external",
      address: vault.address,
      transport: { kind: "tls", caCertificate: authority.certificate },
      injector: { kind: "existing" },
      audit: [{ kind: "file", path: vault.auditFile }],
      rateLimits: { login: 100, creds: 100 },
      terraform: { caCertificateFile: authority.certificateFile },
    },
    guardrails: {
      maxTtl: "1h",
      vault: "highly-available",
      transport: "verified",
      auditDevices: 1,
      replicas: 1,
      protection: "any",
      parity: "any",
    },
    protection: { kind: "disposable", reason: "the bench destroys what it has applied" },
    databases: [
      {
        name: SHOP,
        host: postgres.host,
        port: postgres.port,
        database: SHOP,
        postgresVersion: version,
        maxConnections: 300,
        tls,
      },
      {
        name: ARCHIVE,
        host: postgres.host,
        port: postgres.port,
        database: ARCHIVE,
        username: "vault_admin_archive",
        postgresVersion: version,
        maxConnections: 300,
        tls,
      },
    ],
    services: [...services, ...storefronts.map(storefront)],
  };
}

/** Customers' own: each language is asked the same. */
function storefront({ service, image, args, replicas }: Language): Environment["services"][number] {
  return customersService({ name: service, namespace: "shop", ttl, drain: "3s", image, args, replicas });
}

const ttl = { default: "20s", max: "60s" } as const;
const service = { image: APPLICATION_IMAGE, args: ["/app/service.mjs"] };
const job = { image: APPLICATION_IMAGE, args: ["/app/job.mjs"] };

/** Every injection mode, every format, every kind of workload and both strategies at least once. */
const services: Environment["services"] = [
  {
    name: "orders",
    namespace: "shop",
    ttl,
    drain: "3s",
    access: [
      {
        database: SHOP,
        grants: [
          { tables: ["orders", "order_items"], privileges: ["SELECT", "INSERT", "UPDATE"] },
          { tables: ["customers"], privileges: ["SELECT"] },
        ],
        pool: { max: 2 },
      },
    ],
    workload: {
      kind: "deployment",
      ...service,
      replicas: 3,
      port: 8080,
      readiness: { kind: "http", path: "/ready", port: 8080 },
    },
  },
  {
    name: "billing",
    namespace: "billing",
    ttl,
    drain: "2s",
    injection: { mode: "init-and-sidecar" },
    access: [
      {
        database: SHOP,
        grants: [
          { tables: ["invoices", "payments"], privileges: ["SELECT", "INSERT", "UPDATE", "DELETE"] },
          { tables: ["orders"], columns: ["id", "customer_id", "total"], privileges: ["SELECT"] },
          { tables: ["customers"], columns: ["id", "billing_address"], privileges: ["SELECT"] },
        ],
        credentials: { format: "properties" },
      },
    ],
    workload: { kind: "deployment", ...service, replicas: 1 },
  },
  {
    name: "reports",
    namespace: "analytics",
    ttl,
    drain: "2s",
    access: [
      {
        database: SHOP,
        grants: [{ tables: ["orders", "order_items", "invoices", "revenue"], privileges: ["SELECT"] }],
        credentials: { format: "env" },
      },
    ],
    workload: { kind: "cron-job", ...job, schedule: "0 0 1 1 *" },
  },
  {
    name: "revenue",
    namespace: "analytics",
    ttl,
    drain: "2s",
    access: [
      {
        database: SHOP,
        grants: [{ tables: ["orders"], columns: ["id", "customer_id", "total"], privileges: ["SELECT"] }],
        credentials: { format: "env" },
      },
    ],
    workload: {
      kind: "cron-job",
      image: REVENUE_IMAGE,
      args: ["/app/analytics/analytics.py"],
      schedule: "0 0 1 1 *",
    },
  },
  {
    name: "export",
    namespace: "analytics",
    // Nobody renews: it has to be enough for a Job that starts slowly, and for a look at its user.
    ttl: { default: "40s", max: "40s" },
    injection: { mode: "init-only" },
    access: [
      {
        database: SHOP,
        grants: [{ tables: ["products"], privileges: ["SELECT"] }],
        credentials: { format: "url" },
      },
    ],
    workload: { kind: "cron-job", ...job, schedule: "0 0 1 1 *", activeDeadline: "40s" },
  },
  {
    name: "catalog",
    namespace: "shop",
    ttl,
    drain: "2s",
    access: [
      {
        database: SHOP,
        grants: [{ tables: ["products"], privileges: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"] }],
        credentials: {
          format: "custom",
          fileName: "database.yml",
          template: 'username: "{{ .Data.username }}"\npassword: "{{ .Data.password }}"',
        },
      },
    ],
    workload: { kind: "elsewhere", controller: "Deployment", container: "web" },
  },
  {
    name: "archivist",
    namespace: "archive",
    ttl,
    drain: "2s",
    access: [
      {
        database: ARCHIVE,
        strategy: "direct",
        grants: [{ tables: ["letters"], privileges: ["SELECT"] }],
      },
    ],
    workload: { kind: "deployment", ...service, replicas: 1 },
  },
];

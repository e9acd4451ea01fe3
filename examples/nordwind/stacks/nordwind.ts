import type { Database, Guardrails, MultiClusterEnvironment, Waiver } from "leasehold";
import { postgresCa, vaultCa } from "./certificates";
import { correctorsOf, peopleOf } from "./people";
import { servicesOf, type Size } from "./services";

/** What differs from environment to environment. */
export interface Nordwind extends Size {
  readonly name: string;
  readonly shopHost: string;
  readonly guardrails: Guardrails;
  readonly audit: MultiClusterEnvironment["vault"]["audit"];
}

const tls = { mode: "verify-full", caCertificate: postgresCa } as const;

/** Two clusters, one Vault outside of them, the shop's own PostgreSQL and the ERP's on RDS. */
export function nordwind(of: Nordwind): MultiClusterEnvironment {
  const { name, guardrails, audit } = of;
  return {
    name,
    state: { kind: "s3", bucket: "nordwind-tfstate", region: "eu-central-1", prefix: "leasehold" },
    clusters: ["eu", "us"].map((cluster) => ({
      name: cluster,
      connection: { kind: "kubeconfig", context: `nordwind-${cluster}-${name}` },
      apiServer: `https://${name}.${cluster}.k8s.nordwind.example:6443`,
      caCertificate: vaultCa,
      authPath: `kubernetes-${name}-${cluster}`,
    })),
    vault: {
      mode: "external",
      address: "https://vault.nordwind.example:8200",
      transport: { kind: "tls", caCertificate: vaultCa },
      injector: { kind: "install" },
      mountPath: `database-${name}`,
      audit,
    },
    guardrails,
    waivers: guardrails.replicas > 1 ? [oneReader(name)] : [],
    databases: [shopOf(of), erpOf(of)],
    services: servicesOf(of),
    people: [...peopleOf(name, of), ...(name === "production" ? [correctorsOf(of)] : [])],
  };
}

/** Change data is read by one pod at a time, and waits while there is none. */
function oneReader(name: string): Waiver {
  return {
    rule: "vault/few-replicas",
    resource: `${name}-eu/cdc`,
    reason: "two readers of one slot lose events",
  };
}

/** A streaming replica beside it, for what only reads, and PgBouncer for what asks seldom and often opens. */
function shopOf({ name, shop, shopHost }: Nordwind): Database {
  return {
    name: shop,
    host: shopHost,
    database: name === "production" ? "shop" : `shop_${name}`,
    username: `vault_admin_${name}`,
    postgresVersion: 18,
    maxConnections: 600,
    tls,
    endpoints: [
      { name: "replica", kind: "replica", host: `replica.${shopHost}` },
      {
        name: "pooled",
        kind: "pgbouncer",
        host: `pgbouncer.${shopHost}`,
        port: 6432,
        poolMode: "transaction",
        authUser: `pgbouncer_${name}`,
        maxClientConn: 400,
        defaultPoolSize: 3,
        maxPreparedStatements: 200,
      },
    ],
  };
}

/** Nobody is a superuser there: the master owns the database. */
function erpOf({ name }: Nordwind): Database {
  return {
    name: "erp",
    host: `erp-${name}.rds.nordwind.example`,
    database: "erp",
    postgresVersion: 17,
    maxConnections: 200,
    tls,
  };
}

import type { ClusterService, Grant, Migration, TableAccess } from "leasehold";
import * as grants from "./grants";

/** How large an environment is. */
export interface Size {
  /** Name of the shop's database in the environment. */
  readonly shop: string;
  readonly replicas: number;
  /** Versions of the images. */
  readonly tag: string;
}

const ttl = { default: "1h", max: "12h" } as const;
/** What the warehouse follows. */
const replication = { publications: ["orders_cdc"], reason: "the warehouse follows each order" };
const image = (name: string, tag: string) => `registry.nordwind.example/${name}:${tag}`;

/** Every service of Nordwind: two clusters unless it says otherwise, half of them deployed by Argo CD. */
export function servicesOf({ shop, replicas, tag }: Size): readonly ClusterService[] {
  return [
    {
      name: "orders",
      namespace: "shop",
      ttl,
      access: [{ database: shop, grants: grants.orders }],
      workload: { kind: "deployment", image: image("orders", tag), replicas, port: 8080 },
    },
    {
      name: "pricing",
      namespace: "shop",
      ttl,
      access: [{ database: shop, grants: grants.prices, credentials: { format: "env" }, pool: { max: 5 } }],
      workload: { kind: "deployment", image: image("pricing", tag), replicas, port: 8000 },
    },
    {
      name: "billing",
      namespace: "billing",
      ttl,
      access: [hikari("erp", grants.invoices), hikari(shop, grants.ordersToRead)],
      workload: { kind: "elsewhere", controller: "Deployment", container: "billing", pods: replicas },
    },
    {
      name: "catalog",
      namespace: "shop",
      ttl,
      access: [
        { database: shop, endpoint: "pooled", grants: grants.products, credentials: { format: "url" } },
      ],
      workload: { kind: "elsewhere", controller: "Deployment", container: "catalog", pods: replicas },
    },
    {
      name: "analytics",
      namespace: "analytics",
      clusters: ["eu"],
      ttl,
      access: [{ database: shop, endpoint: "replica", grants: grants.everythingToRead, pool: { max: 2 } }],
      workload: { kind: "cron-job", image: image("analytics", tag), schedule: "30 2 * * *" },
    },
    {
      name: "cdc",
      namespace: "cdc",
      clusters: ["eu"],
      ttl,
      access: [{ database: shop, grants: grants.changesToRead, replication, pool: { max: 2 } }],
      workload: { kind: "stateful-set", image: image("cdc", tag), replicas: 1 },
    },
    {
      name: "backoffice",
      namespace: "backoffice",
      clusters: ["eu"],
      ...{ ttl, migration: untilItsVendorIsReady(shop) },
      access: [{ database: shop, grants: grants.ordersToRead }],
      workload: { kind: "elsewhere", controller: "Deployment", container: "rails", pods: replicas },
    },
    {
      name: "shop-schema",
      namespace: "shop",
      clusters: ["eu"],
      ttl: { default: "15m", max: "1h" },
      access: [
        { database: shop, owner: { role: "shop_owner", reason: "Flyway changes the schema at a release" } },
      ],
      workload: { kind: "job", image: image("shop-schema", tag) },
    },
  ];
}

/** It reads a password at its start, which its next release will not. */
function untilItsVendorIsReady(database: string): Migration {
  const variables = { PGUSER: "user", PGPASSWORD: "password" };
  return {
    stage: "static",
    stays: { reason: "the vendor's next release reads a file", until: "2999-06-30" },
    credentials: [{ database, user: "backoffice", secret: "backoffice-db", as: { kind: "env", variables } }],
  };
}

/** HikariCP reads a file of properties. */
function hikari(database: string, granted: readonly Grant[]): TableAccess {
  return { database, grants: granted, credentials: { format: "properties" }, pool: { max: 5 } };
}

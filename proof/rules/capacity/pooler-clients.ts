import { known, type AccessGraph, type Workload } from "../../access";
import { groupBy } from "../../core";
import { contractFinder } from "../closed/contracts";
import type { Rule } from "../rule";
import { show, summands } from "../words";
import { poolerOf, type Pooler } from "./budget";

export const poolerClients: Rule = {
  id: "capacity/pooler-clients",
  severity: "error",
  title: "more clients than a pooler lets in",
  why: "Above max_client_conn PgBouncer answers 'no more connections allowed (max_client_conn)': a rolling restart stops at pods that get no connection, and a pool that changes its user finds none for the new one. (PgBouncer, max_client_conn)",
  example: {
    language: "yaml",
    text: `apiVersion: v1
kind: ConfigMap
metadata: { name: orders-contract, namespace: shop }
data:
  contract.json: |
    { "version": 1, "service": "orders", "drainSeconds": 20, "databases": { "shop": {
      "credentialsFile": "/vault/secrets/shop.json", "format": "json", "host": "pgbouncer", "port": 6432,
      "endpoint": { "name": "pooled", "kind": "pgbouncer", "poolMode": "session", "maxClientConn": 100,
        "defaultPoolSize": 20, "maxDbConnections": 0, "processes": 1, "forbids": ["startup-parameters"],
        "of": { "host": "pg", "port": 5432 } },
      "database": "shop", "schema": "public", "sslMode": "verify-full", "sslRootCert": null,
      "poolMax": 10, "poolMaxLifetimeSeconds": 324, "overlapSeconds": 360 } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  replicas: 12
  template:
    spec:
      volumes: [{ name: contract, configMap: { name: orders-contract } }]
      containers: [{ name: orders }]`,
  },
  *check(graph, { siblings = [] }) {
    const own = clientsOf(graph);
    // A pooler may stand outside of the clusters, and then it is one for all of them.
    const all = groupBy([...own, ...siblings.flatMap(clientsOf)], ({ pooler }) => pooler.address);
    for (const [address, ours] of groupBy(own, ({ pooler }) => pooler.address)) {
      const clients = all.get(address) ?? ours;
      const most = Math.min(...clients.map(({ pooler }) => pooler.maxClientConn * pooler.processes));
      const needed = clients.reduce((sum, each) => sum + connectionsOf(each), 0);
      const [first] = ours;
      if (needed <= most || first === undefined) continue;
      const parts = clients.map((each) => ({ text: inWords(each), amount: connectionsOf(each) }));
      yield {
        at: first.workload.origin,
        message: `at a rolling restart ${summands(parts).join(" + ")} = ${needed} clients come to the pooler ${show(first.pooler.name)}, and max_client_conn lets in ${most}`,
        fix: "raise max_client_conn (maxClientConn of the endpoint, and PgBouncer's own), or lower the pools or the replicas",
      };
    }
  },
};

/** Pods of one workload at one pooler, with whatever credential. */
interface Clients {
  readonly workload: Workload;
  readonly pooler: Pooler;
  /** Connections of each pod. */
  readonly pool: number;
}

function clientsOf(graph: AccessGraph): Clients[] {
  const contractsOf = contractFinder(graph);
  return graph.workloads.flatMap((workload) =>
    contractsOf(workload)
      .flatMap(({ contract }) => Object.values(contract.databases))
      .flatMap((database) => {
        const pooler = poolerOf(database);
        return pooler === undefined ? [] : [{ workload, pooler, pool: database.poolMax }];
      }),
  );
}

function inWords({ workload, pool }: Clients): string {
  const name = show(known(workload.name) ?? workload.origin.address);
  return `${name} (${podsOf(workload)} + ${workload.surge} surge) × ${pool}`;
}

function podsOf({ replicas }: Workload): number {
  return known(replicas) ?? 1;
}

function connectionsOf({ workload, pool }: Clients): number {
  return (podsOf(workload) + workload.surge) * pool;
}

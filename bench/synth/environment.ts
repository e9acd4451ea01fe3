import type { Environment } from "../../lib/environment/environment";
import { production } from "../../template/project/stacks/production";

/** `production` with `count` Deployments of the same shape in place of its services. */
export function environmentOf(count: number): Environment {
  const services = Array.from({ length: count }, (_, index) => ({
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
  })) satisfies Environment["services"];
  // A database that takes them all: what is measured is the synth of what holds.
  const databases = production.databases.map((database) => ({ ...database, maxConnections: 262_143 }));
  return { ...production, provenIn: undefined, databases, services };
}

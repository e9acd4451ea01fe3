import { known } from "../../access";
import type { Rule } from "../rule";
import { duration } from "../words";

/** Of the default TTL: that long before the maximum the agent has fetched the next credential, at least. */
const OVERLAP = 0.1;

export const overlapShorterThanPool: Rule = {
  id: "ttl/overlap-shorter-than-pool",
  severity: "error",
  title: "pool that keeps connections longer than the old credential lives",
  why: "The old user is dropped a tenth of default_ttl after the new file, at the earliest (simulated 20,000 times on the agent's loop); a connection that is older then is cut in the middle of a query.",
  example: {
    language: "hcl",
    text: `resource "vault_database_secret_backend_role" "orders" {
  backend               = "database"
  name                  = "orders"
  db_name               = "shop"
  default_ttl           = 3600
  max_ttl               = 86400
  creation_statements   = ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE orders;"]
  revocation_statements = ["DROP ROLE IF EXISTS \\"{{name}}\\";"]
}

resource "kubernetes_deployment_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
  }
  spec {
    replicas = 2
    template {
      metadata {
        annotations = {
          "vault.hashicorp.com/agent-inject"             = "true"
          "vault.hashicorp.com/role"                     = "orders"
          "vault.hashicorp.com/agent-inject-secret-shop" = "database/creds/orders"
        }
      }
      spec {
        service_account_name = "orders"
        container {
          name = "orders"
          env {
            name  = "DB_POOL_MAX_LIFETIME"
            value = "1800"
          }
        }
      }
    }
  }
}`,
  },
  *check({ chains }) {
    for (const { workload, databaseRole } of chains) {
      const ttl = known(databaseRole?.defaultTtl);
      if (ttl === undefined || ttl === 0) continue;
      const overlap = ttl * OVERLAP;
      for (const { env } of workload.pod.containers) {
        for (const { name, value } of env) {
          const lifetime = Number(known(value));
          if (!/_POOL_MAX_LIFETIME$/.test(String(known(name))) || !(lifetime > overlap)) continue;
          yield {
            at: workload.origin,
            message: `${String(known(name))} is ${duration(lifetime)}, and the old credential may end ${duration(Math.floor(overlap))} after the new one is there (a tenth of default_ttl)`,
            fix: `set it to ${Math.floor(ttl * 0.09)} at most`,
          };
        }
      }
    }
  },
};

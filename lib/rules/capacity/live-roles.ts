import { show } from "../words";
import type { Rule } from "../rule";
import { leaseBudget } from "./budget";

/** Measured on PostgreSQL 15 to 17: then pg_class has no room for another entry of a table's access list. */
const CEILING = 2_400;

export const liveRoles: Rule = {
  id: "capacity/live-roles",
  severity: "error",
  title: "more live credentials than a table's access list holds",
  why: "Privileges that are granted to each credential are entries of every table: at about 2,400 live ones PostgreSQL says 'row is too big', and nobody gets a credential any more. (Measured)",
  example: {
    language: "hcl",
    text: `resource "vault_database_secret_backend_connection" "shop" {
  backend       = "database"
  name          = "shop"
  allowed_roles = ["orders"]
  postgresql {
    connection_url      = "postgresql://{{username}}:{{password}}@db.example.com/shop?sslmode=verify-full"
    username            = "vault"
    password_wo         = var.password
    password_wo_version = 1
  }
}

variable "password" {
  sensitive = true
  ephemeral = true
}

resource "vault_database_secret_backend_role" "orders" {
  backend     = "database"
  name        = "orders"
  db_name     = "shop"
  default_ttl = 3600
  max_ttl     = 86400
  creation_statements = [
    "CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';",
    "GRANT SELECT ON orders TO \\"{{name}}\\";",
  ]
  revocation_statements = ["DROP ROLE IF EXISTS \\"{{name}}\\";"]
}

resource "kubernetes_deployment_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
  }
  spec {
    replicas = 1500
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
        }
      }
    }
  }
}`,
  },
  *check(graph) {
    for (const { shares } of leaseBudget(graph)) {
      for (const { role, replicas, logins } of shares) {
        const direct = (role.statements?.creation.grants ?? []).some(({ on }) => on === "TABLE");
        const live = 2 * replicas * logins;
        if (!direct || live <= CEILING) continue;
        yield {
          at: role.origin,
          message: `after an outage 2 × ${replicas} pods × ${logins} login${logins === 1 ? "" : "s"} = ${live} credentials of ${show(role.name)} are granted tables of their own, and about ${CEILING} fit`,
          fix: "grant the tables to a group role once, and create credentials IN ROLE of it",
        };
      }
    }
  },
};

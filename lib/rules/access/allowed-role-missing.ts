import { known } from "../../access";
import type { Rule } from "../rule";
import { show } from "../words";

export const allowedRoleMissing: Rule = {
  id: "access/allowed-role-missing",
  severity: "warning",
  title: "connection that allows a role which is not there",
  why: "A name that waits for a role is taken by whoever may write one, and a typo in it refuses the role that was meant.",
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
  backend               = "database"
  name                  = "order"
  db_name               = vault_database_secret_backend_connection.shop.name
  default_ttl           = 3600
  max_ttl               = 86400
  creation_statements   = ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE orders;"]
  revocation_statements = ["DROP ROLE IF EXISTS \\"{{name}}\\";"]
}`,
  },
  *check({ connections, databaseRoles, staticRoles }) {
    const roles = [...databaseRoles, ...staticRoles];
    if (roles.length === 0 || roles.some(({ name }) => typeof name !== "string")) return;
    const names = new Set(roles.map(({ name }) => known(name)));
    for (const { origin: at, allowedRoles } of connections) {
      for (const name of known(allowedRoles) ?? []) {
        if (typeof name !== "string" || name.includes("*") || names.has(name)) continue;
        yield {
          at,
          message: `allowed_roles has ${show(name)}, and there is no such role`,
          fix: `remove it, or write the name of a role: ${[...names].map((each) => show(each)).join(", ")}`,
        };
      }
    }
  },
};

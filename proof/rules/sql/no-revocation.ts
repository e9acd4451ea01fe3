import type { Rule } from "../rule";
import { rolesWithStatements } from "./roles";

export const noRevocation: Rule = {
  id: "sql/no-revocation",
  severity: "error",
  title: "database role without revocation statements",
  why: "Vault's default revocation fails for a login that does not own everything in public ('permission denied for table'), so the user stays. (Measured on PostgreSQL 15 to 17; hashicorp/vault#1994)",
  example: {
    language: "hcl",
    text: `resource "vault_database_secret_backend_role" "orders" {
  backend             = "database"
  name                = "orders"
  db_name             = "shop"
  default_ttl         = 3600
  max_ttl             = 86400
  creation_statements = ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE orders;"]
}`,
  },
  *check(graph) {
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      if (statements.revocation.given) continue;
      yield {
        at,
        message: "there are no revocation_statements",
        fix: 'add revocation_statements that undo what creation_statements do and end with DROP ROLE IF EXISTS "{{name}}";',
      };
    }
  },
};

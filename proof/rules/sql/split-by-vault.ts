import type { Rule } from "../rule";
import { problemsOf } from "./problems";

export const splitByVault: Rule = {
  id: "sql/split-by-vault",
  severity: "error",
  title: "statement that Vault cuts in pieces",
  why: "Vault splits each element at every semicolon, also inside of a block or a literal, unless the element has END in upper case. (Vault, postgresql.go, containsMultilineStatement)",
  example: {
    language: "hcl",
    text: `resource "vault_database_secret_backend_role" "orders" {
  backend             = "database"
  name                = "orders"
  db_name             = "shop"
  default_ttl         = 3600
  max_ttl             = 86400
  creation_statements = ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE orders;"]
  revocation_statements = [
    "DO $$ begin perform pg_terminate_backend(pid) from pg_stat_activity where usename = '{{name}}'; end $$",
    "DROP ROLE IF EXISTS \\"{{name}}\\";",
  ]
}`,
  },
  check: problemsOf("split", "write END in upper case, and one block per element"),
};

import type { Rule } from "../rule";
import { problemsOf } from "./problems";

export const syntax: Rule = {
  id: "sql/syntax",
  severity: "error",
  title: "statement that PostgreSQL cannot parse",
  why: "Vault stores any text; PostgreSQL refuses it when the first pod starts. (Parsed by PostgreSQL's own parser)",
  example: {
    language: "hcl",
    text: `resource "vault_database_secret_backend_role" "orders" {
  backend               = "database"
  name                  = "orders"
  db_name               = "shop"
  default_ttl           = 3600
  max_ttl               = 86400
  creation_statements   = ["CREAT ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';"]
  revocation_statements = ["DROP ROLE IF EXISTS \\"{{name}}\\";"]
}`,
  },
  check: problemsOf("syntax", "correct the statement; psql -f tells the same place"),
};

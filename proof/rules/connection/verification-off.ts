import { LOGIN, PASSWORD } from "../example-parts";
import type { Rule } from "../rule";

export const verificationOff: Rule = {
  id: "connection/verification-off",
  severity: "warning",
  title: "connection that nobody tries",
  why: "With verify_connection = false a wrong host, login or certificate is green at apply, and the first pod finds out. (Vault, path_config_connection.go)",
  example: {
    language: "hcl",
    text: `resource "vault_database_secret_backend_connection" "shop" {
  backend           = "database"
  name              = "shop"
  allowed_roles     = ["orders"]
  verify_connection = false
  postgresql {
    connection_url      = "postgresql://{{username}}:{{password}}@db.example.com/shop?sslmode=verify-full"
${LOGIN}

${PASSWORD}`,
  },
  *check({ connections }) {
    for (const { origin: at, verifyConnection } of connections) {
      if (verifyConnection !== false) continue;
      yield {
        at,
        message: "verify_connection is false",
        fix: "leave it out, or waive this with the reason why the database is not there when Terraform applies",
      };
    }
  },
};

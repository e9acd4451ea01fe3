import { known } from "../../access";
import { LOGIN, PASSWORD } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";

export const allowedRolesWildcard: Rule = {
  id: "access/allowed-roles-wildcard",
  severity: "error",
  title: "connection that allows roles by a wildcard",
  why: "Whoever may write a role of the mount then has Vault's login, with SQL of their own. (Vault, allowed_roles)",
  example: {
    language: "hcl",
    text: `resource "vault_database_secret_backend_connection" "shop" {
  backend       = "database"
  name          = "shop"
  allowed_roles = ["*"]
  postgresql {
    connection_url      = "postgresql://{{username}}:{{password}}@db.example.com/shop?sslmode=verify-full"
${LOGIN}

${PASSWORD}`,
  },
  *check({ connections }) {
    for (const { origin: at, allowedRoles } of connections) {
      const wide = (known(allowedRoles) ?? []).filter(
        (each) => typeof each === "string" && each.includes("*"),
      );
      for (const each of wide) {
        yield {
          at,
          message: `allowed_roles has ${show(each)}`,
          fix: "write the names of the roles",
        };
      }
    }
  },
};

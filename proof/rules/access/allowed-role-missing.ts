import { known } from "../../access";
import { CONNECTION, CREATE, DROP } from "../example-parts";
import type { Rule } from "../rule";
import { choices, show } from "../words";

export const allowedRoleMissing: Rule = {
  id: "access/allowed-role-missing",
  severity: "warning",
  title: "connection that allows a role which is not there",
  why: "A name that waits for a role is taken by whoever may write one, and a typo in it refuses the role that was meant.",
  example: {
    language: "hcl",
    text: `${CONNECTION}

resource "vault_database_secret_backend_role" "orders" {
  backend               = "database"
  name                  = "order"
  db_name               = vault_database_secret_backend_connection.shop.name
  default_ttl           = 3600
  max_ttl               = 86400
${CREATE}
${DROP}
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
          fix: `remove it, or write the name of a role: ${choices([...names].map(show), show(name))}`,
        };
      }
    }
  },
};

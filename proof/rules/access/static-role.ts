import type { Rule } from "../rule";
import { show } from "../words";

export const staticRole: Rule = {
  id: "access/static-role",
  severity: "warning",
  title: "static role, whose password changes under open pools",
  why: "Vault changes the password of one user in place: there is no overlap, every client that reconnects before it has read the new one is refused, and all pods share the user. (Vault, static roles)",
  example: {
    language: "hcl",
    text: `resource "vault_database_secret_backend_static_role" "orders" {
  backend         = "database"
  name            = "orders"
  db_name         = "shop"
  username        = "orders"
  rotation_period = 86400
}`,
  },
  *check({ staticRoles }) {
    for (const { origin: at, username } of staticRoles) {
      yield {
        at,
        message: `all clients of ${show(username)} share one user, and lose it for a moment at each rotation`,
        fix: "use a vault_database_secret_backend_role, which makes a user per pod and lets the old one live on while the new one is taken up",
      };
    }
  },
};

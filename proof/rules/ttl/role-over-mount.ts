import { known } from "../../access";
import { CREATE, DROP } from "../example-parts";
import type { Rule } from "../rule";
import { duration } from "../words";
import { mountOf } from "./roles";

/** What a mount without a maximum has: the server's. */
const SERVER = 768 * 3600;

export const roleOverMount: Rule = {
  id: "ttl/role-over-mount",
  severity: "error",
  title: "database role with a longer maximum than its mount",
  why: "The mount wins without a word: the credential ends earlier than its role says, and everything that was derived from the role is wrong. (Vault, lease.go)",
  example: {
    language: "hcl",
    text: `resource "vault_mount" "database" {
  path                      = "database"
  type                      = "database"
  default_lease_ttl_seconds = 3600
  max_lease_ttl_seconds     = 43200
  lifecycle {
    prevent_destroy = true
  }
}

resource "vault_database_secret_backend_role" "orders" {
  backend               = vault_mount.database.path
  name                  = "orders"
  db_name               = "shop"
  default_ttl           = 3600
  max_ttl               = 86400
${CREATE}
${DROP}
}`,
  },
  *check(graph) {
    for (const role of graph.databaseRoles) {
      const { origin: at, maxTtl, defaultTtl } = role;
      const mount = mountOf(graph, role);
      if (mount === undefined) continue;
      const limit = known(mount.maxLeaseTtl) || SERVER;
      // Its own maximum ends what it asks for first.
      const asked = known(maxTtl) || known(defaultTtl) || 0;
      if (asked <= limit) continue;
      yield {
        at,
        message: `the role asks for ${duration(asked)}, and its mount ends every lease at ${duration(limit)}`,
        fix: `raise max_lease_ttl_seconds of ${mount.origin.address}, or lower max_ttl`,
      };
    }
  },
};

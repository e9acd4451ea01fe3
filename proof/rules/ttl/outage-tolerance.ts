import { known } from "../../access";
import { CREATE, DROP } from "../example-parts";
import type { Rule } from "../rule";
import { duration } from "../words";

/** Of the default TTL: what is left when Vault goes away just before a renewal, which is nearly always the next thing to come. */
const LEFT = 0.27;
/** A restart of Vault, unsealing included. */
const RESTART = 60;

export const outageTolerance: Rule = {
  id: "ttl/outage-tolerance",
  severity: "warning",
  title: "default TTL that no restart of Vault survives",
  why: "The agent renews after 70 to 73 % of the TTL; just before a renewal 27 % of it is left before PostgreSQL refuses new logins, and just before a rotation 10 %. (Vault, lifetime_watcher.go)",
  example: {
    language: "hcl",
    text: `resource "vault_database_secret_backend_role" "orders" {
  backend               = "database"
  name                  = "orders"
  db_name               = "shop"
  default_ttl           = 60
  max_ttl               = 600
${CREATE}
${DROP}
}`,
  },
  *check({ databaseRoles }) {
    for (const { origin: at, defaultTtl } of databaseRoles) {
      const ttl = known(defaultTtl) ?? 0;
      if (ttl === 0 || ttl * LEFT >= RESTART) continue;
      yield {
        at,
        message: `with default_ttl ${duration(ttl)} an outage of Vault of ${duration(Math.max(1, Math.floor(ttl * LEFT)))} shuts the application out of its database`,
        fix: `set default_ttl to ${Math.ceil(RESTART / LEFT)} or more: a minute of outage is what a restart of Vault takes`,
      };
    }
  },
};

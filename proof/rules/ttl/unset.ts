import { CREATE, DROP } from "../example-parts";
import type { Rule } from "../rule";
import { mountOf } from "./roles";

export const unset: Rule = {
  id: "ttl/unset",
  severity: "error",
  title: "TTL that nobody set",
  why: "Vault's own default is 768 h: a credential, or the token that holds it, then lives for a month. (Vault, expiration.go, maxLeaseTTL)",
  example: {
    language: "hcl",
    text: `resource "vault_database_secret_backend_role" "orders" {
  backend               = "database"
  name                  = "orders"
  db_name               = "shop"
${CREATE}
${DROP}
}`,
  },
  *check(graph) {
    for (const role of graph.databaseRoles) {
      const { origin: at, defaultTtl, maxTtl } = role;
      const mount = mountOf(graph, role);
      const unset = [
        ...(isUnset(defaultTtl) && isUnset(mount?.defaultLeaseTtl) ? ["default_ttl"] : []),
        ...(isUnset(maxTtl) && isUnset(mount?.maxLeaseTtl) ? ["max_ttl"] : []),
      ];
      for (const argument of unset) {
        yield {
          at,
          message: `${argument} is not set`,
          fix: `set ${argument} in seconds, such as ${argument === "max_ttl" ? 86_400 : 3_600}`,
        };
      }
    }
    for (const { origin: at, tokenTtl, tokenMaxTtl, tokenExplicitMaxTtl, tokenPeriod } of graph.authRoles) {
      if (![tokenTtl, tokenMaxTtl, tokenExplicitMaxTtl, tokenPeriod].every(isUnset)) continue;
      yield {
        at,
        message: "the token of a login has neither a TTL nor a period",
        fix: "set token_period to the default_ttl of the database role",
      };
    }
  },
};

/** Zero is how the resources say that the mount decides. */
function isUnset(ttl: unknown): boolean {
  return ttl === undefined || ttl === 0;
}

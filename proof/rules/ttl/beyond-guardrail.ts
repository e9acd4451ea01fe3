import { known } from "../../access";
import { CREATE, DROP } from "../example-parts";
import type { Rule } from "../rule";
import { duration } from "../words";

export const beyondGuardrail: Rule = {
  id: "ttl/beyond-guardrail",
  severity: "error",
  title: "credential that may live longer than the guardrail",
  why: "The maximum is how long a credential that leaked can be used.",
  example: {
    language: "hcl",
    text: `resource "vault_database_secret_backend_role" "orders" {
  backend               = "database"
  name                  = "orders"
  db_name               = "shop"
  default_ttl           = 3600
  max_ttl               = 2592000
${CREATE}
${DROP}
}`,
  },
  *check({ databaseRoles }, { limits }) {
    for (const { origin: at, defaultTtl, maxTtl } of databaseRoles) {
      const asked = Math.max(known(maxTtl) ?? 0, known(defaultTtl) ?? 0);
      if (asked <= limits.maxTtl) continue;
      yield {
        at,
        message: `a credential may live for ${duration(asked)}, and the guardrail allows ${duration(limits.maxTtl)}`,
        fix: `lower max_ttl to ${limits.maxTtl} at most`,
      };
    }
  },
};

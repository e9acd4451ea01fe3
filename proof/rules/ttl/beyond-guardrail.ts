import { known } from "../../access";
import { CREATE, DROP } from "../example-parts";
import type { Rule } from "../rule";
import { duration } from "../words";
import { mountOf } from "./roles";

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
  *check(graph, { limits }) {
    for (const role of graph.databaseRoles) {
      const { origin: at, defaultTtl, maxTtl } = role;
      // The lower of the two maxima ends a lease; where there is none, ttl/unset says so.
      const maxima = [maxTtl, mountOf(graph, role)?.maxLeaseTtl].map((each) => known(each) || Infinity);
      const most = Math.min(...maxima);
      const lives = most === Infinity ? (known(defaultTtl) ?? 0) : most;
      if (lives <= limits.maxTtl) continue;
      yield {
        at,
        message: `a credential may live for ${duration(lives)}, and the guardrail allows ${duration(limits.maxTtl)}`,
        fix: `set max_ttl to ${limits.maxTtl} at most`,
      };
    }
  },
};

import { CREATE, DROP, ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { rolesWithStatements } from "./roles";

export const renewalDoesNotExtend: Rule = {
  id: "sql/renewal-does-not-extend",
  severity: "error",
  title: "renewal that does not move VALID UNTIL",
  why: "Own renew_statements replace Vault's: a lease that is renewed while VALID UNTIL stays refuses every new connection after the first TTL. (Vault, postgresql.go, UpdateUser)",
  example: {
    language: "hcl",
    text: `${ROLE_HEAD}
${CREATE}
  renew_statements      = ["SELECT 1;"]
${DROP}
}`,
  },
  *check(graph) {
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      const { given, actions } = statements.renewal;
      const extends_ = actions.some(
        (action) => action.kind === "alter-role" && action.validUntil === "{{expiration}}",
      );
      if (!given || extends_) continue;
      yield {
        at,
        message: "renew_statements do not move VALID UNTIL",
        fix: `leave renew_statements out, or write ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}';`,
      };
    }
  },
};

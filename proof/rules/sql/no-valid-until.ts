import { DROP, ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { rolesWithStatements } from "./roles";

export const noValidUntil: Rule = {
  id: "sql/no-valid-until",
  severity: "error",
  title: "login without VALID UNTIL",
  why: "When a revocation fails, VALID UNTIL is what still shuts the login out; Vault retries for ten minutes and then once a day. (Vault, expiration.go)",
  example: {
    language: "hcl",
    text: `${ROLE_HEAD}
  creation_statements   = ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' IN ROLE orders;"]
${DROP}
}`,
  },
  *check(graph) {
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      const { login, actions } = statements.creation;
      if (login === undefined) continue;
      const ends = actions.flatMap((action) =>
        "validUntil" in action && action.validUntil ? [action.validUntil] : [],
      );
      if (ends.includes("{{expiration}}")) continue;
      yield {
        at,
        message:
          ends.length === 0
            ? "the login that is created never ends"
            : "VALID UNTIL is a fixed date, not {{expiration}}",
        fix: "add VALID UNTIL '{{expiration}}' to CREATE ROLE",
      };
    }
  },
};

import { DROP, WIDE_ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { listed } from "../words";
import { rolesWithStatements } from "./roles";

export const revocationDoesNotUndo: Rule = {
  id: "sql/revocation-does-not-undo",
  severity: "error",
  title: "revocation that does not undo what creation did",
  why: "PostgreSQL does not drop a role that holds privileges ('some objects depend on it'); memberships go with it, grants do not. (PostgreSQL, DROP ROLE)",
  example: {
    language: "hcl",
    text: `${WIDE_ROLE_HEAD}
  creation_statements = [
    "CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';",
    "GRANT SELECT ON orders TO \\"{{name}}\\";",
  ]
${DROP}
}`,
  },
  *check(graph) {
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      const { creation, revocation } = statements;
      if (!revocation.given || !revocation.dropsRole || revocation.revokesAll) continue;
      const granted = creation.grants.filter(({ roles }) => !roles.every((role) => role === "PUBLIC"));
      const left = [...new Set(granted.map(({ on }) => on))].filter((on) => !revocation.revokes.has(on));
      if (left.length === 0) continue;
      yield {
        at,
        message: `creation_statements grant on ${listed(left.map((on) => `${on.toLowerCase()}s`))}, and no revocation statement takes that back before DROP ROLE`,
        fix: "grant to a group role and put the credential IN ROLE of it, or revoke each grant before DROP ROLE",
      };
    }
  },
};

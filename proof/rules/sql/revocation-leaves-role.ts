import { CREATE, ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { rolesWithStatements } from "./roles";

export const revocationLeavesRole: Rule = {
  id: "sql/revocation-leaves-role",
  severity: "error",
  title: "revocation that leaves the role behind",
  why: "The lease is gone and the user is not: roles pile up, and each keeps its grants until somebody looks.",
  example: {
    language: "hcl",
    text: `${ROLE_HEAD}
${CREATE}
  revocation_statements = ["ALTER ROLE \\"{{name}}\\" NOLOGIN;"]
}`,
  },
  *check(graph) {
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      const unread = statements.problems.some(
        ({ kind, argument }) => kind === "syntax" && argument === "revocation_statements",
      );
      if (!statements.revocation.given || statements.revocation.dropsRole || unread) continue;
      yield {
        at,
        message: "no revocation statement drops the role",
        fix: 'end revocation_statements with DROP ROLE IF EXISTS "{{name}}";',
      };
    }
  },
};

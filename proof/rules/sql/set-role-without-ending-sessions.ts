import { CREATE_ACTING, DROP, WIDE_ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { rolesWithStatements } from "./roles";

export const setRoleWithoutEndingSessions: Rule = {
  id: "sql/set-role-without-ending-sessions",
  severity: "error",
  title: "SET role without ending sessions at revocation",
  why: "A session that has become the group by ALTER ROLE … SET role keeps its access after the user is dropped, for as long as it stays open. (Measured; hashicorp/vault PR 8668)",
  example: {
    language: "hcl",
    text: `${WIDE_ROLE_HEAD}
${CREATE_ACTING}
${DROP}
}`,
  },
  *check(graph) {
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      const { creation, revocation } = statements;
      if (creation.actsAs === undefined || revocation.endsSessions) continue;
      yield {
        at,
        message: "sessions act as another role and are not ended when the credential is revoked",
        fix: "leave ALTER ROLE … SET role out, or end the sessions with pg_terminate_backend before DROP ROLE",
      };
    }
  },
};

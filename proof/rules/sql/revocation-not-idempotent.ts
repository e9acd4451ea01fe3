import { CREATE, ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { listed } from "../words";
import { rolesWithStatements } from "./roles";

export const revocationNotIdempotent: Rule = {
  id: "sql/revocation-not-idempotent",
  severity: "error",
  title: "revocation that fails the second time",
  why: "Vault retries a revocation, also one that went through in PostgreSQL and was lost on the way back; a statement that fails once the role is gone makes the lease irrevocable. (Vault, expiration.go)",
  example: {
    language: "hcl",
    text: `${ROLE_HEAD}
${CREATE}
  revocation_statements = ["DROP ROLE \\"{{name}}\\";"]
}`,
  },
  *check(graph) {
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      const { notIdempotent } = statements.revocation;
      if (notIdempotent.length === 0) continue;
      yield {
        at,
        message: `${listed([...new Set(notIdempotent)])} in revocation_statements fail${notIdempotent.length === 1 ? "s" : ""} when the role is gone`,
        fix: "write DROP ROLE IF EXISTS, and put everything else into DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{{name}}') THEN … END IF; END $$",
      };
    }
  },
};

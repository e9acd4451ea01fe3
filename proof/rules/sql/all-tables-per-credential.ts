import { WIDE_ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { rolesWithStatements } from "./roles";

export const allTablesPerCredential: Rule = {
  id: "sql/all-tables-per-credential",
  severity: "error",
  title: "privileges on all tables for each credential",
  why: "Every live credential adds an entry to every table: measured, 31 of 80 concurrent creations fail with 'tuple concurrently updated', and at about 2,400 live credentials no grant fits into pg_class any more.",
  example: {
    language: "hcl",
    text: `${WIDE_ROLE_HEAD}
  creation_statements = [
    "CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';",
    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO \\"{{name}}\\";",
  ]
  revocation_statements = [
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{{name}}') THEN REVOKE ALL ON ALL TABLES IN SCHEMA public FROM \\"{{name}}\\"; END IF; END $$",
    "DROP ROLE IF EXISTS \\"{{name}}\\";",
  ]
}`,
  },
  *check(graph) {
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      const wide = statements.creation.grants.filter(({ allInSchema }) => allInSchema);
      if (wide.length === 0) continue;
      const schemas = [...new Set(wide.flatMap(({ objects }) => objects.map(({ name }) => name)))];
      yield {
        at,
        message: `each credential gets privileges on everything in ${listed(schemas.map(show))}`,
        fix: 'grant the tables that the service needs to a NOLOGIN group role once, and create credentials IN ROLE "group"',
      };
    }
  },
};

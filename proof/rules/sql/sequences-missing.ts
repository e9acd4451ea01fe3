import type { AccessGraph, Privileges } from "../../access";
import { WIDE_ROLE_HEAD } from "../example-parts";
import { groupBy } from "../../core";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { rolesWithStatements } from "./roles";

export const sequencesMissing: Rule = {
  id: "sql/sequences-missing",
  severity: "warning",
  title: "inserts without the tables' sequences",
  why: "An insert into a table with a serial column needs USAGE on its sequence; identity columns do not. It fails at the first insert: 'permission denied for sequence'. (PostgreSQL, GRANT)",
  example: {
    language: "hcl",
    text: `${WIDE_ROLE_HEAD}
  creation_statements = [
    "CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';",
    "GRANT SELECT, INSERT ON orders TO \\"{{name}}\\";",
  ]
  revocation_statements = [
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{{name}}') THEN REVOKE ALL ON orders FROM \\"{{name}}\\"; END IF; END $$",
    "DROP ROLE IF EXISTS \\"{{name}}\\";",
  ]
}`,
  },
  *check(graph) {
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      const { grants, builtAtRunTime } = statements.creation;
      const inserts = grants.filter(insertsIntoTables);
      const given = [...grants, ...(builtAtRunTime ?? [])];
      if (inserts.length === 0 || given.some((each) => "on" in each && each.on === "SEQUENCE")) continue;
      const tables = [...new Set(inserts.flatMap(({ objects }) => objects.map(({ name }) => name)))];
      const doubt = " that can be read: some SQL is put together when it runs";
      yield {
        at,
        message: `INSERT is granted on ${listed(tables.map(show))}, and no sequence is${builtAtRunTime === undefined ? doubt : ""}`,
        fix: FIX,
      };
    }
    yield* filesWithoutSequences(graph);
  },
};

const FIX =
  "grant USAGE on the sequences of the tables' serial columns, or waive this where they are identity columns";

function insertsIntoTables({ on, privileges }: Privileges): boolean {
  return on === "TABLE" && privileges.some(({ name }) => name === "INSERT");
}

/** Leasehold's own bootstrap SQL finds the sequences in the catalog, and declares rows instead of GRANTs. */
function* filesWithoutSequences({ roleGrants }: AccessGraph) {
  for (const [role, own] of groupBy(roleGrants, (grant) => grant.role)) {
    const inserts = own.filter(
      ({ on, privileges, statement }) =>
        statement === "GRANT" && on === "TABLE" && privileges.includes("INSERT"),
    );
    const [first] = inserts;
    if (first === undefined || own.some(({ on }) => on === "SEQUENCE")) continue;
    const tables = [...new Set(inserts.flatMap((grant) => grant.tables))];
    yield {
      at: { address: `role ${role}`, file: first.file },
      message: `INSERT is granted on ${listed(tables.map(show)) || "all tables"}, and no sequence is`,
      fix: FIX,
    };
  }
}

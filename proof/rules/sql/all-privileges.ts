import { WIDE_ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { rolesWithStatements } from "./roles";
import { show } from "../words";

export const allPrivileges: Rule = {
  id: "sql/all-privileges",
  severity: "error",
  title: "ALL PRIVILEGES",
  why: "ALL is what PostgreSQL has today and what it gets tomorrow: TRUNCATE, TRIGGER and REFERENCES included, which no service asks for. (PostgreSQL, privileges)",
  example: {
    language: "hcl",
    text: `${WIDE_ROLE_HEAD}
  creation_statements = [
    "CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';",
    "GRANT ALL PRIVILEGES ON orders TO \\"{{name}}\\";",
  ]
  revocation_statements = ["DROP OWNED BY \\"{{name}}\\";", "DROP ROLE IF EXISTS \\"{{name}}\\";"]
}`,
  },
  *check(graph) {
    const fix = "name the privileges that the service needs, such as SELECT, INSERT, UPDATE";
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      for (const { privileges, on } of statements.creation.grants) {
        if (privileges.length > 0) continue;
        yield { at, message: `creation_statements grant ALL PRIVILEGES on a ${on.toLowerCase()}`, fix };
      }
    }
    for (const { file, role, privileges, tables } of graph.roleGrants) {
      if (!privileges.includes("ALL")) continue;
      yield {
        at: { address: `role ${role}`, file },
        message: `${show(role)} gets ALL PRIVILEGES on ${tables.join(", ") || "all tables"}`,
        fix,
      };
    }
  },
};

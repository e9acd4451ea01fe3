import { reachedRoles } from "../../access";
import { DROP, ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { rolesWithStatements } from "./roles";

/** Predefined roles that read, write or run more than any table grant. */
const POWERFUL =
  /^(pg_(read_all_data|write_all_data|execute_server_program|read_server_files|write_server_files|signal_backend|maintain|database_owner|checkpoint|create_subscription|monitor|read_all_settings|read_all_stats|stat_scan_tables|use_reserved_connections)|postgres|rds_superuser|cloudsqlsuperuser|azure_pg_admin)$/;

export const dangerousMembership: Rule = {
  id: "sql/dangerous-membership",
  severity: "error",
  title: "credential that is a member of a powerful role",
  why: "pg_read_all_data and its like go around every grant, and a member of a superuser's role may become it by SET ROLE. (PostgreSQL, predefined roles)",
  example: {
    language: "hcl",
    text: `${ROLE_HEAD}
  creation_statements   = ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE pg_read_all_data;"]
${DROP}
}`,
  },
  *check(graph) {
    const logins = new Set(graph.connections.map(({ username }) => username));
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      const { roles: created, actsAs } = statements.creation;
      const memberships = [...graph.sqlRoles.memberships, ...created.memberships];
      const reached = reachedRoles({ memberships }, "{{name}}");
      const roles = [...reached.map(({ role }) => role), ...(actsAs === undefined ? [] : [actsAs])].filter(
        (role) => POWERFUL.test(role) || logins.has(role),
      );
      if (roles.length === 0) continue;
      yield {
        at,
        message: `each credential becomes a member of ${listed(roles.map((role) => show(role)))}`,
        fix: "put it into a NOLOGIN group role that holds the service's own grants and nothing else",
      };
    }
  },
};

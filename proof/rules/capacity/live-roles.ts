import { show } from "../words";
import {
  CONNECTION,
  DEPLOYMENT_ANNOTATIONS,
  DEPLOYMENT_END,
  DEPLOYMENT_METADATA,
  DROP,
  WIDE_ROLE_HEAD,
} from "../example-parts";
import type { Rule } from "../rule";
import { leaseBudget } from "./budget";

/** Measured on PostgreSQL 15 to 17: then pg_class has no room for another entry of a table's access list. */
const CEILING = 2_400;

export const liveRoles: Rule = {
  id: "capacity/live-roles",
  severity: "error",
  title: "more live credentials than a table's access list holds",
  why: "Privileges that are granted to each credential are entries of every table: at about 2,400 live ones PostgreSQL says 'row is too big', and nobody gets a credential any more. (Measured)",
  example: {
    language: "hcl",
    text: `${CONNECTION}

${WIDE_ROLE_HEAD}
  creation_statements = [
    "CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';",
    "GRANT SELECT ON orders TO \\"{{name}}\\";",
  ]
${DROP}
}

${DEPLOYMENT_METADATA}
    replicas = 1500
${DEPLOYMENT_ANNOTATIONS}
${DEPLOYMENT_END}`,
  },
  *check(graph) {
    for (const { shares } of leaseBudget(graph)) {
      for (const { role, replicas, logins } of shares) {
        const direct = (role.statements?.creation.grants ?? []).some(({ on }) => on === "TABLE");
        const live = 2 * replicas * logins;
        if (!direct || live <= CEILING) continue;
        yield {
          at: role.origin,
          message: `after an outage 2 × ${replicas} pods × ${logins} login${logins === 1 ? "" : "s"} = ${live} credentials of ${show(role.name)} are granted tables of their own, and about ${CEILING} fit`,
          fix: "grant the tables to a group role once, and create credentials IN ROLE of it",
        };
      }
    }
  },
};

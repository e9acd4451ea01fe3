import { DROP, ROLE_HEAD } from "../example-parts";
import { known } from "../../access";
import type { Rule } from "../rule";
import { listed } from "../words";
import { rolesWithStatements } from "./roles";

export const dangerousAttribute: Rule = {
  id: "sql/dangerous-attribute",
  severity: "error",
  title: "credential that is more than a login",
  why: "SUPERUSER, CREATEROLE, CREATEDB, REPLICATION and BYPASSRLS reach beyond every grant: a pod that holds one of them holds the database. REPLICATION is for services that declare `replication`, with a reason. (PostgreSQL, CREATE ROLE)",
  example: {
    language: "hcl",
    text: `${ROLE_HEAD}
  creation_statements   = ["CREATE ROLE \\"{{name}}\\" SUPERUSER LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';"]
${DROP}
}`,
  },
  *check(graph) {
    const replicating = new Set(graph.bootstraps.flatMap((each) => each.replicating));
    for (const { origin: at, name, statements } of rolesWithStatements(graph)) {
      const declared = replicating.has(known(name) ?? "") ? "REPLICATION" : undefined;
      const attributes = statements.creation.actions
        .flatMap((action) =>
          action.kind === "create-role" || action.kind === "alter-role" ? action.attributes : [],
        )
        .filter((attribute) => attribute !== declared);
      if (attributes.length === 0) continue;
      yield {
        at,
        message: `each credential is created with ${listed([...new Set(attributes)])}`,
        fix: "leave the attribute out, and grant the tables to a group role that the credential is a member of",
      };
    }
  },
};

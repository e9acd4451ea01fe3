import { known } from "../../access";
import { CREATE_ACTING, DROP, WIDE_ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { rolesWithStatements } from "../sql/roles";
import { duration, show } from "../words";

/** In seconds; a change of a schema that takes longer is rare enough to be waived. */
const LONG = 3600;

export const ownerForLong: Rule = {
  id: "ttl/owner-for-long",
  severity: "warning",
  title: "credential that acts as another role for long",
  why: "Credentials that become the owner of a schema may change and drop its tables: one that leaks should be of no use soon, and a Job that changes a schema is mostly done in minutes.",
  example: {
    language: "hcl",
    text: `${WIDE_ROLE_HEAD}
${CREATE_ACTING}
${DROP}
}`,
  },
  *check(graph) {
    for (const { origin: at, statements, maxTtl } of rolesWithStatements(graph)) {
      const { actsAs } = statements.creation;
      const most = known(maxTtl);
      if (actsAs === undefined || most === undefined || most <= LONG) continue;
      yield {
        at,
        message: `a credential may act as ${show(actsAs)} for ${duration(most)}`,
        fix: `lower max_ttl to ${LONG} at most, or waive this where a change of the schema takes longer`,
      };
    }
  },
};

import type { Chain, Privileges } from "../../access";
import {
  DEPLOYMENT_ANNOTATIONS,
  DEPLOYMENT_END,
  DEPLOYMENT_METADATA,
  WIDE_ROLE_HEAD,
} from "../example-parts";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { pairs, serviceOf } from "./services";

export const grants: Rule = {
  id: "parity/grants",
  severity: "error",
  title: "grants that the environment before has not proven",
  why: "Staging proves what staging has: a privilege that is only there, or only here, is tried by the first request in production.",
  example: {
    language: "hcl",
    before: { from: "SELECT, DELETE", to: "SELECT" },
    text: `${WIDE_ROLE_HEAD}
  creation_statements = [
    "CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';",
    "GRANT SELECT, DELETE ON orders TO \\"{{name}}\\";",
  ]
  revocation_statements = [
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{{name}}') THEN REVOKE ALL ON orders FROM \\"{{name}}\\"; END IF; END $$",
    "DROP ROLE IF EXISTS \\"{{name}}\\";",
  ]
}

${DEPLOYMENT_METADATA}
    replicas = 2
${DEPLOYMENT_ANNOTATIONS}
${DEPLOYMENT_END}`,
  },
  *check(graph, { limits, predecessor }) {
    if (limits.parity === "any" || predecessor === undefined) return;
    for (const [chain, before] of pairs(graph, predecessor.graph)) {
      // A chain that does not reach a role is another rule's finding.
      if (chain.databaseRole === undefined || before.databaseRole === undefined) continue;
      const [here, there] = [privileges(chain), privileges(before)];
      const more = [...here].filter((each) => !there.has(each));
      const less = [...there].filter((each) => !here.has(each));
      if (more.length + less.length === 0) continue;
      const differences = [
        ...(more.length > 0 ? [`${listed(more)} only here`] : []),
        ...(less.length > 0 ? [`${listed(less)} only in ${predecessor.name}`] : []),
      ];
      yield {
        at: chain.databaseRole.origin,
        message: `${show(serviceOf(chain.workload))} has other grants than in ${predecessor.name}: ${differences.join("; ")}`,
        fix: `declare the grants once for both environments, or change them in ${predecessor.name} first`,
      };
    }
  },
};

/** Every privilege of a chain's credential as one line each. */
function privileges({ grants, databaseRole }: Chain): Set<string> {
  const { grants: direct = [], login } = databaseRole?.statements?.creation ?? {};
  const byGroup = grants.flatMap(({ privileges: names, schema, tables, columns, owner, on }) =>
    names.flatMap((name) => {
      if (on === "DATABASE") return [`${name} on the database`];
      const objects =
        tables.length > 0 ? tables : [owner === undefined ? "all tables" : `all tables of ${owner}`];
      return objects.map((object) => line(name, columns, on, schema, object));
    }),
  );
  return new Set([...byGroup, ...direct.flatMap(ofStatement), ...(login?.attributes ?? [])]);
}

function ofStatement({ privileges: names, on, objects, allInSchema }: Privileges): string[] {
  const given = names.length === 0 ? [{ name: "ALL", columns: [] }] : names;
  return given.flatMap(({ name, columns }) =>
    objects.map((object) =>
      allInSchema
        ? line(name, columns, on, object.name, "everything")
        : line(name, columns, on, object.schema, object.name),
    ),
  );
}

function line(name: string, columns: readonly string[], on: string, schema = "", object: string): string {
  const of = columns.length > 0 ? ` (${[...columns].sort().map(show).join(", ")})` : "";
  const where = [schema, object].filter((each) => each !== "").join(".");
  return `${name}${of} on ${on === "TABLE" ? "" : `${on.toLowerCase()} `}${show(where)}`;
}

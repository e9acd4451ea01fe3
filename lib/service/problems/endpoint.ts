import type { Problem } from "../../core";
import type { Grant } from "../../postgres";
import type { DatabaseAccess } from "../declaration/declaration";
import type { ServiceDatabase, ServiceEndpoint } from "../declaration/platform";

/** What is wrong with the way that a service goes to a database. */
export function endpointProblems(
  property: string,
  { endpoint: name, owner, grants = [] }: DatabaseAccess,
  { endpoints = [], servers = "one" }: ServiceDatabase,
): Problem[] {
  if (name === undefined) return servers === "one" ? [] : [noEndpoint(property, endpoints)];
  const endpoint = endpoints.find((each) => each.name === name);
  if (endpoint === undefined) {
    const known = endpoints.map((each) => each.name).join(", ") || "it has none";
    return [
      {
        property: `${property}.endpoint`,
        must: `be one of the database's endpoints (${known})`,
        got: name,
        fix: "correct the name, or add it to 'endpoints' of the database",
      },
    ];
  }
  if (endpoint.kind !== "replica") return [];
  const writing = owner === undefined ? [...new Set(grants.flatMap(writesOf))] : ["what an owner may"];
  return writing.length === 0
    ? []
    : [
        {
          property: `${property}.endpoint`,
          must: "be the server itself for what writes: a replica only reads",
          got: `${name}, with ${writing.join(", ")}`,
          fix: "leave 'endpoint' out, or give what reads a service of its own",
        },
      ];
}

/** What several hosts are called differs from driver to driver, and most know one only. */
function noEndpoint(property: string, endpoints: readonly ServiceEndpoint[]): Problem {
  return {
    property: `${property}.endpoint`,
    must: "name one where the database fails over: pods need one name that leads to the server which takes writes",
    got: undefined,
    fix:
      endpoints.length > 0
        ? `write one of ${endpoints.map((each) => each.name).join(", ")}`
        : "add the name to 'endpoints' of the database, such as Patroni's Service or HAProxy",
  };
}

/** Privileges that nobody can use on a server in recovery; what a function does nobody knows from here. */
function writesOf(grant: Grant): string[] {
  const privileges: readonly string[] = "privileges" in grant ? grant.privileges : (grant.database ?? []);
  return privileges.filter((each) => each !== "SELECT" && each !== "EXECUTE");
}

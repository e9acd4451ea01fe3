import type { Problem } from "../../core";
import type { Grant } from "../../postgres";
import type { DatabaseAccess } from "../declaration/declaration";
import type { PgBouncer } from "../declaration/endpoint";
import { usesVault, type Migration } from "../declaration/migration";
import type { ServiceDatabase, ServiceEndpoint } from "../declaration/platform";

/** What is wrong with the way that a service goes to a database. */
export function endpointProblems(
  property: string,
  access: DatabaseAccess,
  { endpoints = [], servers = "one" }: ServiceDatabase,
  migration: Migration,
): Problem[] {
  const { endpoint: name } = access;
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
  const problems = kindProblems(endpoint, access, migration);
  return problems.map((problem) => ({ property: `${property}.endpoint`, ...problem }));
}

type Told = Omit<Problem, "property">;

/** What each kind of server cannot do for whom. */
function kindProblems(endpoint: ServiceEndpoint, access: DatabaseAccess, migration: Migration): Told[] {
  switch (endpoint.kind) {
    case "primary":
      return [];
    case "replica":
      return replicaProblems(endpoint.name, access);
    case "pgbouncer":
      return pgbouncerProblems(endpoint.name, endpoint, access);
    default:
      return usesVault(migration)
        ? [{ got: `${endpoint.name}, of the kind ${endpoint.kind}`, ...CLOSED[endpoint.kind] }]
        : [];
  }
}

/** Poolers that let in nobody whom Vault creates. */
const CLOSED = {
  pgdog: {
    must: 'let users through that Vault creates: PgDog with server_auth = "vault_dynamic" takes a credential itself, and knows only the clients of its users.toml',
    fix: 'declare PgDog as the service that holds the credential (a workload of the kind "elsewhere"), or leave \'endpoint\' out, or choose one of the kind "pgbouncer"',
  },
  "rds-proxy": {
    must: "let users through that Vault creates: RDS Proxy knows only those in Secrets Manager or IAM",
    fix: "leave 'endpoint' out, so that the pods go to the server itself, or choose one of the kind \"pgbouncer\"",
  },
} as const;

function replicaProblems(name: string, { owner, grants = [] }: DatabaseAccess): Told[] {
  const writing = owner === undefined ? [...new Set(grants.flatMap(writesOf))] : ["what an owner may"];
  if (writing.length === 0) return [];
  return [
    {
      must: "be the server itself for what writes: a replica only reads",
      got: `${name}, with ${writing.join(", ")}`,
      fix: "leave 'endpoint' out, or give what reads a service of its own",
    },
  ];
}

function pgbouncerProblems(
  name: string,
  { poolMode }: PgBouncer,
  { owner, replication, strategy }: DatabaseAccess,
): Told[] {
  return [
    ...(strategy === "direct"
      ? [
          {
            must: 'be the server itself with the strategy "direct": the function by which PgBouncer finds its users is part of the bootstrap SQL',
            got: name,
            fix: "leave 'endpoint' out, or take the strategy \"group\"",
          },
        ]
      : []),
    ...(owner !== undefined && poolMode !== "session"
      ? [
          {
            must: 'be the server itself, or a pooler with poolMode "session", for what changes the schema: its tools hold locks of their session',
            got: `${name}, with poolMode ${poolMode}`,
            fix: "leave 'endpoint' out: whoever changes the schema is one Job",
          },
        ]
      : []),
    ...(replication !== undefined
      ? [
          {
            must: "be the server itself for what streams changes: a pooler finds no credential that may replicate",
            got: name,
            fix: "leave 'endpoint' out",
          },
        ]
      : []),
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

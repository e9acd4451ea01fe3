import { integerProblems, type Problem } from "../core";
import { connectionsOf, MOST_CONNECTIONS } from "../postgres";
import { databaseRoles, withDefaults } from "./derive";
import type { Database, Environment } from "./environment";

/** One of Vault's connections to a database, as it is declared to Vault. */
export interface VaultConnection {
  readonly name: string;
  readonly username: string;
  /** All roles of the database: one that moves is served where it is until it is there, however long its own stack takes. */
  readonly allowedRoles: readonly string[];
}

/** Vault's connections to a database, over which its roles are spread. */
export function vaultConnections(environment: Environment, database: Database): VaultConnection[] {
  const { name, username, connections } = withDefaults(database);
  const allowedRoles = databaseRoles(environment, name);
  return connectionsOf(name, username, connections).map((connection) => ({
    name: connection.name,
    username: connection.login,
    allowedRoles,
  }));
}

/** PostgreSQL cuts longer names silently, and Vault's are labels of ours. */
const LONGEST = 63;

/** What is wrong with how a database is spread over connections. */
export function vaultConnectionProblems(environment: Environment, database: Database): Problem[] {
  const { name, username, connections } = withDefaults(database);
  const wrong = integerProblems("connections", connections, 1, MOST_CONNECTIONS);
  if (wrong.length > 0 || connections === 1) return wrong;
  const further = connectionsOf(name, username, connections).slice(1);
  return [
    ...further.flatMap((each) => taken(environment, each.name)),
    ...tooLong("name", name, further.at(-1)?.name ?? ""),
    ...tooLong("username", username, further.at(-1)?.login ?? ""),
    ...directStrategy(environment, name),
  ];
}

function taken({ databases }: Environment, name: string): Problem[] {
  if (!databases.some((other) => other.name === name)) return [];
  return [
    {
      property: "connections",
      must: "make connections <name>-2, <name>-3 and so on, of which none is a database's own",
      got: name,
      fix: "rename the other database, or ask for fewer connections",
    },
  ];
}

function tooLong(property: string, written: string, longest: string): Problem[] {
  if (written.length > LONGEST || Buffer.byteLength(longest, "utf8") <= LONGEST) return [];
  return [
    {
      property,
      must: `leave room for the number of a connection behind it, in ${LONGEST} bytes together`,
      got: longest,
      fix: `shorten it by ${Buffer.byteLength(longest, "utf8") - LONGEST}`,
    },
  ];
}

/** Privileges that one login has granted no other one takes back, and no bootstrap SQL makes the others. */
function directStrategy({ services, people = [] }: Environment, database: string): Problem[] {
  const isDirect = [...services, ...people].some(({ access }) =>
    access.some((entry) => entry.database === database && entry.strategy === "direct"),
  );
  if (!isDirect) return [];
  return [
    {
      property: "connections",
      must: 'be left out where the strategy is "direct": only the bootstrap SQL makes more logins, and what one has granted another cannot take back',
      got: database,
      fix: 'take the strategy "group", or one connection',
    },
  ];
}

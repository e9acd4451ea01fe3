import { readDatabaseUrl } from "../core";
import type { Connection, DatabaseRole } from "./graph";
import { known } from "./value";
import { isOneVault } from "./vault-identity";

/** The number behind the name of the first connection. */
const FURTHER = /^(.+)-([2-9]|[1-9]\d+)$/;

/**
 * Connections and roles with the database that they are of, by the name that people call it: that of its connection, and
 * where one database has several (`shop`, `shop-2`, …), of the first. These lead to one database, and lie in one mount.
 */
export function withDatabases({
  connections,
  databaseRoles,
}: {
  readonly connections: readonly Connection[];
  readonly databaseRoles: readonly DatabaseRole[];
}) {
  return {
    connections: connections.map((each) => ({ ...each, database: databaseOfConnection(each, connections) })),
    databaseRoles: databaseRoles.map((role) => {
      const own = connections.find((each) => serves(each, role));
      return {
        ...role,
        database: own === undefined ? role.connection : databaseOfConnection(own, connections),
      };
    }),
  };
}

function databaseOfConnection(connection: Connection, all: readonly Connection[]): Connection["database"] {
  const base = FURTHER.exec(known(connection.name) ?? "")?.[1];
  const isFirst = (each: Connection) =>
    known(each.name) === base &&
    each.mount === connection.mount &&
    isOneVault(each, connection) &&
    targetOf(each) === targetOf(connection);
  return base !== undefined && targetOf(connection) !== undefined && all.some(isFirst)
    ? base
    : connection.name;
}

/** Which of a database's connections it is, from 1 on. */
export function connectionNumber({ name, database }: Connection): number {
  return name === database ? 1 : Number(FURTHER.exec(known(name) ?? "")?.[2]);
}

function targetOf({ url }: Connection): string | undefined {
  const text = known(url);
  if (text === undefined) return undefined;
  const { servers, database } = readDatabaseUrl(text);
  if (servers.length === 0 || database === undefined) return undefined;
  return JSON.stringify([servers.map(({ host, port }) => `${host}:${port}`), database]);
}

/** Whether a connection is the one that a role names. */
export function serves(
  { origin, mount, name }: Pick<Connection, "origin" | "mount" | "name">,
  role: DatabaseRole,
): boolean {
  return (
    isOneVault({ origin }, role) &&
    typeof mount === "string" &&
    typeof name === "string" &&
    mount === role.mount &&
    name === role.connection
  );
}

import type { Connection } from "../../access";
import { groupBy } from "../../core";
import { LOGIN, PASSWORD } from "../example-parts";
import { loginOf, sharedServers } from "../identities";
import type { Rule } from "../rule";
import { listed, show } from "../words";

export const twoOnOneLogin: Rule = {
  id: "connection/two-on-one-login",
  severity: "error",
  title: "two connections on one login",
  why: "Rotating the password for one locks the other out, also where the other one is of another environment of the same output. A server is known by host and port, in any spelling; whether two names lead to one server by DNS nobody knows. (hashicorp/vault#23725)",
  example: {
    language: "hcl",
    text: `locals {
  url = "postgresql://{{username}}:{{password}}@db.example.com/shop?sslmode=verify-full"
}

${PASSWORD}

resource "vault_database_secret_backend_connection" "shop" {
  for_each      = toset(["orders", "billing"])
  backend       = "database"
  name          = each.key
  allowed_roles = [each.key]
  postgresql {
    connection_url      = local.url
${LOGIN}`,
  },
  *check(graph, { others = [] }) {
    const own = graph.connections.flatMap((connection) => usesOf(connection));
    const foreign = others.flatMap(({ name, graph: other }) => {
      const isShared = sharedServers(graph, other);
      const uses = other.connections.flatMap((connection) => usesOf(connection, name));
      return uses.filter(({ server }) => isShared(server));
    });
    const byLogin = groupBy([...own, ...foreign], keyOf);
    const told = new Set<Connection>();
    for (const [login, all] of byLogin) {
      const [first] = all;
      if (first === undefined || first.environment !== undefined || all.length < 2) continue;
      const { connection } = first;
      if (told.has(connection)) continue;
      told.add(connection);
      yield {
        at: connection.origin,
        message: `${listed([...new Set(all.map(inWords))])} log in as ${show(login)}`,
        fix: "give each connection a login of its own",
      };
    }
  },
};

/** A connection's login at one of its servers. */
interface Use {
  readonly connection: Connection;
  readonly user: string;
  readonly server: string;
  /** Absent: the judged one. */
  readonly environment?: string;
}

function usesOf(connection: Connection, environment?: string): Use[] {
  const login = loginOf(connection);
  if (login === undefined) return [];
  const { user, servers } = login;
  return [...new Set(servers)].map((server) => ({
    connection,
    user,
    server,
    ...(environment && { environment }),
  }));
}

function keyOf({ user, server }: Use): string {
  return `${user}@${server}`;
}

function inWords({ connection, environment }: Use): string {
  const { address } = connection.origin;
  return environment === undefined ? address : `${address} of ${environment}`;
}

import { isOneVault, known, type Connection } from "../../access";
import { CREATE, DROP, LOGIN, PASSWORD } from "../example-parts";
import type { Rule } from "../rule";
import { choices, folded, part, show } from "../words";

export const roleNotAllowed: Rule = {
  id: "access/role-not-allowed",
  severity: "error",
  title: "database role that its connection does not allow",
  why: "Vault checks allowed_roles when credentials are read, not when the role is written: the apply is green and the first pod fails. An empty list allows none. (Vault, path_creds_create.go)",
  example: {
    language: "hcl",
    text: `resource "vault_database_secret_backend_connection" "shop" {
  backend       = "database"
  name          = "shop"
  allowed_roles = ["order"]
  postgresql {
    connection_url      = "postgresql://{{username}}:{{password}}@db.example.com/shop?sslmode=verify-full"
${LOGIN}

${PASSWORD}

resource "vault_database_secret_backend_role" "orders" {
  backend               = "database"
  name                  = "orders"
  db_name               = vault_database_secret_backend_connection.shop.name
  default_ttl           = 3600
  max_ttl               = 86400
${CREATE}
${DROP}
}`,
  },
  *check({ databaseRoles, staticRoles, connections, foreignConnections }) {
    for (const role of [...databaseRoles, ...staticRoles]) {
      const name = known(role.name);
      const connection = connections.find(
        (each) =>
          known(each.name) === known(role.connection) &&
          known(each.mount) === known(role.mount) &&
          isOneVault(each, role),
      );
      if (name === undefined || known(role.connection) === undefined || known(role.mount) === undefined)
        continue;
      if (connection === undefined) {
        const isForeign = foreignConnections.some(
          (each) => each.name === role.connection && each.mount === role.mount && isOneVault(each, role),
        );
        if (connections.length === 0 || isForeign) continue;
        yield {
          at: role.origin,
          message: `db_name is ${show(role.connection)}, and the mount ${show(role.mount)} has no such connection`,
          fix: `name one of ${choices(
            connections.map((each) => show(each.name)),
            show(role.connection),
          )}`,
        };
      } else if (!allowsRole(connection, name)) {
        const allowed = known(connection.allowedRoles) ?? [];
        yield {
          at: role.origin,
          message: `the connection ${show(connection.name)} allows ${folded(allowed.map(show)) || "no role"}, and not ${show(name)}`,
          evidence: [connection.name, ...allowed].map(part),
          fix: `add ${show(name)} to the allowed_roles of ${connection.origin.address}`,
        };
      }
    }
  },
};

/** Whether a connection serves a role of that name; yes where nobody knows. */
export function allowsRole(connection: Connection, name: string): boolean {
  const known = allowing.get(connection) ?? allowedBy(connection);
  allowing.set(connection, known);
  return known.names.has(name) || known.others.some((allows) => allows(name));
}

/** All services of a database ask of its connection. */
const allowing = new WeakMap<Connection, Allowed>();

interface Allowed {
  readonly names: ReadonlySet<unknown>;
  readonly others: readonly ((name: string) => boolean)[];
}

function allowedBy({ allowedRoles = [] }: Connection): Allowed {
  if (!Array.isArray(allowedRoles)) return { names: new Set(), others: [() => true] };
  const all = allowedRoles as readonly unknown[];
  const others = all.flatMap((each) => {
    if (typeof each !== "string") return [() => true];
    if (!each.includes("*")) return [];
    const [start = "", end = ""] = each.split("*");
    return [(name: string) => name.startsWith(start) && name.endsWith(end)];
  });
  return { names: new Set(all.filter((each) => typeof each === "string" && !each.includes("*"))), others };
}

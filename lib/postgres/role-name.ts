import type { Problem } from "../core";

/** PostgreSQL cuts longer names silently. */
const MAX_BYTES = 63;

/** The start of the name of every credential, which the connection's username_template gives. */
export const CREDENTIAL = "v-";

/**
 * The one name of a service's access to a database: of the database role in Vault and of the group role
 * in PostgreSQL, so that either leads to the other.
 */
export function databaseRoleName(service: string, database: string): string {
  return `${service}-${database}`;
}

/** Whether the names of the service and of the database are short enough together. */
export function databaseRoleNameProblems(property: string, service: string, database: string): Problem[] {
  const name = databaseRoleName(service, database);
  if (Buffer.byteLength(name, "utf8") <= MAX_BYTES) return [];
  return [
    {
      property,
      must: `make a role name <service>-<database> of at most ${MAX_BYTES} bytes`,
      got: name,
      fix: "shorten the name of the service or of the database",
    },
  ];
}

/** A name that Vault and PostgreSQL both take; no glob, which Vault would take for many roles. */
export function roleNameProblems(property: string, name: string): Problem[] {
  if (/^\w([\w.-]*\w)?$/.test(name) && name.length <= MAX_BYTES) return [];
  return [
    {
      property,
      must: `be the whole name of one role: 1 to ${MAX_BYTES} letters, digits, '_', '-' and '.', without '*'`,
      got: name,
      fix: 'write it like "orders-shop"',
    },
  ];
}

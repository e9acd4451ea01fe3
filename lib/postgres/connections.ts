import { createHash } from "node:crypto";

/** The most connections of one database; beyond a few, Vault's and PostgreSQL's own speed is the limit. */
export const MOST_CONNECTIONS = 16;

/** One of Vault's connections to a database. */
export interface DatabaseConnection {
  /** Name of the connection in Vault. */
  readonly name: string;
  /** Its login in PostgreSQL, which no other connection has. */
  readonly login: string;
}

/**
 * The connections of a database: the first has the names that it has alone, so that more come beside it. A number that is
 * none is told elsewhere.
 */
export function connectionsOf(name: string, login: string, count: number): DatabaseConnection[] {
  return Array.from({ length: bounded(count) }, (_, index) =>
    index === 0 ? { name, login } : { name: `${name}-${index + 1}`, login: `${login}_${index + 1}` },
  );
}

/** Name of the connection of a database by which the credentials of a role are made. */
export function connectionOf(database: string, role: string, count: number): string {
  return connectionsOf(database, "", count)[connectionIndex(role, count)]?.name ?? database;
}

/**
 * Which of so many connections serves a role, from 0 on: the one with the highest hash together with the role's name.
 * So no other role has a say in it, and one more connection takes its share from all others and moves nothing
 * between them. (Thaler and Ravishankar, rendezvous hashing)
 */
export function connectionIndex(role: string, count: number): number {
  const weights = Array.from({ length: bounded(count) }, (_, index) =>
    createHash("sha256").update(`${role} ${index}`).digest("hex"),
  );
  const highest = weights.reduce((one, other) => (other > one ? other : one), "");
  return Math.max(0, weights.indexOf(highest));
}

function bounded(count: number): number {
  return Number.isInteger(count) ? Math.min(Math.max(count, 1), MOST_CONNECTIONS) : 1;
}

import type { Grant, Owner, Replication } from "./grants";
import { quoteLiteral } from "./identifiers";

/** Major version of the server; from 16 on, a membership says by itself what it is good for. */
export type PostgresVersion = 15 | 16 | 17 | 18 | 19;

/** A group role and all that its credentials may do. */
export interface BootstrapRole {
  /** Name of the group role, which holds what is declared afterwards and nothing else. */
  readonly name: string;
  /** What the service may touch. */
  readonly grants: readonly Grant[];
  /**
   * The role that its credentials act as.
   * @default - none
   */
  readonly owner?: Owner;
  /**
   * What its credentials stream; from PostgreSQL 16 on.
   * @default - nothing
   */
  readonly replication?: Replication;
}

/** A pooler that asks the database for the verifiers of its clients. */
export interface Pooler {
  /** By which it asks. */
  readonly login: string;
  /** The group roles whose credentials it may ask for. */
  readonly roles: readonly string[];
}

export interface BootstrapInput {
  /** Name of the environment that declares the roles; each role says it, so that no other environment takes it. */
  readonly environment: string;
  /** Name of the database in the environment, which is also that of Vault's connection to it. */
  readonly connection: string;
  /** The database that the script is for, by its name in PostgreSQL. */
  readonly databaseName: string;
  /** Schema of the grants that name none. */
  readonly schema: string;
  /** Vault's login; every database has its own, because Vault rotates its password. */
  readonly login: string;
  /**
   * The logins of Vault's further connections to the database, in the order of these.
   * @default - there is one connection
   */
  readonly furtherLogins?: readonly string[];
  /** Major version of the server. */
  readonly postgresVersion: PostgresVersion;
  /**
   * Every group role that the environment has in the database. One that is no longer among them loses its
   * privileges in the database, unless somebody lives on it.
   */
  readonly roles: readonly BootstrapRole[];
  /**
   * Poolers with `auth_query` in front of the database.
   * @default - none
   */
  readonly poolers?: readonly Pooler[];
  /**
   * Group roles of this environment that are no longer declared and lose their privileges even though somebody
   * lives on them.
   * @default - none
   */
  readonly retire?: readonly string[];
  /**
   * Users of services that still live on a static password: they keep what PUBLIC gave them.
   * @default - none
   */
  readonly staticUsers?: readonly string[];
}

/** The logins of all of Vault's connections to the database. */
export function loginsOf({
  login,
  furtherLogins = [],
}: Pick<BootstrapInput, "login" | "furtherLogins">): string[] {
  return [login, ...furtherLogins];
}

/** Follows the name of a role in a condition: whether it is a login of Vault's. */
export function isLogin(input: Pick<BootstrapInput, "login" | "furtherLogins">): string {
  const names = loginsOf(input).map(quoteLiteral);
  return names.length === 1 ? `= ${names.join()}` : `IN (${names.join(", ")})`;
}

/** The same the other way round. */
export function isNoLogin(input: Pick<BootstrapInput, "login" | "furtherLogins">): string {
  const names = loginsOf(input).map(quoteLiteral);
  return names.length === 1 ? `<> ${names.join()}` : `NOT IN (${names.join(", ")})`;
}

import type { Grant, Owner } from "./grants";

/** Major version of the server; from 16 on, a membership says by itself what it is good for. */
export type PostgresVersion = 14 | 15 | 16 | 17 | 18;

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
}

export interface BootstrapInput {
  /** The database that the script is for, by its name in PostgreSQL. */
  readonly databaseName: string;
  /** Schema of the grants that name none. */
  readonly schema: string;
  /** Vault's login; every database has its own, because Vault rotates its password. */
  readonly login: string;
  /** Major version of the server. */
  readonly postgresVersion: PostgresVersion;
  /** Every group role of the database; one that is no longer among them loses all privileges. */
  readonly roles: readonly BootstrapRole[];
  /**
   * Users of services that still live on a static password: they keep what PUBLIC gave them.
   * @default - none
   */
  readonly staticUsers?: readonly string[];
}

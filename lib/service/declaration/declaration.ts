import type { Duration } from "../../core";
import type { ITerraformDependable } from "../../core/terraform";
import type { CredentialStrategy, CredentialTtl, Grant, Owner, Replication } from "../../postgres";
import type { Credentials } from "./credentials-file";
import type { Injection } from "./injection-input";
import type { Migration, RestartOnRotation } from "./migration";
import type { ServicePlatform } from "./platform";
import type { Workload } from "./workload";

/** What an operator writes about a service; everything else is derived from it. */
export interface ServiceDeclaration {
  /** Name of the service, its ServiceAccount and its workload: lower-case letters, digits, hyphens. */
  readonly name: string;
  /** Namespace that the service runs in. */
  readonly namespace: string;
  /** How long a credential lives. */
  readonly ttl: CredentialTtl;
  /** The databases that the service uses, and what it may do there. */
  readonly access: readonly DatabaseAccess[];
  /** What runs, and who deploys it. */
  readonly workload: Workload;
  /**
   * Services of the same stack whose Job must have completed before the pods of this one change, such as
   * the one that changes the schema.
   * @default - none
   * @protects nothing: services change at the same time
   */
  readonly after?: readonly string[];
  /**
   * How the Vault agent is put into the pods.
   * @default { mode: "native-sidecar" }
   * @protects from an application that starts before its credentials, and a user that outlives its pod
   */
  readonly injection?: Injection;
  /**
   * How long the application needs to end its work after it was told to stop.
   * @default "20s"
   * @protects from work that is cut off, and credentials that are revoked under it
   */
  readonly drain?: Duration;
  /**
   * Where the service stands on its way from a static password.
   * @default { stage: "complete" }
   * @protects from a static password that is still in use: without a stage nothing refers to one
   */
  readonly migration?: Migration;
  /**
   * For an application that reads its credentials at its start only.
   * @default - it follows the file
   * @protects from processes that are ended for each new user without need
   */
  readonly restartOnRotation?: RestartOnRotation;
}

/** What a service may do in a database: something with tables, or everything that their owner may. */
export type DatabaseAccess = TableAccess | OwnerAccess;

/** What a service may do with tables. */
export interface TableAccess extends CredentialsOfAccess {
  /** The tables that the service may touch, and how. */
  readonly grants: readonly Grant[];
  readonly owner?: never;
  /**
   * That the service streams changes (change data capture), which takes more than grants; from PostgreSQL 16 on.
   * @default - it streams nothing
   * @protects from a credential that reads every change of every database that it may connect to
   */
  readonly replication?: Replication;
  /**
   * Where the privileges live.
   * @default "group"
   * @protects from statements that take longer the more tables there are
   */
  readonly strategy?: CredentialStrategy;
}

/**
 * For a Job that changes the schema: its credentials act as the owner, so that tables which it creates belong
 * to the owner and are there for all that was granted on the owner's tables. Only for pods that end.
 */
export interface OwnerAccess extends CredentialsOfAccess {
  /** The role that the credentials act as, and why grants on tables do not do. */
  readonly owner: Owner;
  readonly grants?: never;
  readonly replication?: never;
  readonly strategy?: never;
}

interface CredentialsOfAccess {
  /** Name of the database in the environment. */
  readonly database: string;
  /**
   * Name of one of the database's `endpoints`, such as a replica.
   * @default - the server that Vault makes the credentials in
   * @protects nothing: what has to be written must reach that server
   */
  readonly endpoint?: string;
  /**
   * The file that the application reads.
   * @default { format: "json" }
   * @protects from a user with the password of another one: both are in one file, which is replaced at once
   */
  readonly credentials?: Credentials;
  /**
   * The application's pool, as the contract tells it.
   * @default { max: 10 }
   * @protects from more sessions than the server has: the lease budget counts with it
   */
  readonly pool?: {
    /**
     * Largest number of connections that one pod opens.
     * @default 10
     * @protects from more sessions than the server has: the lease budget counts with it
     */
    readonly max?: number;
  };
}

/** A declaration, and the environment that it is made for. */
export interface ServiceProps extends ServiceDeclaration {
  /** What it has to know of Vault and the databases. */
  readonly platform: ServicePlatform;
  /**
   * Whether its database roles and its policy are made with the service, or once for several clusters, by
   * `SharedAccess` in a stack that is applied before.
   * @default "own"
   * @protects from credentials of a role that nobody has made
   */
  readonly roles?: "own" | "shared";
  /**
   * What has to be there before the pods change: the Jobs of the services that this one comes after.
   * @default - nothing
   * @protects nothing: in one stack, pods wait for the service's own access in any case
   */
  readonly waitsFor?: readonly ITerraformDependable[];
}

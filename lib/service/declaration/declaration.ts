import type { Duration } from "../../core";
import type { ITerraformDependable } from "../../core/terraform";
import type { CredentialStrategy, CredentialTtl, Grant, Owner } from "../../postgres";
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
   */
  readonly after?: readonly string[];
  /**
   * How the Vault agent is put into the pods.
   * @default { mode: "native-sidecar" }
   */
  readonly injection?: Injection;
  /**
   * How long the application needs to end its work after it was told to stop.
   * @default "20s"
   */
  readonly drain?: Duration;
  /**
   * Where the service stands on its way from a static password.
   * @default { stage: "complete" }
   */
  readonly migration?: Migration;
  /**
   * For an application that reads its credentials at its start only.
   * @default - it follows the file
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
   * Where the privileges live.
   * @default "group"
   */
  readonly strategy?: CredentialStrategy;
}

/**
 * For a Job that changes the schema: its credentials act as the owner, so that tables which it creates belong
 * to the owner and are there for all that was granted on the owner's tables. Only for pods that end.
 */
export interface OwnerAccess extends CredentialsOfAccess {
  readonly owner: Owner;
  readonly grants?: never;
  readonly strategy?: never;
}

interface CredentialsOfAccess {
  /** Name of the database in the environment. */
  readonly database: string;
  /**
   * The file that the application reads.
   * @default { format: "json" }
   */
  readonly credentials?: Credentials;
  /** @default { max: 10 } */
  readonly pool?: {
    /**
     * Largest number of connections that one pod opens.
     * @default 10
     */
    readonly max?: number;
  };
}

/** A declaration, and the environment that it is made for. */
export interface ServiceProps extends ServiceDeclaration {
  readonly platform: ServicePlatform;
  /**
   * What has to be there before the pods change: the Jobs of the services that this one comes after.
   * @default - nothing
   */
  readonly waitsFor?: readonly ITerraformDependable[];
}

import type { Duration } from "../core";
import type { CredentialStrategy, Grant } from "../postgres";
import type { ServicePlatform } from "../service";

/**
 * Engineers and their tools, who read credentials of their own from Vault in the place of a password that a team
 * shares: who they are, what they may touch, and for how long. Vault's audit log has each of them by name.
 */
export interface PeopleDeclaration {
  /** Name of them, such as `support`; lower-case letters, digits, hyphens, and no name of a service. */
  readonly name: string;
  /** By what Vault knows them. */
  readonly login: PeopleLogin;
  /** What they may touch, one entry for each database. */
  readonly access: readonly PeopleAccess[];
  /** How many credentials they hold at a time in each of the databases, all together: the lease budget counts with it. */
  readonly credentials: number;
  /**
   * How long a credential lives; nothing lengthens it, and who needs more reads another one.
   * @default "1h"
   * @protects from a credential in a shell's history or on a screen that still works tomorrow
   */
  readonly ttl?: Duration;
  /**
   * That they may do more than read, and why. Without it every grant is SELECT.
   * @default - they read
   * @protects from a change by hand of what services rely on
   */
  readonly writes?: {
    /** Why, in one line of ten characters to 512 bytes; it stands with their group in Vault and in every report. */
    readonly reason: string;
  };
}

/** The auth method belongs to the company, and is there: nothing of its configuration or its secrets is written here. */
export type PeopleLogin =
  /** Everybody whom the identity provider has in a group. */
  | {
      readonly kind: "oidc";
      /** Path of the auth method, without `auth/`. */
      readonly mount: string;
      /** The group, as the identity provider's claim of groups names it. */
      readonly group: string;
    }
  /** These users of Vault's own, each with a password that Vault alone has. */
  | {
      readonly kind: "userpass";
      /** Path of the auth method, without `auth/`. */
      readonly mount: string;
      /** Names of the users, in lower case as Vault keeps them. */
      readonly users: readonly string[];
    };

/** What people may touch in a database; they neither act as an owner nor stream changes. */
export interface PeopleAccess {
  /** Name of the database in the environment. */
  readonly database: string;
  /** What they may touch. */
  readonly grants: readonly Grant[];
  /**
   * Where the privileges live.
   * @default "group"
   * @protects from statements that take longer the more tables there are
   */
  readonly strategy?: CredentialStrategy;
  /**
   * How many sessions one credential may have at a time.
   * @default 2
   * @protects from a tool that uses up the server's connections
   */
  readonly connectionLimit?: number;
}

/** A declaration, and the environment that it is made for. */
export interface PeopleProps extends PeopleDeclaration {
  /** What has to be known of Vault and the databases. */
  readonly platform: ServicePlatform;
}

/** The longest, and what is taken where nothing is said. */
export const PEOPLE_TTL: Duration = "1h";

/** A query, and whoever looks on. */
export const PEOPLE_CONNECTIONS = 2;

/** Their only lease is of one length: nothing renews it on. */
export function peopleTtl({ ttl = PEOPLE_TTL }: Pick<PeopleDeclaration, "ttl">): Duration {
  return ttl;
}

/** The names under which the auth method knows them. */
export function loginNames(login: PeopleLogin): readonly string[] {
  return login.kind === "oidc" ? [login.group] : login.users;
}

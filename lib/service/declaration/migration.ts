import type { Duration } from "../../core";
import { replicasOf, type OwnWorkload } from "./workload";

/** The way from a password that never changes to none, in the order in which it is gone. */
export const STAGES = ["static", "shadow", "canary", "dynamic", "complete"] as const;
export type Stage = (typeof STAGES)[number];

/** Where a service stands on the way from its static password. */
export type Migration =
  /** Today: the pods take user and password from a Secret, and nothing of Vault exists. */
  | StaticStage
  /** Vault's side exists and every pod gets the file beside its static credentials; a check uses it, nobody else. */
  | ShadowStage
  /** Some pods run on dynamic credentials, the others on static ones, behind one Kubernetes Service. */
  | CanaryStage
  /** All pods run on dynamic credentials. The Secret is still there for going back, and nothing mounts it. */
  | DynamicStage
  /** Nothing refers to the Secret any more. */
  | CompleteStage;

interface WithStatic {
  /** One for each database of the service. */
  readonly credentials: readonly StaticCredentials[];
  /**
   * What no file can answer; `canary` and what follows it need every answer.
   * @default - nobody has answered yet
   * @protects from traffic on changing users before somebody has answered: `canary` is refused without
   */
  readonly readiness?: Readiness;
}

export interface StaticStage extends WithStatic {
  readonly stage: "static";
  /**
   * For a service that does not go on for now: counted as debt in every report, and refused once the day is over.
   * @default - it is on its way
   * @protects from a static password that stays because nobody remembers it
   */
  readonly stays?: Stays;
}

/** Why a service stays on its static password, and until when. */
export interface Stays {
  /** Why it cannot do without for now, such as a vendor's image. */
  readonly reason: string;
  /** The last day on which that is right, in UTC: `2027-06-30`. */
  readonly until: string;
}

export interface ShadowStage extends WithStatic {
  readonly stage: "shadow";
  /** Who proves that a dynamic credential logs in and holds the declared grants. */
  readonly check: ShadowCheck;
}

export interface CanaryStage extends WithStatic {
  readonly stage: "canary";
  /** Pods on dynamic credentials: a number, or a percentage of the replicas, rounded up. */
  readonly share: number | `${number}%`;
}

export interface DynamicStage extends WithStatic {
  readonly stage: "dynamic";
}

export interface CompleteStage {
  readonly stage: "complete";
  /**
   * The static users that are to be retired; the SQL for that is made from them.
   * @default - none
   * @protects from SQL that takes away a user which nobody has named
   */
  readonly retired?: readonly RetiredUser[];
}

/** A user of PostgreSQL whose password does not change, and the Secret that hands it out. */
export interface StaticCredentials {
  /** Name of the database in the environment. */
  readonly database: string;
  /** Name of the user in PostgreSQL. */
  readonly user: string;
  /** Name of the Secret in the service's namespace. It is referred to; it is neither read nor written. */
  readonly secret: string;
  /** How the application takes them. */
  readonly as: StaticForm;
}

/** How the application takes them. */
export type StaticForm =
  /** As variables. */
  | {
      readonly kind: "env";
      /** Keys of the Secret by the variable that each of them fills: `{ PGUSER: "username", PGPASSWORD: "password" }`. */
      readonly variables: Readonly<Record<string, string>>;
    }
  /** As a whole credentials file, in the format that the access declares. */
  | {
      readonly kind: "file";
      /** Key of the Secret that holds it. */
      readonly key: string;
    };

export interface RetiredUser {
  /** Name of the database in the environment. */
  readonly database: string;
  /** Name of the user in PostgreSQL. */
  readonly user: string;
  /** Name of the Secret that held its password. */
  readonly secret: string;
  /**
   * Role that gets what the user owns.
   * @default - the user must own nothing
   * @protects from tables that go to somebody by accident: a user that owns something is not dropped
   */
  readonly ownerRole?: string;
}

export type ShadowCheck =
  /** A container beside the application that logs in once a minute with psql, and says in its log what it found. */
  | {
      readonly kind: "container";
      /** Image with a shell and psql, with a tag or a digest. */
      readonly image: string;
    }
  /** The application does it itself, and says so in its own health or log. */
  | { readonly kind: "application" };

/** Name of the container that tries the dynamic credentials beside those that serve. */
export const CHECK_CONTAINER = "credentials-check";

/** What somebody who knows the application has to say before traffic depends on changing users. */
export interface Readiness {
  /**
   * How the application gets to a new user: most pools cannot change it while they run.
   * @default - not known: `canary` is refused
   * @protects from an application that goes on with a user that is gone
   */
  readonly rotation?: "follows-file" | "restarts" | "reads-at-start";
  /**
   * Who owns tables and other objects that the static user has created.
   * @default - not known: `canary` is refused
   * @protects from tables that belong to a user who is about to be retired
   */
  readonly ownership?: "owns-nothing" | "owner-role" | "static-user";
  /**
   * How long a session, a transaction or an advisory lock is held at most.
   * @default - not known: `canary` is refused
   * @protects from a session that is cut off when its user ends
   */
  readonly longestSession?: Duration;
  /**
   * What stands between the application and PostgreSQL.
   * @default - not known: `canary` is refused
   * @protects from a pooler that knows one user, and refuses all others
   */
  readonly pooler?: "none" | "passes-users" | "fixed-user";
  /**
   * Who changes the schema.
   * @default - not known: `canary` is refused
   * @protects from tables that belong to a user who is about to be dropped
   */
  readonly schemaChanges?: "none" | "own-access" | "application";
}

/** A restart of the application's process for each new user, for those that read the file at their start only. */
export interface RestartOnRotation {
  /** Name of the process, as `ps` shows it: `java`. */
  readonly process: string;
  /**
   * Signal that makes it end its work and exit, or read the file again.
   * @default "TERM"
   * @protects from work that is cut off: `TERM` asks the process to end
   */
  readonly signal?: "TERM" | "HUP" | "USR1" | "USR2";
  /** Why the application cannot follow the file. */
  readonly reason: string;
}

/** What pods take their credentials from: the Secret, the Secret with Vault's file beside it, or Vault's file. */
export type CredentialSource = "static" | "shadow" | "dynamic";

/** Pods of one kind. */
export interface PodGroup {
  /** Appended to the service's name: nothing for the main group. */
  readonly suffix: "" | "-canary";
  readonly source: CredentialSource;
  readonly replicas: number;
}

/** The pods that a stage runs. */
export function podGroups(migration: Migration, workload: OwnWorkload): PodGroup[] {
  const all = replicasOf(workload);
  switch (migration.stage) {
    case "static":
    case "shadow":
      return [{ suffix: "", source: migration.stage, replicas: all }];
    case "canary": {
      const some = canaryReplicas(migration.share, all);
      return [
        { suffix: "-canary", source: "dynamic", replicas: some },
        { suffix: "", source: "static", replicas: all - some },
      ];
    }
    case "dynamic":
    case "complete":
      return [{ suffix: "", source: "dynamic", replicas: all }];
  }
}

/** Pods of a canary: at least one. */
export function canaryReplicas(share: CanaryStage["share"], replicas: number): number {
  const wanted = typeof share === "number" ? share : Math.ceil((replicas * parseFloat(share)) / 100);
  return Math.max(1, wanted);
}

/** The static credentials of a stage that has some. */
export function staticCredentials(migration: Migration): readonly StaticCredentials[] {
  return migration.stage === "complete" ? [] : migration.credentials;
}

/** Whether Vault issues credentials at this stage. */
export function usesVault({ stage }: Migration): boolean {
  return stage !== "static";
}

import type { RestartOnRotation } from "./migration";
import type { Timing } from "./timing";

/** How the Vault agent is put into a pod. */
export type Injection =
  /**
   * One agent for the whole life of the pod: one login and one database user, the file is there before
   * the application starts, Jobs complete, and the user is dropped once the application has ended.
   * Kubernetes 1.29 or later.
   */
  | { readonly mode: "native-sidecar" }
  /**
   * The injector's own form, for clusters before 1.29: an agent before the application and another one
   * beside it. Each pod start makes two users, and the file is replaced seconds after the start. Not for
   * Jobs, which would never complete.
   */
  | { readonly mode: "init-and-sidecar" }
  /**
   * An agent before the application only. Nobody renews the lease and nobody revokes it: for Jobs that
   * end within `ttl.default`.
   */
  | { readonly mode: "init-only" };

/**
 * How the agent runs while the pods still live on static credentials: beside the application, which
 * does not wait for it, so that Vault can be down without anybody noticing.
 */
export interface Beside {
  readonly mode: "beside";
}

/** A file that the agent writes. */
export interface InjectedFile {
  /** Name of the database in the environment; it ties the annotations of one file together. */
  readonly name: string;
  readonly credsPath: string;
  readonly fileName: string;
  readonly template: string;
}

/** What the annotations say. */
export interface InjectionInput {
  readonly injection: Injection | Beside;
  /** Auth role to log in with. */
  readonly role: string;
  /** Path of the auth method, without `auth/`. */
  readonly authPath: string;
  /** URL of Vault as pods reach it. */
  readonly address: string;
  /** Vault's namespace in which it logs in and reads, if not the root. */
  readonly namespace?: string;
  /** PEM certificate of Vault's CA, where the injector does not know it. */
  readonly agentCaCertificate?: string;
  /** The containers that use the files. */
  readonly containers: readonly string[];
  /** User that these containers run as. */
  readonly uid: number;
  /** Name of the volume with the ServiceAccount token. */
  readonly tokenVolume: string;
  readonly files: readonly InjectedFile[];
  /** Who is told of a new file, if not the application itself. */
  readonly restartOnRotation?: RestartOnRotation;
  readonly timing: Timing;
}

import type { PodOptions, VariableSource } from "./pod";
import type { PodPatch } from "./pod-patch";

/** What runs in the container that uses the credentials. */
export interface OwnContainer {
  /** Image with a tag (not `latest`) or a digest. */
  readonly image: string;
  /**
   * Program that runs, instead of the image's.
   * @default - the image's entrypoint
   * @protects nothing: the image says what runs
   */
  readonly command?: readonly string[];
  /**
   * Arguments of the program.
   * @default - the image's arguments
   * @protects nothing: the image says what runs
   */
  readonly args?: readonly string[];
  /**
   * Variables of the application's own, as a text or from a Secret or ConfigMap; those of the contract are added.
   * @default - none
   * @protects from variables that change what the contract or the agent says, and from a database's password: those
   * are refused
   */
  readonly env?: Readonly<Record<string, string | VariableSource>>;
  /**
   * User and group that the application runs as; the credentials file belongs to the user.
   * @default 10001
   * @protects from an application that runs as root
   */
  readonly uid?: number;
  /**
   * What the container gets.
   * @default { cpu: "100m", memory: "256Mi" }
   * @protects from a container that takes the memory of everything else on its node
   */
  readonly resources?: Resources;
  /**
   * Whether the application may write to its image's file system; `/tmp` it always may.
   * @default "read-only"
   * @protects from somebody who has got into the process and changes its program
   */
  readonly filesystem?: "read-only" | "writable";
  /**
   * Names of Secrets of the namespace to pull the image with.
   * @default - none
   * @protects nothing: an image that is not public is not pulled without one
   */
  readonly imagePullSecrets?: readonly string[];
  /**
   * Where the pods run, and what they have beside the application.
   * @default {}
   * @protects nothing: what would change the chain to the credentials is refused
   */
  readonly pod?: PodOptions;
  /**
   * What of the pods nothing else here can say.
   * @default - none
   * @protects from a fork for one field: what the patch makes of the pods is proven like the rest, and refused like it
   */
  readonly podPatch?: PodPatch;
}

/** What a container gets. */
export interface Resources {
  /**
   * CPU that is kept for it; it may use more where there is more.
   * @default "100m"
   * @protects from a container that gets no processor on a full node
   */
  readonly cpu?: string;
  /**
   * Memory that is kept for it, and that it may not exceed.
   * @default "256Mi"
   * @protects from a container that takes the memory of everything else on its node
   */
  readonly memory?: string;
}

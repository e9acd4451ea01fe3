import type { Duration } from "../../core";
import type { FileProbe, Probe } from "./probes";

/** What runs as a service, and who deploys it. */
export type Workload = DeploymentWorkload | CronJobWorkload | JobWorkload | ElsewhereWorkload;

/** A workload that we deploy. */
export type OwnWorkload = DeploymentWorkload | CronJobWorkload | JobWorkload;

interface OwnContainer {
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
   * Variables of the application's own; those of the contract are added.
   * @default - none
   * @protects from variables that change what the contract or the agent says: those are refused
   */
  readonly env?: Readonly<Record<string, string>>;
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

/** Pods that run all the time. */
export interface DeploymentWorkload extends OwnContainer {
  readonly kind: "deployment";
  /** Number of pods; each has a credential of its own. */
  readonly replicas: number;
  /**
   * Port that the application listens on; a Kubernetes Service of the service's name leads to it.
   * @default - no port and no Service
   * @protects from a port that leads to nobody
   */
  readonly port?: number;
  /**
   * Whether a pod may get requests.
   * @default - it may once the credentials file is there
   * @protects from requests to a pod that cannot log in to its database
   */
  readonly readiness?: Probe;
  /**
   * Whether a container must not be restarted.
   * @default - it is restarted only when it exits
   * @protects from restarts of a slow application, each of which costs a login and a new user
   */
  readonly liveness?: Probe;
  /**
   * Whether a pod without its credentials file is kept from counting as ready.
   * @default { kind: "shell" }
   * @protects from requests to a pod that cannot log in to its database
   */
  readonly fileProbe?: FileProbe;
}

/** Pods that run at times and end. */
export interface CronJobWorkload extends OwnContainer {
  readonly kind: "cron-job";
  /** When it runs, in cron's five fields, such as `15 * * * *`. */
  readonly schedule: string;
  /**
   * Time zone of the schedule, such as `Europe/Berlin`.
   * @default - the control plane's, which is mostly UTC
   * @protects nothing: name one where an hour matters, because clocks change
   */
  readonly timeZone?: string;
  /**
   * How long a run may take, with its retries.
   * @default - as long as it takes
   * @protects nothing: a run that hangs keeps its credential until `ttl.max`
   */
  readonly activeDeadline?: Duration;
  /**
   * How often a failed run is tried again, in a new pod with a new credential.
   * @default 3
   * @protects from a run that is lost for a network that was away, and one that fails for ever
   */
  readonly retries?: number;
}

/**
 * Pods that run once and end, and once more whenever anything about them changes, such as the image. The apply
 * waits for them, and fails if they fail.
 */
export interface JobWorkload extends OwnContainer {
  readonly kind: "job";
  /**
   * How long a run may take, with its retries; the apply waits as long.
   * @default "10m"
   * @protects from an apply that waits for ever
   */
  readonly activeDeadline?: Duration;
  /**
   * How often a failed run is tried again, in a new pod with a new credential.
   * @default 0
   * @protects from a change of the schema that is made twice
   */
  readonly retries?: number;
}

/** A workload that something else deploys, such as Argo CD or Helm; it gets a patch and values. */
export interface ElsewhereWorkload {
  readonly kind: "elsewhere";
  /** Kind of the workload, which the patch is written for. */
  readonly controller: Controller;
  /**
   * Name of the workload.
   * @default - the service's
   * @protects from a patch for a workload of another name
   */
  readonly workloadName?: string;
  /** Name of the container that uses the credentials. */
  readonly container: string;
  /**
   * User and group that the container runs as; the credentials file belongs to the user.
   * @default 10001
   * @protects from an application that runs as root
   */
  readonly uid?: number;
  /**
   * Whether a pod without its credentials file is kept from counting as ready.
   * @default { kind: "shell" }
   * @protects from requests to a pod that cannot log in to its database
   */
  readonly fileProbe?: FileProbe;
}

/** What runs the pods of a workload that is deployed elsewhere. */
export type Controller = "Deployment" | "StatefulSet" | "DaemonSet" | "CronJob" | "Job";

/** Whether the pods of a workload are meant to end by themselves. */
export function runsToCompletion(workload: Workload): boolean {
  return (
    workload.kind === "cron-job" ||
    workload.kind === "job" ||
    (workload.kind === "elsewhere" && ["CronJob", "Job"].includes(workload.controller))
  );
}

/** The container that uses the credentials: in our own pods it is named after the service. */
export function containerName(service: string, workload: Workload): string {
  return workload.kind === "elsewhere" ? workload.container : service;
}

/** User that the container runs as. */
export function containerUser({ uid = 10_001 }: Workload): number {
  return uid;
}

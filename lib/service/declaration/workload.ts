import type { Duration } from "../../core";
import type { OwnContainer } from "./container";
import type { FileProbe, Probes } from "./probes";

/** What runs as a service, and who deploys it. */
export type Workload = OwnWorkload | ElsewhereWorkload;

/** A workload that we deploy. */
export type OwnWorkload = ServingWorkload | CronJobWorkload | JobWorkload;

/** A workload whose pods run all the time. */
export type ServingWorkload = DeploymentWorkload | StatefulSetWorkload | DaemonSetWorkload;

interface ServingContainer extends OwnContainer, Probes {
  /**
   * Port that the application listens on; a Kubernetes Service of the service's name leads to it.
   * @default - no port and no Service
   * @protects from a port that leads to nobody
   */
  readonly port?: number;
  /**
   * Ports by their names, where there are several: `{ http: 8080, metrics: 9090 }`.
   * @default - `port` alone
   * @protects from a port that leads to nobody
   */
  readonly ports?: Readonly<Record<string, number>>;
  /**
   * Whether a pod without its credentials file is kept from counting as ready.
   * @default { kind: "shell" }
   * @protects from requests to a pod that cannot log in to its database
   */
  readonly fileProbe?: FileProbe;
}

/** Pods that run all the time, any of which is as good as another. */
export interface DeploymentWorkload extends ServingContainer {
  readonly kind: "deployment";
  /** Number of pods, each with a credential of its own; or between which numbers a HorizontalPodAutoscaler sets it. */
  readonly replicas: number | Autoscaling;
  /**
   * How new pods take the place of old ones.
   * @default { kind: "rolling", maxSurge: 1, maxUnavailable: 0 }
   * @protects from fewer pods than declared while they change, and from more credentials than one beside them
   */
  readonly strategy?: RolloutStrategy;
}

/** Between which numbers there are pods, by what they use; one of `cpu` and `memory` at least. */
export interface Autoscaling {
  /** Fewest pods, which the guardrail on replicas is held to. */
  readonly min: number;
  /** Most pods, which the lease budget counts. */
  readonly max: number;
  /**
   * Percentage of the CPU kept for a pod that they use on average.
   * @default - it is not looked at
   * @protects nothing: how much a pod is to do, its load says
   */
  readonly cpu?: number;
  /**
   * Percentage of the memory kept for a pod that they use on average.
   * @default - it is not looked at
   * @protects nothing: how much a pod is to do, its load says
   */
  readonly memory?: number;
}

/** A number of pods, or text such as `25%` of the replicas. */
export type PodShare = number | `${number}%`;

/** How new pods of a Deployment take the place of old ones. */
export type RolloutStrategy =
  /** Some at a time. */
  | {
      readonly kind: "rolling";
      /**
       * Pods beyond the replicas while they change; each has a credential. A percentage is rounded up.
       * @default 1
       * @protects from more connections at a rollout than the server has: the lease budget counts them
       */
      readonly maxSurge?: PodShare;
      /**
       * Replicas that may be missing while they change. A percentage is rounded down.
       * @default 0
       * @protects from fewer pods than declared: an old one ends once a new one is ready
       */
      readonly maxUnavailable?: PodShare;
    }
  /** All old pods end before a new one starts: nobody answers meanwhile. */
  | {
      readonly kind: "recreate";
      /** Why there can be no two pods at a time, such as a lock that one of them holds. */
      readonly reason: string;
    };

/**
 * Pods that each have a name and storage of their own, such as `orders-0`. A pod is replaced once the one before it is
 * ready, and starts once its old self has ended: there is never a credential more than replicas.
 */
export interface StatefulSetWorkload extends ServingContainer {
  readonly kind: "stateful-set";
  /** Number of pods; each has a credential of its own. */
  readonly replicas: number;
  /**
   * Whether pods start one after the other, or all at once. Changed they are one after the other in any case.
   * @default "OrderedReady"
   * @protects from pods that start before those that they join
   */
  readonly podManagementPolicy?: "OrderedReady" | "Parallel";
  /**
   * Storage that each pod has for itself, and finds again when it is replaced. Kubernetes takes no change of it: another
   * list replaces the StatefulSet, and what is stored stays.
   * @default - none
   * @protects nothing: without storage of its own a pod begins with nothing
   */
  readonly volumeClaimTemplates?: readonly VolumeClaimTemplate[];
}

/** Storage of each pod of a StatefulSet, which one node mounts at a time. */
export interface VolumeClaimTemplate {
  /** Name of the claim; of the pod `orders-0` it is `<name>-orders-0`. */
  readonly name: string;
  /** Directory of the application in which it is; its files belong to the group of the application's user. */
  readonly mountPath: string;
  /** Its size, such as `10Gi`. */
  readonly size: string;
  /**
   * Class of the storage.
   * @default - the cluster's default class
   * @protects nothing: the cluster says what storage is
   */
  readonly storageClass?: string;
}

/**
 * A pod on every node. One is replaced at a time, and starts once the old one has ended: there is never a credential
 * more than nodes.
 */
export interface DaemonSetWorkload extends ServingContainer {
  readonly kind: "daemon-set";
  /** Most nodes that the cluster has for it: how many credentials and pools the lease budget counts. */
  readonly nodes: number;
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
  /**
   * How long an ended run stays, with its pods and their log; a minute at least.
   * @default - the last run that succeeded and the last three that failed stay
   * @protects nothing: what a run has written elsewhere stays
   */
  readonly ttlAfterFinished?: Duration;
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
  /**
   * Whether Kubernetes removes the Job after it has ended.
   * @default - it stays, and is the sign by which an apply knows that it has run
   * @protects from a run at every apply
   */
  readonly ttlAfterFinished?: JobRemoval;
}

/** A Job that goes after it has ended; the next apply makes it again, and it runs again. */
export interface JobRemoval {
  /** How long it stays, with its pods and their log; a minute at least. */
  readonly ttl: Duration;
  /** Why it may run again at every apply, such as work that finds nothing to do the second time. */
  readonly reason: string;
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
  /**
   * Most pods that run at the same time.
   * @default - not known: the lease budget counts one
   * @protects from more connections than the server has: what nobody says nobody counts
   */
  readonly pods?: number;
}

/** What runs the pods of a workload that is deployed elsewhere. */
export type Controller = "Deployment" | "StatefulSet" | "DaemonSet" | "CronJob" | "Job";

/** Whether the pods of a workload are ours and run all the time. */
export function isServing(workload: Workload): workload is ServingWorkload {
  return workload.kind !== "elsewhere" && !runsToCompletion(workload);
}

/** Ports of a workload, with their names where they have some. */
export function portsOf({
  port,
  ports = {},
}: Pick<ServingWorkload, "port" | "ports">): { readonly name?: string; readonly port: number }[] {
  return [
    ...(port === undefined ? [] : [{ port }]),
    ...Object.entries(ports).map(([name, each]) => ({ name, port: each })),
  ];
}

/** Most pods of a workload that we deploy. */
export function replicasOf(workload: OwnWorkload): number {
  switch (workload.kind) {
    case "deployment":
    case "stateful-set":
      return typeof workload.replicas === "number" ? workload.replicas : workload.replicas.max;
    case "daemon-set":
      return workload.nodes;
    default:
      return 1;
  }
}

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

import type { Resources } from "./container";
import type { Probes } from "./probes";

/** A value of a Secret or of a ConfigMap of the namespace, by its key; it is referred to, and neither read nor written. */
export type VariableSource =
  | {
      /** Name of the Secret. */
      readonly secret: string;
      /** Key of the Secret. */
      readonly key: string;
    }
  | {
      /** Name of the ConfigMap. */
      readonly configMap: string;
      /** Key of the ConfigMap. */
      readonly key: string;
    };

/** Where the pods run, and what they have beside the application and its credentials. */
export interface PodOptions {
  /**
   * Labels of the pods and of the workload, beside those by which leasehold finds them.
   * @default - none
   * @protects nothing: labels that select pods, or are Kubernetes' own, are refused
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Annotations of the pods, such as those of a scraper. Those that change what the pods are made of are refused: the
   * injector's, Kubernetes' own, those of service meshes.
   * @default - none
   * @protects nothing: whoever reads them sees no credential
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Labels of the nodes on which the pods may run.
   * @default - any node
   * @protects nothing: who else is on a node, the cluster says
   */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /**
   * Taints of nodes that the pods bear.
   * @default - none
   * @protects nothing: a taint keeps pods away from a node, and not from each other
   */
  readonly tolerations?: readonly Toleration[];
  /**
   * Name of the PriorityClass.
   * @default - the cluster's default
   * @protects nothing: a pod of less priority goes first where there is no room
   */
  readonly priorityClassName?: string;
  /**
   * Over what the replicas are spread, as far as it goes.
   * @default "nodes", where there are two replicas at least
   * @protects from one node, or one zone, that takes all of them away
   */
  readonly spread?: "nodes" | "zones";
  /**
   * What is mounted in the application, and in other containers that name it.
   * @default - nothing
   * @protects from volumes over the credentials file or the contract: those are refused
   */
  readonly volumes?: readonly PodVolume[];
  /**
   * Containers that run one after the other, and end, before the application starts.
   * @default - none
   * @protects nothing: the application has to expect what they have done
   */
  readonly initContainers?: readonly OtherContainer[];
  /**
   * Containers that run beside the application all the time; a Job with one would never complete.
   * @default - none
   * @protects nothing: they share the pod's network, and nothing else that they do not name
   */
  readonly sidecars?: readonly Sidecar[];
}

/** A taint that pods bear. */
export interface Toleration {
  /** Key of the taint. */
  readonly key: string;
  /**
   * Value of the taint.
   * @default - any
   * @protects nothing: every taint of the key is borne
   */
  readonly value?: string;
  /**
   * What the taint would do.
   * @default - whatever it would do
   * @protects nothing: every effect is borne
   */
  readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** Something that is mounted in the application. */
export type PodVolume = {
  /** Name of the volume. */
  readonly name: string;
  /** Directory at which containers that have it find it. */
  readonly mountPath: string;
} & (
  | {
      readonly kind: "secret";
      /** Name of the Secret; never one with a password of a database. */
      readonly secret: string;
    }
  | {
      readonly kind: "config-map";
      /** Name of the ConfigMap. */
      readonly configMap: string;
    }
  /** A directory that is empty at the pod's start, and gone at its end. */
  | {
      readonly kind: "empty-dir";
      /** Its most, such as `1Gi`: a pod that writes more is evicted. */
      readonly sizeLimit: string;
    }
  | {
      readonly kind: "claim";
      /** Name of the PersistentVolumeClaim, which all pods mount. */
      readonly claim: string;
    }
);

/** A container beside the application's. */
export interface OtherContainer {
  /** Name of the container. */
  readonly name: string;
  /** Image with a tag (not `latest`) or a digest. */
  readonly image: string;
  /**
   * Whether it gets what the application has of the databases: contract, variables and credentials file. Then it runs as
   * the application's user, to whom the file belongs. An init container starts once the file is there.
   * @default "none"
   * @protects from a container that reads credentials of which it has no need
   */
  readonly databases?: "all" | "none";
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
   * Variables of its own.
   * @default - none
   * @protects from a database's password in a variable, and from variables that are somebody else's: those are refused
   */
  readonly env?: Readonly<Record<string, string | VariableSource>>;
  /**
   * User and group that it runs as; with databases it is the application's.
   * @default 10001
   * @protects from a container that runs as root
   */
  readonly uid?: number;
  /**
   * What it gets.
   * @default { cpu: "100m", memory: "256Mi" }
   * @protects from a container that takes the memory of everything else on its node
   */
  readonly resources?: Resources;
  /**
   * Whether it may write to its image's file system; `/tmp` it always may.
   * @default "read-only"
   * @protects from somebody who has got into the process and changes its program
   */
  readonly filesystem?: "read-only" | "writable";
  /**
   * Names of the pod's volumes that it has, at the same directories as the application.
   * @default - none
   * @protects from a container that sees what it has no need of
   */
  readonly volumes?: readonly string[];
}

/** A container that runs beside the application all the time; a pod gets requests while all that are asked say yes. */
export interface Sidecar extends OtherContainer, Probes {}

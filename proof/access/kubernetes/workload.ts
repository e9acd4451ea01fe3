import type { Origin } from "../origin";
import { asBoolean, asList, asNumber, asObject, asObjects, asText, type ValueObject } from "../read";
import { isUnknown, type Known, type Value } from "../value";
import { mostReplicas, scales, type Autoscaler } from "./autoscaler";
import { authPath, INJECTOR_PREFIX, readInjection, type Injection } from "./injection";
import type { Manifest } from "./manifest";

const KINDS = [
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "ReplicationController",
  "CronJob",
  "Job",
  "Pod",
] as const;

export type WorkloadKind = (typeof KINDS)[number];

/** Something that runs pods. */
export interface Workload {
  readonly origin: Origin;
  readonly kind: WorkloadKind;
  readonly name: Known<string>;
  /** Absent: that of whoever applies it. */
  readonly namespace: Known<string>;
  /** Annotations of the workload itself, which no pod sees. */
  readonly annotations: Readonly<Record<string, Known<string>>>;
  /**
   * Pods that run at the same time; of a Job its parallelism; of a DaemonSet or a patch nobody knows, unless it is told
   * in `leasehold/pods`.
   */
  readonly replicas: Known<number>;
  /** Fewest pods at the same time: as many, unless something scales them. */
  readonly fewest: Known<number>;
  /** Pods beyond these at a rolling restart: new ones, and old ones that have not ended yet. */
  readonly surge: number;
  readonly pod: Pod;
  /** All that is said about it, as Kubernetes has it. */
  readonly body: ValueObject;
}

/** The pods of a workload. */
export interface Pod {
  readonly labels: Readonly<Record<string, Known<string>>>;
  readonly annotations: Readonly<Record<string, Known<string>>>;
  /** What the annotations ask of the injector. */
  readonly injection: Injection | undefined;
  /** Absent: `default`. */
  readonly serviceAccount: Known<string>;
  readonly automountServiceAccountToken: Known<boolean>;
  /** In seconds; absent: Kubernetes' 30. */
  readonly terminationGracePeriod: Known<number>;
  readonly restartPolicy: Known<string>;
  readonly shareProcessNamespace: Known<boolean>;
  /** User that the containers run as, where they do not say it themselves. */
  readonly runAsUser: Known<number>;
  readonly fsGroup: Known<number>;
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  readonly volumes: readonly Volume[];
  /** All that is said about the pod, as Kubernetes has it. */
  readonly spec: ValueObject;
}

export interface Container {
  readonly name: Known<string>;
  readonly image: Known<string>;
  readonly env: readonly EnvironmentVariable[];
  /** Secrets that give all of their keys as variables. */
  readonly envFromSecrets: readonly Known<string>[];
  readonly volumeMounts: readonly {
    readonly volume: Known<string>;
    readonly path: Known<string>;
    readonly readOnly: Known<boolean>;
  }[];
  readonly runAsUser: Known<number>;
  /** `Always` makes an init container a native sidecar. */
  readonly restartPolicy: Known<string>;
  /** Probes as Kubernetes has them. */
  readonly readinessProbe: ValueObject | undefined;
  readonly startupProbe: ValueObject | undefined;
  readonly livenessProbe: ValueObject | undefined;
  /** Whether the container is told to stop by a hook of its own before the signal. */
  readonly preStop: ValueObject | undefined;
}

export interface EnvironmentVariable {
  readonly name: Known<string>;
  /** What is written; absent where it comes from somewhere else. */
  readonly value: Known<string>;
  /** The Secret's key that it comes from. */
  readonly secret?: { readonly name: Known<string>; readonly key: Known<string> };
}

export interface Volume {
  readonly name: Known<string>;
  /** The Secret that it shows. */
  readonly secret: Known<string>;
  readonly configMap: Known<string>;
  /** The ServiceAccount tokens that it projects. */
  readonly tokens: readonly ProjectedToken[];
  /** Whether it is a projected volume. */
  readonly projected: boolean;
}

export interface ProjectedToken {
  readonly audience: Known<string>;
  /** In seconds; absent: Kubernetes' 3600. */
  readonly expiration: Known<number>;
}

export interface ServiceAccount {
  readonly origin: Origin;
  readonly name: Known<string>;
  readonly namespace: Known<string>;
}

/** A Secret of Kubernetes that the configuration writes. */
export interface KubernetesSecret {
  readonly origin: Origin;
  readonly name: Known<string>;
  readonly namespace: Known<string>;
  /** Names of the keys whose values stand in the configuration; the values are not kept. */
  readonly inlineKeys: readonly string[];
}

/** A ConfigMap that the configuration writes. */
export interface ConfigMap {
  readonly origin: Origin;
  readonly name: Known<string>;
  readonly namespace: Known<string>;
  readonly data: ValueObject;
}

/** Kinds that run pods. */
export const WORKLOADS: ReadonlySet<string> = new Set(KINDS);

/** Kinds of which `replicas` says how many pods there are. */
const REPLICATED: ReadonlySet<string> = new Set([
  "Deployment",
  "StatefulSet",
  "ReplicaSet",
  "ReplicationController",
]);

/** The workload that a manifest describes, if it is one. */
export function readWorkload(manifest: Manifest): Workload | undefined {
  if (!WORKLOADS.has(manifest.kind)) return undefined;
  const kind = manifest.kind as WorkloadKind;
  const spec = asObject(manifest.body.spec);
  const inner = kind === "CronJob" ? asObject(asObject(spec.jobTemplate).spec) : spec;
  const template = kind === "Pod" ? manifest.body : asObject(inner.template);
  const pods = told(replicas(kind, inner), manifest.annotations[PODS]);
  return {
    origin: manifest.origin,
    kind,
    name: manifest.name,
    namespace: manifest.namespace,
    annotations: kind === "Pod" ? {} : manifest.annotations,
    replicas: pods,
    fewest: pods,
    surge: surge(kind, spec, pods),
    pod: readPod(template),
    body: manifest.body,
  };
}

/** The workload with as many pods as those that scale it make at most. */
export function withAutoscalers(workload: Workload, autoscalers: readonly Autoscaler[]): Workload {
  const own = autoscalers.filter((each) => scales(each, workload));
  const [first] = own;
  if (first === undefined) return workload;
  const most = mostReplicas(workload, workload.replicas, own);
  return {
    ...workload,
    replicas: most,
    fewest: first.min,
    surge: surge(workload.kind, asObject(workload.body.spec), most),
  };
}

/** The workload with the injector's own path of the auth method, where its pods name none. */
export function withAuthPath(workload: Workload, path: string): Workload {
  const { pod } = workload;
  const own = pod.annotations[`${INJECTOR_PREFIX}auth-path`];
  if (pod.injection === undefined || (own !== undefined && own !== "")) return workload;
  return { ...workload, pod: { ...pod, injection: { ...pod.injection, authPath: authPath(path) } } };
}

function replicas(kind: WorkloadKind, spec: ValueObject): Known<number> {
  if (REPLICATED.has(kind)) {
    // A patch has no selector, and the replicas of what it is laid upon.
    return asNumber(spec.replicas) ?? (spec.selector === undefined ? undefined : 1);
  }
  if (kind === "Job" || kind === "CronJob") return asNumber(spec.parallelism) ?? 1;
  return kind === "Pod" ? 1 : undefined;
}

/** Most pods at the same time, where Kubernetes or somebody else decides how many there are. */
const PODS = "leasehold/pods";

function told(written: Known<number>, annotated: Known<string>): Known<number> {
  const most = asNumber(annotated);
  if (most === undefined) return written;
  // Nobody tells a number away.
  return typeof most === "number" && typeof written === "number"
    ? Math.max(most, written)
    : (most ?? written);
}

/**
 * A pod of a StatefulSet, of a DaemonSet and of `Recreate` starts once its old self has ended. A Deployment does not wait
 * for pods that end: those that may be missing are still there while new ones start. Its defaults are a quarter each.
 */
function surge(kind: WorkloadKind, spec: ValueObject, replicas: Known<number>): number {
  if (kind !== "Deployment" && kind !== "DaemonSet") return 0;
  const strategy = asObject(spec.strategy ?? spec.updateStrategy);
  if (strategy.type === "Recreate" || strategy.type === "OnDelete") return 0;
  const { maxSurge, maxUnavailable } = asObject(strategy.rollingUpdate);
  const total = typeof replicas === "number" ? replicas : 1;
  if (kind === "DaemonSet") return shareOf(maxSurge ?? 0, total, Math.ceil);
  return shareOf(maxSurge ?? "25%", total, Math.ceil) + shareOf(maxUnavailable ?? "25%", total, Math.floor);
}

/** Of a number that is not known what Kubernetes takes where nothing is said. */
function shareOf(written: Value, total: number, round: (share: number) => number): number {
  const share = typeof written === "string" ? /^(\d+)%$/.exec(written)?.[1] : undefined;
  if (share !== undefined) return round((total * Number(share)) / 100);
  const number = asNumber(written);
  return typeof number === "number" ? number : round(total / 4);
}

function readPod(template: ValueObject): Pod {
  const metadata = asObject(template.metadata);
  const spec = asObject(template.spec);
  const annotations = textMap(metadata.annotations);
  const securityContext = asObject(spec.securityContext);
  return {
    labels: textMap(metadata.labels),
    annotations,
    injection: readInjection(annotations),
    serviceAccount: asText(spec.serviceAccountName ?? spec.serviceAccount),
    automountServiceAccountToken: asBoolean(spec.automountServiceAccountToken),
    terminationGracePeriod: asNumber(spec.terminationGracePeriodSeconds),
    restartPolicy: asText(spec.restartPolicy),
    shareProcessNamespace: asBoolean(spec.shareProcessNamespace),
    runAsUser: asNumber(securityContext.runAsUser),
    fsGroup: asNumber(securityContext.fsGroup),
    containers: asObjects(spec.containers).map(readContainer),
    initContainers: asObjects(spec.initContainers).map(readContainer),
    volumes: asObjects(spec.volumes).map(readVolume),
    spec,
  };
}

function textMap(value: Value | undefined): Readonly<Record<string, Known<string>>> {
  return Object.fromEntries(Object.entries(asObject(value)).map(([key, entry]) => [key, asText(entry)]));
}

function readContainer(container: ValueObject): Container {
  return {
    name: asText(container.name),
    image: asText(container.image),
    env: asObjects(container.env).map(readVariable),
    envFromSecrets: asObjects(container.envFrom)
      .filter(({ secretRef }) => secretRef !== undefined)
      .map(({ secretRef }) => asText(asObject(secretRef).name)),
    volumeMounts: asObjects(container.volumeMounts).map(({ name, mountPath, readOnly }) => ({
      volume: asText(name),
      path: asText(mountPath),
      readOnly: asBoolean(readOnly),
    })),
    runAsUser: asNumber(asObject(container.securityContext).runAsUser),
    restartPolicy: asText(container.restartPolicy),
    readinessProbe: optionalObject(container.readinessProbe),
    startupProbe: optionalObject(container.startupProbe),
    livenessProbe: optionalObject(container.livenessProbe),
    preStop: optionalObject(asObject(container.lifecycle).preStop),
  };
}

function readVariable({ name, value, valueFrom }: ValueObject): EnvironmentVariable {
  const reference = asObject(asObject(valueFrom).secretKeyRef);
  const secret =
    Object.keys(reference).length === 0
      ? undefined
      : { name: asText(reference.name), key: asText(reference.key) };
  return { name: asText(name), value: asText(value), ...(secret && { secret }) };
}

function readVolume(volume: ValueObject): Volume {
  const sources = asObjects(volume.projected).flatMap((projected) => asObjects(projected.sources));
  return {
    name: asText(volume.name),
    secret: asText(asObject(volume.secret).secretName),
    configMap: asText(asObject(volume.configMap).name),
    projected: volume.projected !== undefined,
    tokens: sources.flatMap(({ serviceAccountToken }) =>
      asObjects(serviceAccountToken).map(({ audience, expirationSeconds }) => ({
        audience: asText(audience),
        expiration: asNumber(expirationSeconds),
      })),
    ),
  };
}

function optionalObject(value: Value | undefined): ValueObject | undefined {
  return value === undefined || value === null || isUnknown(value) || asList(value).length === 0
    ? undefined
    : asObject(value);
}

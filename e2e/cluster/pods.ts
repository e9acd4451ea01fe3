import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import type { KubernetesObject } from "../servers/kubernetes-client";
import { binary } from "../doctor/binaries";
import { podsPath } from "../support/kubernetes-paths";
import { run, runOrThrow, type Finished } from "../support/run";
import { eventually } from "../support/wait";
import { kubectlEnvironment, ownCluster, type Cluster, type Node } from "./cluster";

/** Whatever has a cluster: a bench. */
export interface OnCluster {
  readonly cluster: Cluster;
}

/** The part of a container's status that is read. */
export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly containerID?: string;
  readonly state?: {
    readonly running?: { readonly startedAt: string };
    readonly terminated?: { readonly exitCode: number };
  };
  readonly lastState: { readonly terminated?: { readonly reason: string; readonly exitCode: number } };
}

/** The part of a container's declaration that is read. */
export interface ContainerSpec {
  readonly name: string;
  /** Only of init containers: `Always` makes one a sidecar. */
  readonly restartPolicy?: string;
}

export interface Pod extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & { readonly namespace: string };
  readonly spec: {
    readonly nodeName?: string;
    readonly initContainers?: readonly ContainerSpec[];
    readonly containers: readonly ContainerSpec[];
    readonly volumes?: readonly {
      readonly name: string;
      readonly secret?: { readonly secretName: string };
    }[];
  };
  readonly status: {
    readonly podIP?: string;
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** The agent, which the injector puts in as a native sidecar. */
export const AGENT = "vault-agent-init";

export function isReady({ metadata, status }: Pod): boolean {
  const { deletionTimestamp } = metadata;
  const ready = status.conditions?.some((each) => each.type === "Ready" && each.status === "True");
  return deletionTimestamp === undefined && ready === true;
}

/** The pods of a service, those that end among them. */
export function podsOf({ cluster }: OnCluster, service: string, namespace = "shop"): Promise<Pod[]> {
  const selector = encodeURIComponent(`leasehold/service=${service}`);
  return cluster.apiServer.client.list<Pod>(`${podsPath(namespace)}?labelSelector=${selector}`);
}

/** Waits until a service has that many ready pods, and no others. */
export function readyPods(
  bench: OnCluster,
  service: string,
  count: number,
  timeoutMs = 240_000,
): Promise<Pod[]> {
  return eventually(
    `${count} ready pods of ${service}`,
    async () => {
      const pods = await podsOf(bench, service);
      return pods.length === count && pods.every(isReady) && pods;
    },
    { timeoutMs, intervalMs: 200 },
  );
}

/** Runs a command in a container; the exit code is the caller's to judge. */
export function execIn(
  { cluster }: OnCluster,
  { metadata }: Pod,
  container: string,
  command: readonly string[],
): Promise<Finished> {
  const args = ["-n", metadata.namespace, "exec", metadata.name, "-c", container, "--", ...command];
  return run(binary("kubectl"), args, { env: kubectlEnvironment(cluster) });
}

/** SIGKILL from outside, as when the program itself fails: the kubelet starts the container again. */
export async function killContainer(bench: OnCluster, pod: Pod, container: string): Promise<void> {
  await task(bench, pod, container, "kill", "-s", "SIGKILL");
}

/** Of a container that runs, as its node sees them. */
export async function containerProcesses(bench: OnCluster, pod: Pod, container: string): Promise<number[]> {
  const printed = await task(bench, pod, container, "ps");
  return [...printed.matchAll(/^(\d+)\b/gm)].map(([pid]) => Number(pid));
}

function task(
  { cluster }: OnCluster,
  pod: Pod,
  container: string,
  ...command: readonly string[]
): Promise<string> {
  const id = statusOf(pod, container)?.containerID?.replace("containerd://", "");
  if (id === undefined) throw new Error(`${pod.metadata.name} has no running container ${container}`);
  const { socket } = nodeOf(cluster, pod).containerd;
  return runOrThrow(binary("ctr"), ["-a", socket, "-n", "k8s.io", "tasks", ...command, id]);
}

/** Where its node has a volume of a pod. */
export function volumeOf(cluster: Cluster, pod: Pod, name: string, kind: "empty-dir" | "projected"): string {
  const { kubelet } = nodeOf(cluster, pod);
  return path.join(kubelet.podDirectory(pod.metadata.uid), `volumes/kubernetes.io~${kind}`, name);
}

/** The node that a pod is on. */
export function nodeOf(cluster: Cluster, { metadata, spec }: Pod): Node {
  const node = ownCluster(cluster).nodes.find(({ name }) => name === spec.nodeName);
  if (node === undefined) throw new Error(`${metadata.name} is on no node`);
  return node;
}

export function statusOf({ status }: Pod, container: string): ContainerStatus | undefined {
  return statusesOf(status).find(({ name }) => name === container);
}

/** How often each container of the pods was started again. */
export function restartsOf(pods: readonly Pod[]): string[] {
  return pods
    .flatMap(({ metadata, status }) =>
      statusesOf(status).map(({ name, restartCount }) => `${metadata.name} ${name} ${restartCount}`),
    )
    .sort();
}

function statusesOf({
  initContainerStatuses = [],
  containerStatuses = [],
}: Pod["status"]): ContainerStatus[] {
  return [...initContainerStatuses, ...containerStatuses];
}

/** The log of a container, from now until it ends: the kubelet removes it with the pod. */
export class FollowedLog {
  /** So far. */
  log = "";
  private readonly kubectl: ChildProcess;
  readonly ended: Promise<unknown>;

  constructor({ cluster }: OnCluster, { metadata }: Pod, container: string) {
    const { name, namespace } = metadata;
    this.kubectl = spawn(binary("kubectl"), ["-n", namespace, "logs", "-f", name, "-c", container], {
      env: kubectlEnvironment(cluster),
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.kubectl.stdout?.on("data", (chunk: Buffer) => (this.log += chunk.toString()));
    this.ended = new Promise((resolve) => this.kubectl.once("close", resolve));
  }
}

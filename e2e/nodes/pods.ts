import { spawn, type ChildProcess } from "node:child_process";
import type { KubernetesObject } from "../servers/kubernetes-client";
import { binary } from "../doctor/binaries";
import { deploymentPath, podsPath } from "../support/kubernetes-paths";
import { run, runOrThrow, type Finished } from "../support/run";
import { eventually } from "../support/wait";
import type { NodesBench } from "./bench";

/** The part of a container's status that is read. */
export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly containerID?: string;
  readonly state?: { readonly terminated?: { readonly exitCode: number } };
  readonly lastState: { readonly terminated?: { readonly reason: string; readonly exitCode: number } };
}

export interface Pod extends KubernetesObject {
  readonly spec: { readonly nodeName?: string };
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
export function podsOf(bench: NodesBench, service: string, namespace = "shop"): Promise<Pod[]> {
  const selector = encodeURIComponent(`leasehold/service=${service}`);
  return bench.cluster.apiServer.client.list<Pod>(`${podsPath(namespace)}?labelSelector=${selector}`);
}

/** Waits until a service has that many ready pods, and no others. */
export function readyPods(
  bench: NodesBench,
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

export async function scale(bench: NodesBench, service: string, replicas: number): Promise<void> {
  await bench.cluster.apiServer.client.patch(deploymentPath("shop", service), { spec: { replicas } });
}

/** Runs a command in a container; the exit code is the caller's to judge. */
export function execIn(
  bench: NodesBench,
  { metadata }: Pod,
  container: string,
  command: readonly string[],
): Promise<Finished> {
  const { name, namespace = "shop" } = metadata;
  const args = ["-n", namespace, "exec", name, "-c", container, "--", ...command];
  return run(binary("kubectl"), args, { env: bench.operatorEnvironment() });
}

/** SIGKILL from outside, as when the program itself fails: the kubelet starts the container again. */
export async function killContainer(bench: NodesBench, pod: Pod, container: string): Promise<void> {
  const node = bench.ownCluster.nodes.find(({ name }) => name === pod.spec.nodeName);
  const id = statusOf(pod, container)?.containerID?.replace("containerd://", "");
  if (node === undefined || id === undefined)
    throw new Error(`${pod.metadata.name} has no running container ${container}`);
  const { socket } = node.containerd;
  await runOrThrow(binary("ctr"), ["-a", socket, "-n", "k8s.io", "tasks", "kill", "-s", "SIGKILL", id]);
}

export function statusOf({ status }: Pod, container: string): ContainerStatus | undefined {
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  return all.find(({ name }) => name === container);
}

/** How often each container of the pods was started again. */
export function restartsOf(pods: readonly Pod[]): string[] {
  return pods
    .flatMap(({ metadata, status }) =>
      [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map(
        ({ name, restartCount }) => `${metadata.name} ${name} ${restartCount}`,
      ),
    )
    .sort();
}

/** The log of a container, from now until it ends: the kubelet removes it with the pod. */
export class FollowedLog {
  /** So far. */
  log = "";
  private readonly kubectl: ChildProcess;
  readonly ended: Promise<unknown>;

  constructor(bench: NodesBench, { metadata }: Pod, container: string) {
    const { name, namespace = "shop" } = metadata;
    this.kubectl = spawn(binary("kubectl"), ["-n", namespace, "logs", "-f", name, "-c", container], {
      env: bench.operatorEnvironment(),
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.kubectl.stdout?.on("data", (chunk: Buffer) => (this.log += chunk.toString()));
    this.ended = new Promise((resolve) => this.kubectl.once("close", resolve));
  }
}

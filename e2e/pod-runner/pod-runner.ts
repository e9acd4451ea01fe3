import fs from "node:fs";
import path from "node:path";
import type { KubernetesClient } from "../servers/kubernetes-client";
import { errorMessage, sleep } from "../support/wait";
import type { Images } from "./images";
import { podPath, podName, type Pod } from "./pod";
import { RunningPod } from "./running-pod";

const NODE = "bench";
const HOST_IP = "127.0.0.1";
/** The kubelet watches; a list ten times a second is simpler, and late by less than what is measured. */
const POLL_MS = 100;

export interface PodRunnerOptions {
  readonly kubernetes: KubernetesClient;
  readonly images: Images;
  /** Holds the pods' volumes and logs. */
  readonly directory: string;
  /**
   * Second byte of the pods' loopback addresses: pods of two clusters have different ones.
   * @default 77
   */
  readonly network?: number;
}

/**
 * Takes the kubelet's and the scheduler's part for one node: runs every pod of the cluster as local
 * processes, as the API server holds it after admission.
 *
 * It is not a kubelet. One network namespace for all pods, so no NetworkPolicy and no Service works, and
 * each application listens on its pod's own loopback address; no cgroups, so resources limit nothing; no
 * images, seccomp profiles or capabilities beyond what a non-root user lacks anyway; ConfigMaps and Secrets
 * are copied once; no eviction, no node pressure. What it does not know it refuses.
 */
export class PodRunner {
  private readonly pods = new Map<string, RunningPod>();
  /** Pods of a node that has vanished: nobody reports or removes them. */
  private readonly lost = new Set<string>();
  private stopped = false;
  private loop: Promise<void> | undefined;
  private addresses = 0;

  constructor(private readonly options: PodRunnerOptions) {}

  async start(): Promise<void> {
    const { kubernetes, directory } = this.options;
    fs.mkdirSync(directory, { recursive: true });
    fs.chmodSync(directory, 0o711);
    await kubernetes.ensure("/api/v1/nodes", {
      metadata: { name: NODE, labels: { "kubernetes.io/hostname": NODE } },
    });
    const ready = { type: "Ready", status: "True", reason: "PodRunnerReady", message: "" };
    await kubernetes.patch(`/api/v1/nodes/${NODE}/status`, { status: { conditions: [ready] } });
    this.loop = this.poll();
  }

  /** Kills what still runs: by now the scenarios have deleted what they wanted to end in order. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
    await Promise.all([...this.pods.values()].map((pod) => pod.vanish()));
  }

  /** The pods that run now, oldest first. */
  list(namespace: string, labels: Record<string, string> = {}): RunningPod[] {
    return [...this.pods.values()].filter(
      ({ pod: { metadata } }) =>
        metadata.namespace === namespace &&
        Object.entries(labels).every(([name, value]) => metadata.labels?.[name] === value),
    );
  }

  /** Lets the node of a pod lose power: its processes die, and the pod stays in the API until forced out. */
  async loseNodeOf(running: RunningPod): Promise<void> {
    this.lost.add(running.pod.metadata.uid);
    this.pods.delete(running.pod.metadata.uid);
    await running.vanish();
  }

  private async poll(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.reconcile(await this.options.kubernetes.list<Pod>("/api/v1/pods"));
      } catch (error) {
        console.error(`pod runner: ${errorMessage(error)}`);
      }
      await sleep(POLL_MS);
    }
  }

  private async reconcile(pods: readonly Pod[]): Promise<void> {
    const present = new Set(pods.map(({ metadata }) => metadata.uid));
    for (const [uid, running] of this.pods) {
      if (present.has(uid)) continue;
      this.pods.delete(uid);
      // Forced out of the API: a kubelet kills what it still runs of it.
      if (running.removedAt === undefined) void running.vanish();
    }
    await Promise.all(
      pods.filter(({ metadata }) => !this.lost.has(metadata.uid)).map((pod) => this.sync(pod)),
    );
  }

  private async sync(pod: Pod): Promise<void> {
    const { uid, deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
    const running = this.pods.get(uid);
    if (deletionTimestamp) {
      const ending = running ? running.terminate(deletionGracePeriodSeconds) : this.remove(pod);
      void ending.catch((error: unknown) =>
        console.error(`pod runner: ${podName(pod)}: ${errorMessage(error)}`),
      );
    } else if (!pod.spec.nodeName) {
      const target = { apiVersion: "v1", kind: "Node", name: NODE };
      await this.options.kubernetes.create(`${podPath(pod)}/binding`, {
        metadata: { name: pod.metadata.name },
        target,
      });
    } else if (!running) {
      this.run(pod);
    }
  }

  private run(pod: Pod): void {
    const { kubernetes, images, directory } = this.options;
    const running = new RunningPod({
      kubernetes,
      images,
      pod,
      address: { podIP: this.nextAddress(), hostIP: HOST_IP },
      directory: path.join(directory, pod.metadata.uid),
    });
    this.pods.set(pod.metadata.uid, running);
    void running.run();
  }

  /** A pod that never ran here. */
  private remove(pod: Pod): Promise<void> {
    return this.options.kubernetes.delete(podPath(pod), { gracePeriodSeconds: 0 });
  }

  /** All of 127.0.0.0/8 is this machine. */
  private nextAddress(): string {
    this.addresses += 1;
    const { network = 77 } = this.options;
    return `127.${network}.${this.addresses >> 8}.${this.addresses & 255}`;
  }
}

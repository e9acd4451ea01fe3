import fs from "node:fs";
import path from "node:path";
import type { Finished } from "../support/run";
import { sleep } from "../support/wait";
import type { OwnCluster } from "./cluster";
import {
  execIn,
  isReady,
  killContainer,
  nodeOf,
  statusOf,
  volumeOf,
  type ContainerSpec,
  type Pod,
} from "./pods";

const PODS = "/api/v1/pods";

/** All pods of a cluster as the API server tells of them, and what the kubelets have kept of each: also of those that are gone. */
export class WatchedPods {
  private readonly pods = new Map<string, WatchedPod>();
  private stopped = false;
  private endWatch = (): void => undefined;
  private watching: Promise<void> = Promise.resolve();

  private constructor(private readonly cluster: OwnCluster) {}

  static async start(cluster: OwnCluster): Promise<WatchedPods> {
    const watched = new WatchedPods(cluster);
    const version = await watched.look();
    watched.watching = watched.watch(version);
    return watched;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.endWatch();
    await this.watching;
  }

  /** Those that there are now, oldest first. */
  list(namespace: string, labels: Record<string, string> = {}): WatchedPod[] {
    return [...this.pods.values()].filter(
      ({ pod: { metadata } }) =>
        metadata.namespace === namespace &&
        Object.entries(labels).every(([name, value]) => metadata.labels?.[name] === value),
    );
  }

  /** Those of a node. */
  onNode(node: string): WatchedPod[] {
    return [...this.pods.values()].filter(({ pod }) => pod.spec.nodeName === node);
  }

  private async watch(since: string): Promise<void> {
    for (let version = since; !this.stopped;) {
      const { client } = this.cluster.apiServer;
      const { ended, end } = client.watch<Pod>(PODS, version, ({ type, object }) => {
        if (type === "DELETED") this.remove(object);
        else if (type === "ADDED" || type === "MODIFIED") this.see(object);
      });
      this.endWatch = end;
      await ended;
      if (this.stopped) return;
      await sleep(100);
      version = await this.look().catch(() => version);
    }
  }

  /** @returns the version of the list */
  private async look(): Promise<string> {
    const { client } = this.cluster.apiServer;
    const list = await client.get<{ metadata: { resourceVersion: string }; items: Pod[] | null }>(PODS);
    const there = new Set((list.items ?? []).map(({ metadata }) => metadata.uid));
    for (const [uid, { pod }] of this.pods) if (!there.has(uid)) this.remove(pod);
    list.items?.forEach((pod) => this.see(pod));
    return list.metadata.resourceVersion;
  }

  private see(pod: Pod): void {
    const { uid } = pod.metadata;
    const known = this.pods.get(uid);
    if (known === undefined) this.pods.set(uid, new WatchedPod(this.cluster, pod));
    else known.see(pod);
  }

  private remove(pod: Pod): void {
    this.pods.get(pod.metadata.uid)?.goes(pod);
    this.pods.delete(pod.metadata.uid);
  }
}

export function namesOf(pods: readonly WatchedPod[]): string[] {
  return pods.map(({ name }) => name);
}

/** One pod from when the API server first told of it. */
export class WatchedPod {
  readonly seenAt = new Date();
  /** When it was gone. */
  removedAt: Date | undefined;
  private latest: Pod;

  constructor(
    private readonly cluster: OwnCluster,
    pod: Pod,
  ) {
    this.latest = pod;
    this.see(pod);
  }

  /** As the API server has told last. */
  get pod(): Pod {
    return this.latest;
  }

  get name(): string {
    return this.latest.metadata.name;
  }

  /** Whether somebody has told it to end. */
  get isTerminating(): boolean {
    return this.removedAt !== undefined || this.latest.metadata.deletionTimestamp !== undefined;
  }

  get isReady(): boolean {
    return this.removedAt === undefined && isReady(this.latest);
  }

  /** Where it is reached, once it runs. */
  get address(): string {
    return this.latest.status.podIP ?? "";
  }

  get initContainers(): WatchedContainer[] {
    return (this.latest.spec.initContainers ?? []).map((spec) => this.watched(spec));
  }

  get containers(): WatchedContainer[] {
    return this.latest.spec.containers.map((spec) => this.watched(spec));
  }

  container(name: string): WatchedContainer {
    const found = [...this.initContainers, ...this.containers].find((each) => each.name === name);
    if (!found) throw new Error(`pod ${this.name} has no container ${name}`);
    return found;
  }

  /** Where its node has a volume. */
  volume(name: string, kind: "empty-dir" | "projected"): string {
    return volumeOf(this.cluster, this.latest, name, kind);
  }

  see(pod: Pod): void {
    this.latest = pod;
    this.keepLogs();
  }

  goes(pod: Pod): void {
    this.see(pod);
    this.removedAt = new Date();
  }

  /** A second name for each log: the kubelet removes its own with the pod, or with the second run after it. */
  private keepLogs(): void {
    const { metadata, spec } = this.latest;
    if (spec.nodeName === undefined) return;
    const logs = nodeOf(this.cluster, this.latest).kubelet.logDirectory(metadata);
    for (const { name } of [...(spec.initContainers ?? []), ...spec.containers]) {
      const source = path.join(logs, name);
      if (!fs.existsSync(source)) continue;
      const kept = this.keptLogs(name);
      fs.mkdirSync(kept, { recursive: true });
      for (const run of fs.readdirSync(source)) keep(path.join(source, run), path.join(kept, run));
    }
  }

  private keptLogs(container: string): string {
    const { namespace, name } = this.latest.metadata;
    return path.join(this.cluster.directory, "pods", namespace, name, container);
  }

  private watched(spec: ContainerSpec): WatchedContainer {
    return new WatchedContainer(this.cluster, this, spec, this.keptLogs(spec.name));
  }
}

/** One container of a pod. */
export class WatchedContainer {
  constructor(
    readonly cluster: OwnCluster,
    private readonly owner: WatchedPod,
    readonly spec: ContainerSpec,
    private readonly logs: string,
  ) {}

  get name(): string {
    return this.spec.name;
  }

  /** How often it was started again. */
  get restarts(): number {
    return this.status?.restartCount ?? 0;
  }

  get ready(): boolean {
    return this.status?.ready ?? false;
  }

  get isRunning(): boolean {
    return this.status?.state?.running !== undefined;
  }

  /** Another one after each start. */
  get id(): string | undefined {
    return this.status?.containerID;
  }

  /** Standard output and standard error of all its runs. */
  get log(): string {
    if (!fs.existsSync(this.logs)) return "";
    const runs = fs.readdirSync(this.logs).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
    return runs.map((run) => textOf(fs.readFileSync(path.join(this.logs, run), "utf8"))).join("");
  }

  /** Runs a command in it; the exit code is the caller's to judge. */
  exec(command: readonly string[]): Promise<Finished> {
    return execIn(this, this.owner.pod, this.name, command);
  }

  /** SIGKILL from outside. */
  kill(): Promise<void> {
    return killContainer(this, this.owner.pod, this.name);
  }

  private get status() {
    return statusOf(this.owner.pod, this.name);
  }
}

/** Nothing where the kubelet has just removed it. */
function keep(source: string, target: string): void {
  if (fs.existsSync(target)) return;
  try {
    fs.linkSync(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/**
 * What a container has written, of a log as the runtime writes it: time, stream and whether the line ends here. A line
 * that it is still writing is left out.
 */
export function textOf(log: string): string {
  return log
    .slice(0, log.lastIndexOf("\n") + 1)
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [, whole, text = ""] = /^\S+ std(?:out|err) ([FP]) (.*)$/.exec(line) ?? [];
      return whole === "F" ? `${text}\n` : text;
    })
    .join("");
}

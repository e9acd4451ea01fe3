import fs from "node:fs";
import path from "node:path";
import type { KubernetesClient } from "../servers/kubernetes-client";
import { errorMessage, sleep } from "../support/wait";
import { Container } from "./container";
import { ContainerLaunch } from "./container-launch";
import type { PodAddress } from "./field-ref";
import type { Images } from "./images";
import { podPath, type ContainerSpec, type Pod } from "./pod";
import { podStatus } from "./pod-status";
import { StatusWriter } from "./status-writer";
import { PodVolumes } from "./volumes";

export interface RunningPodOptions {
  readonly kubernetes: KubernetesClient;
  readonly images: Images;
  readonly pod: Pod;
  readonly address: PodAddress;
  /** Holds the volumes and logs of this pod alone. */
  readonly directory: string;
}

/** One pod from its binding to its end, in the kubelet's order. */
export class RunningPod {
  readonly pod: Pod;
  readonly address: PodAddress;
  readonly startTime = new Date();
  readonly volumes: PodVolumes;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  /** Set when the pod has been removed from the API. */
  removedAt: Date | undefined;
  private initialized = false;
  private result: "Succeeded" | "Failed" | undefined;
  private message: string | undefined;
  private ending: Promise<void> | undefined;
  private readonly status: StatusWriter;

  constructor(private readonly options: RunningPodOptions) {
    const { kubernetes, images, pod, address, directory } = options;
    this.pod = pod;
    this.address = address;
    fs.mkdirSync(directory, { recursive: true });
    this.volumes = new PodVolumes(kubernetes, pod, address, path.join(directory, "volumes"));
    this.status = new StatusWriter(kubernetes, `${podPath(pod)}/status`, () =>
      podStatus({ ...this.state(), address }),
    );
    const launch = new ContainerLaunch(kubernetes, pod, address, this.volumes, images, directory);
    const { restartPolicy = "Always", initContainers = [], containers } = pod.spec;
    const container = (spec: ContainerSpec, policy = restartPolicy) =>
      new Container(spec, policy, launch, () => this.status.changed());
    const forInit = restartPolicy === "Never" ? "Never" : "OnFailure";
    this.initContainers = initContainers.map((spec) => container(spec, spec.restartPolicy ?? forInit));
    this.containers = containers.map((spec) => container(spec));
  }

  /** Whether somebody has told it to end. */
  get isTerminating(): boolean {
    return this.ending !== undefined;
  }

  container(name: string): Container {
    const found = [...this.initContainers, ...this.containers].find((container) => container.name === name);
    if (!found) throw new Error(`pod ${this.pod.metadata.name} has no container ${name}`);
    return found;
  }

  /** Runs the pod until its containers have ended or somebody deletes it. */
  async run(): Promise<void> {
    try {
      await this.volumes.prepare();
      if (!(await this.runInitContainers())) return;
      this.initialized = true;
      this.status.changed();
      const codes = await Promise.all(this.containers.map((container) => container.run()));
      if (this.ending) return;
      await this.stopSidecars(Date.now() + this.graceMs(undefined));
      this.end(codes.every((code) => code === 0) ? "Succeeded" : "Failed");
    } catch (error) {
      this.end("Failed", errorMessage(error));
    }
  }

  /** What follows a deletion; a second call waits for the first. */
  terminate(graceSeconds?: number): Promise<void> {
    this.ending ??= this.terminateOnce(graceSeconds);
    return this.ending;
  }

  /** The node is gone: no hook, no signal that could be handled, no report. */
  async vanish(): Promise<void> {
    this.ending ??= Promise.resolve();
    this.status.close();
    [...this.initContainers, ...this.containers].forEach((container) => container.kill());
    // What was started a moment ago is killed when its start returns.
    await sleep(100);
    this.volumes.remove();
  }

  /** One init container after the other; a sidecar stays, and the next one waits for its start. */
  private async runInitContainers(): Promise<boolean> {
    for (const container of this.initContainers) {
      if (this.ending) return false;
      if (container.spec.restartPolicy === "Always") {
        void container.run();
        while (!container.started && !this.ending) await sleep(20);
      } else {
        const code = await container.run();
        if (code !== 0 && !this.ending)
          this.end("Failed", `init container ${container.name} exited with ${code}`);
        if (code !== 0) return false;
      }
    }
    return !this.ending;
  }

  /** preStop hooks of all, TERM to the applications, then TERM to the sidecars in reverse order. */
  private async terminateOnce(graceSeconds?: number): Promise<void> {
    const deadline = Date.now() + this.graceMs(graceSeconds);
    const remaining = () => Math.max(deadline - Date.now(), 0);
    const stop = async (container: Container) => {
      await container.preStop(remaining());
      await container.stop(remaining());
    };
    const sidecars = this.initContainers.filter(({ spec }) => spec.restartPolicy === "Always");
    const hooks = sidecars.map((sidecar) => sidecar.preStop(remaining()));
    const others = this.initContainers.filter(({ spec }) => spec.restartPolicy !== "Always");
    await Promise.all([...others, ...this.containers].map(stop));
    await Promise.all(hooks);
    await this.stopSidecars(deadline);
    await this.status.flush();
    this.volumes.remove();
    const { uid } = this.pod.metadata;
    await this.options.kubernetes.delete(podPath(this.pod), {
      gracePeriodSeconds: 0,
      preconditions: { uid },
    });
    this.removedAt = new Date();
  }

  private async stopSidecars(deadline: number): Promise<void> {
    for (const container of [...this.initContainers].reverse()) {
      if (container.spec.restartPolicy === "Always") await container.stop(Math.max(deadline - Date.now(), 0));
    }
  }

  private end(result: "Succeeded" | "Failed", message?: string): void {
    this.result = result;
    this.message = message;
    this.status.changed();
  }

  private graceMs(seconds = this.pod.spec.terminationGracePeriodSeconds ?? 30): number {
    return seconds * 1000;
  }

  private state() {
    const { startTime, initialized, initContainers, containers, result, message } = this;
    return { startTime, initialized, initContainers, containers, result, message };
  }
}

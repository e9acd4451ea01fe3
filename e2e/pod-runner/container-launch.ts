import path from "node:path";
import { Sandbox } from "../sandbox/sandbox";
import type { BindMount } from "../sandbox/root-filesystem";
import type { KubernetesClient } from "../servers/kubernetes-client";
import { containerEnv, expand } from "./container-env";
import type { PodAddress } from "./field-ref";
import type { Images, LocalImage } from "./images";
import { userOf, type ContainerSpec, type Pod } from "./pod";
import type { PodVolumes } from "./volumes";

const DEFAULT_GRACE_SECONDS = 30;

/** Turns the containers of one pod into sandboxes. */
export class ContainerLaunch {
  constructor(
    private readonly kubernetes: KubernetesClient,
    private readonly pod: Pod,
    private readonly address: PodAddress,
    private readonly volumes: PodVolumes,
    private readonly images: Images,
    private readonly directory: string,
  ) {}

  get podIP(): string {
    return this.address.podIP;
  }

  get graceMs(): number {
    return (this.pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
  }

  logFile({ name }: ContainerSpec): string {
    return path.join(this.directory, `${name}.log`);
  }

  async start(container: ContainerSpec): Promise<Sandbox> {
    assertSupported(container);
    const image = this.images.find(container.image);
    const env = await containerEnv(this.kubernetes, this.pod, container, this.address);
    const user = userOf(this.pod, container);
    const { runAsNonRoot, readOnlyRootFilesystem = false } = {
      ...this.pod.spec.securityContext,
      ...container.securityContext,
    };
    if (runAsNonRoot && user.uid === 0)
      throw new Error("container has runAsNonRoot and image will run as root");
    return Sandbox.start({
      name: `${this.pod.metadata.name}/${container.name}`,
      directory: this.directory,
      mounts: [...image.mounts, ...this.mounts(container)],
      user,
      // Without a network namespace every pod of the bench has an address of its own to listen on.
      env: { ...env, POD_RUNNER_IP: this.address.podIP },
      command: commandOf(container, image).map((word) => expand(word, env)),
      readOnlyRoot: readOnlyRootFilesystem,
      logFile: this.logFile(container),
    });
  }

  private mounts({ volumeMounts = [] }: ContainerSpec): BindMount[] {
    return volumeMounts.map(({ name, mountPath, subPath = "", readOnly = false }) => ({
      source: path.join(this.volumes.path(name), subPath),
      target: mountPath,
      readOnly,
    }));
  }
}

/** `command` replaces the entrypoint, `args` the image's arguments; the local images have none of these. */
function commandOf({ command, args = [] }: ContainerSpec, { entrypoint }: LocalImage): string[] {
  return [...(command ?? entrypoint), ...args];
}

/** A pod that needs more than the runner can do must not look as if it had run. */
function assertSupported({ name, envFrom = [], lifecycle }: ContainerSpec): void {
  const unsupported = [
    ...(envFrom.length > 0 ? ["envFrom"] : []),
    ...(lifecycle?.postStart ? ["lifecycle.postStart"] : []),
  ];
  if (unsupported.length > 0) {
    throw new Error(`container ${name} uses what the pod runner does not support: ${unsupported.join(", ")}`);
  }
}

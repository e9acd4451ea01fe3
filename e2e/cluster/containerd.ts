import fs from "node:fs";
import path from "node:path";
import { binary } from "../doctor/binaries";
import { BackgroundProcess } from "../support/process";
import { run, runOrThrow } from "../support/run";
import { eventually } from "../support/wait";
import { podNetwork } from "./addresses";
import { PAUSE_IMAGE } from "../images/bench";

/** Where Debian's and Fedora's packages put the plugins. */
export const CNI_DIRECTORIES = ["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"];

const INDEXES = [
  "io.containerd.metadata.v1.bolt/meta.db",
  "io.containerd.snapshotter.v1.overlayfs/metadata.db",
];

export interface ContainerdOptions {
  readonly directory: string;
  readonly node: number;
}

/** The container runtime of one node. */
export class Containerd {
  readonly socket: string;
  private process: BackgroundProcess | undefined;

  private constructor(private readonly options: ContainerdOptions) {
    this.socket = path.join(options.directory, "containerd.sock");
  }

  /** @param images a directory that {@link Containerd.keep} has made */
  static async start(options: ContainerdOptions, images?: string): Promise<Containerd> {
    const containerd = new Containerd(options);
    if (images !== undefined) await containerd.takeOver(images);
    containerd.writeConfiguration();
    await containerd.start();
    return containerd;
  }

  async start(): Promise<void> {
    const { directory } = this.options;
    const process = new BackgroundProcess(
      "containerd",
      binary("containerd"),
      ["--config", path.join(directory, "config.toml")],
      { logFile: path.join(directory, "containerd.log") },
    );
    this.process = process;
    await eventually("answer of containerd", async () => {
      const { code } = await run(binary("ctr"), ["-a", this.socket, "version"]);
      return code === 0;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${process.tail()}`);
    });
  }

  /** What it runs goes on without it. */
  async stop(): Promise<void> {
    await this.process?.stop();
    this.process = undefined;
  }

  /** Ends everything that it runs, as when the machine loses its power. */
  async killAll(): Promise<void> {
    const tasks = ["-a", this.socket, "-n", "k8s.io", "tasks"];
    const ids = (await runOrThrow(binary("ctr"), [...tasks, "ls", "-q"])).split("\n").filter(Boolean);
    await Promise.all(ids.map((id) => run(binary("ctr"), [...tasks, "kill", "-s", "SIGKILL", id])));
  }

  async import(archive: string): Promise<void> {
    await runOrThrow(binary("ctr"), ["-a", this.socket, "-n", "k8s.io", "images", "import", archive]);
  }

  /** Stops for good, and leaves what was imported for the nodes that come after it. */
  async keep(): Promise<string> {
    await this.stop();
    return this.root;
  }

  private get root(): string {
    return path.join(this.options.directory, "root");
  }

  /** Layers and blobs are never written again: the nodes share them, and have indexes of their own. */
  private async takeOver(images: string): Promise<void> {
    await runOrThrow("cp", ["-al", images, this.root]);
    for (const index of INDEXES) {
      fs.rmSync(path.join(this.root, index));
      fs.copyFileSync(path.join(images, index), path.join(this.root, index));
    }
  }

  private writeConfiguration(): void {
    const { directory, node } = this.options;
    const network = path.join(directory, "cni");
    fs.mkdirSync(network, { recursive: true });
    fs.writeFileSync(path.join(network, "10-pods.conflist"), JSON.stringify(networkOf(node)));
    const plugin = "io.containerd.grpc.v1.cri";
    const configuration = `version = 2
root = ${JSON.stringify(this.root)}
state = ${JSON.stringify(path.join(directory, "state"))}
[grpc]
address = ${JSON.stringify(this.socket)}
[plugins."${plugin}"]
sandbox_image = ${JSON.stringify(PAUSE_IMAGE)}
# Where the bench itself runs in a container, it may not lower a score.
restrict_oom_score_adj = true
[plugins."${plugin}".containerd]
snapshotter = "overlayfs"
[plugins."${plugin}".cni]
bin_dir = ${JSON.stringify(cniDirectory())}
conf_dir = ${JSON.stringify(network)}
`;
    fs.writeFileSync(path.join(directory, "config.toml"), configuration);
  }
}

/**
 * Every pod has a link of its own to the node, and everything is routed: on a bridge the answer of a neighbour
 * would not come back through the rules of kube-proxy, unless the kernel has br_netfilter.
 */
function networkOf(node: number) {
  const ipam = { type: "host-local", subnet: podNetwork(node), routes: [{ dst: "0.0.0.0/0" }] };
  return {
    cniVersion: "0.4.0",
    name: `pods-${node}`,
    plugins: [
      { type: "ptp", ipam },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

const PLUGINS = ["ptp", "host-local", "portmap"];

/** Where the plugins are; undefined where they are not. */
export function cniDirectory(): string | undefined {
  return CNI_DIRECTORIES.find((directory) =>
    PLUGINS.every((plugin) => fs.existsSync(path.join(directory, plugin))),
  );
}

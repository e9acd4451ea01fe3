import fs from "node:fs";
import path from "node:path";
import { binary } from "../doctor/binaries";
import type { CertificateAuthority } from "../servers/certificates";
import { kubeconfig } from "../servers/kubeconfig";
import { BackgroundProcess } from "../support/process";
import { CLUSTER_DOMAIN, CONTROL_PLANE, nodeAddress, nodeName } from "./addresses";

export interface KubeletOptions {
  readonly directory: string;
  readonly node: number;
  readonly apiServer: string;
  readonly authority: CertificateAuthority;
  /** Socket of the node's containerd. */
  readonly socket: string;
  /** Exists in every hierarchy. */
  readonly cgroup: string;
}

/** The kubelet of one node. */
export class Kubelet {
  private process: BackgroundProcess | undefined;

  private constructor(private readonly options: KubeletOptions) {}

  static async start(options: KubeletOptions): Promise<Kubelet> {
    const kubelet = new Kubelet(options);
    await kubelet.configure();
    kubelet.start();
    return kubelet;
  }

  start(): void {
    const { directory, node } = this.options;
    this.process = new BackgroundProcess(
      "kubelet",
      binary("kubelet"),
      [
        `--config=${path.join(directory, "kubelet.json")}`,
        `--kubeconfig=${path.join(directory, "kubeconfig")}`,
        `--root-dir=${path.join(directory, "kubelet")}`,
        `--cert-dir=${directory}`,
        `--hostname-override=${nodeName(node)}`,
        `--node-ip=${nodeAddress(node)}`,
      ],
      { logFile: path.join(directory, "kubelet.log") },
    );
  }

  /** Its containers go on without it. */
  async stop(): Promise<void> {
    await this.process?.stop("SIGTERM", 5_000);
    this.process = undefined;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Where it has the volumes of a pod. */
  podDirectory(uid: string): string {
    return path.join(this.options.directory, "kubelet/pods", uid);
  }

  /** Where it has the logs of a pod, a directory for each container. */
  logDirectory({ namespace, name, uid }: { namespace: string; name: string; uid: string }): string {
    return path.join(this.podLogs, `${namespace}_${name}_${uid}`);
  }

  private get podLogs(): string {
    return path.join(this.options.directory, "pod-logs");
  }

  private async configure(): Promise<void> {
    const { directory, node, apiServer, authority, socket, cgroup } = this.options;
    const [name, address] = [nodeName(node), nodeAddress(node)];
    const serving = await authority.issue(`kubelet-${node}`, {
      commonName: name,
      names: [{ type: "ip", value: address }],
    });
    const client = await authority.issue(`node-${node}`, {
      commonName: `system:node:${name}`,
      organization: "system:nodes",
    });
    fs.writeFileSync(path.join(directory, "kubeconfig"), kubeconfig(name, apiServer, authority, client), {
      mode: 0o600,
    });
    const configuration = {
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      address,
      healthzPort: 0,
      tlsCertFile: serving.certificateFile,
      tlsPrivateKeyFile: serving.keyFile,
      authentication: { anonymous: { enabled: false }, x509: { clientCAFile: authority.certificateFile } },
      authorization: { mode: "Webhook" },
      containerRuntimeEndpoint: `unix://${socket}`,
      cgroupDriver: "cgroupfs",
      cgroupRoot: `/${cgroup}`,
      failCgroupV1: false,
      failSwapOn: false,
      oomScoreAdj: 0,
      clusterDomain: CLUSTER_DOMAIN,
      clusterDNS: [CONTROL_PLANE],
      resolvConf: "/etc/resolv.conf",
      podLogsDir: this.podLogs,
      volumePluginDir: path.join(directory, "volume-plugins"),
      // The disk is the machine's, and so is what it is full of.
      evictionHard: { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
      imageGCHighThresholdPercent: 100,
      imageGCLowThresholdPercent: 99,
    };
    fs.writeFileSync(path.join(directory, "kubelet.json"), JSON.stringify(configuration, undefined, 2));
  }
}

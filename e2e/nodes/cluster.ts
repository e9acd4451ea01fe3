import fs from "node:fs";
import path from "node:path";
import { binary } from "../doctor/binaries";
import { CertificateAuthority } from "../servers/certificates";
import type { KubeApiserver } from "../servers/kube-apiserver";
import { kubeconfig } from "../servers/kubeconfig";
import type { KubernetesClient } from "../servers/kubernetes-client";
import { runOrThrow } from "../support/run";
import type { Teardown } from "../support/teardown";
import { eventually } from "../support/wait";
import { CLUSTER_DOMAIN, CONTROL_PLANE, nodeAddress, nodeName } from "./addresses";
import { SERVICE_NETWORK } from "../servers/kube-apiserver";
import { createCgroup } from "../support/cgroups";
import { Containerd } from "./containerd";
import { startControlPlane } from "./control-plane";
import { writeImage, type ImageOptions } from "../images/archive";
import { Kubelet } from "./kubelet";
import { shadowSystemDirectories } from "./private-files";

/** A node of the cluster: what runs on the machine for it. */
export interface Node {
  readonly name: string;
  readonly kubelet: Kubelet;
  readonly containerd: Containerd;
}

/** A cluster, whoever has started it. */
export interface Cluster {
  readonly directory: string;
  /** Name of the context in the kubeconfig. */
  readonly context: string;
  /** Signs the certificates of Vault and PostgreSQL. */
  readonly authority: CertificateAuthority;
  readonly apiServer: { readonly client: KubernetesClient };
  readonly kubeconfigFile: string;
  /** Address by which pods reach what the bench runs beside them. */
  readonly host: string;
  /** Where Terraform and the bench reach the active server of Vault. */
  readonly vaultAddress: string;
}

/** A cluster on this machine, with what runs on it for each node. */
export interface OwnCluster extends Cluster {
  readonly apiServer: KubeApiserver;
  readonly nodes: readonly Node[];
}

export interface ClusterOptions {
  readonly directory: string;
  /** Name of the context in the kubeconfig. */
  readonly context: string;
  /** A cgroup of its own, for all that runs in containers. */
  readonly cgroup: string;
  readonly images: readonly ImageOptions[];
  /** How many nodes. */
  readonly nodes: number;
}

/** Starts the cluster, and waits until its nodes are ready. */
export async function startCluster(
  { directory, context, cgroup, images, nodes: count }: ClusterOptions,
  teardown: Teardown,
): Promise<OwnCluster> {
  await shadowSystemDirectories(directory);
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  await prepareNetwork(numbers);
  const authority = await CertificateAuthority.create(path.join(directory, "tls"));
  const admin = await authority.issue("admin", { commonName: "admin", organization: "system:masters" });
  const imported = importImages(directory, images);
  const apiServer = await startControlPlane(directory, authority, admin, teardown);
  const kubeconfigFile = path.join(directory, "kubeconfig");
  fs.writeFileSync(kubeconfigFile, kubeconfig(context, apiServer.url, authority, admin), { mode: 0o600 });
  const shared = await imported;
  const nodes: Node[] = [];
  for (const node of numbers) {
    const options = { directory: path.join(directory, nodeName(node)), node };
    fs.mkdirSync(options.directory, { recursive: true });
    const containerd = await Containerd.start(options, shared);
    teardown.add(`containerd of ${nodeName(node)}`, () => containerd.stop());
    const nodeCgroup = `${cgroup}/${nodeName(node)}`;
    createCgroup(nodeCgroup);
    const { socket } = containerd;
    const kubelet = await Kubelet.start({
      ...options,
      apiServer: apiServer.url,
      authority,
      socket,
      cgroup: nodeCgroup,
    });
    teardown.add(`kubelet of ${nodeName(node)}`, () => kubelet.stop());
    nodes.push({ name: nodeName(node), kubelet, containerd });
  }
  await eventually("ready nodes", () => areReady(apiServer, count), { timeoutMs: 90_000, intervalMs: 500 });
  return {
    directory,
    context,
    authority,
    apiServer,
    kubeconfigFile,
    nodes,
    host: CONTROL_PLANE,
    vaultAddress: "https://vault-active.vault.svc:8200",
  };
}

/** Once for all nodes, for it is half a gigabyte and more; one after the other, at the disk's speed. */
async function importImages(directory: string, images: readonly ImageOptions[]): Promise<string> {
  const scratch = path.join(directory, "images");
  fs.mkdirSync(scratch, { recursive: true });
  const containerd = await Containerd.start({ directory: scratch, node: 0 });
  for (const image of images) {
    const archive = await writeImage(scratch, binary("busybox"), image);
    await containerd.import(archive);
    fs.rmSync(archive);
  }
  return containerd.keep();
}

/** In a network namespace that is new: nothing of the machine's own network is in it. */
async function prepareNetwork(nodes: readonly number[]): Promise<void> {
  await runOrThrow("ip", ["link", "set", "lo", "up"]);
  for (const address of [CONTROL_PLANE, ...nodes.map(nodeAddress)])
    await runOrThrow("ip", ["address", "add", `${address}/32`, "dev", "lo"]);
  // Addresses of Services are nobody's: without a way there, no rule of kube-proxy sees a packet of the node itself.
  await runOrThrow("ip", ["route", "add", SERVICE_NETWORK, "dev", "lo", "src", CONTROL_PLANE]);
  fs.writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
  // The bench itself and Terraform reach Services by their names, as pods do.
  fs.rmSync("/etc/resolv.conf", { force: true });
  fs.writeFileSync(
    "/etc/resolv.conf",
    `nameserver ${CONTROL_PLANE}\nsearch svc.${CLUSTER_DOMAIN} ${CLUSTER_DOMAIN}\noptions ndots:5\n`,
  );
}

async function areReady({ client }: KubeApiserver, count: number): Promise<boolean> {
  const nodes = await client.list<{ status: { conditions?: { type: string; status: string }[] } }>(
    "/api/v1/nodes",
  );
  const ready = nodes.filter(({ status }) =>
    status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
  );
  return ready.length === count;
}

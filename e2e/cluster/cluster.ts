import fs from "node:fs";
import path from "node:path";
import { binary } from "../doctor/binaries";
import { writeImage, type ImageOptions } from "../images/archive";
import { CertificateAuthority, type Certificate } from "../servers/certificates";
import { SERVICE_NETWORK, type KubeApiserver } from "../servers/kube-apiserver";
import { kubeconfig } from "../servers/kubeconfig";
import type { KubernetesClient } from "../servers/kubernetes-client";
import { createCgroup } from "../support/cgroups";
import { runOrThrow } from "../support/run";
import type { Teardown } from "../support/teardown";
import { eventually } from "../support/wait";
import { CLUSTER_DOMAIN, CONTROL_PLANE, nodeAddress, nodeName } from "./addresses";
import { Containerd } from "./containerd";
import { startControlPlane, startServices } from "./control-plane";
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
  /** A Kubernetes administrator's client certificate. */
  readonly admin: Certificate;
  readonly nodes: readonly Node[];
  /** A cgroup of its own, for all that runs in containers. */
  readonly cgroup: string;
  /** What was imported once for all nodes. */
  readonly images: string;
}

/** The cluster, where its nodes are the bench's to stop. */
export function ownCluster(cluster: Cluster): OwnCluster {
  if ("nodes" in cluster) return cluster as OwnCluster;
  throw new Error("the nodes are somebody else's");
}

/** Where kubectl finds the cluster, and nothing of whoever runs the bench. */
export function kubectlEnvironment({ directory, kubeconfigFile }: Cluster): NodeJS.ProcessEnv {
  const home = path.join(directory, "operator");
  fs.mkdirSync(home, { recursive: true });
  return { ...process.env, HOME: home, KUBECONFIG: kubeconfigFile };
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
  await prepareNetwork();
  const authority = await CertificateAuthority.create(path.join(directory, "tls"));
  const admin = await authority.issue("admin", { commonName: "admin", organization: "system:masters" });
  const imported = importImages(directory, images);
  const apiServer = await startControlPlane({ directory, authority, admin, number: 0 }, teardown);
  await startServices(directory, authority, apiServer.url, teardown);
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const shared = { directory, context, authority, apiServer, admin, cgroup, images: await imported };
  return withNodes(shared, numbers, teardown);
}

/**
 * Starts a cluster beside another one, in the same network and of the same images: an API server, controllers, a
 * scheduler and one node. It has no Services, whose rules are the first one's.
 *
 * @param context name of its context, and of its directory below the other one's
 * @param node number of its node, which no other node has
 */
export async function startClusterBeside(
  { directory: around, authority, admin, cgroup, images }: OwnCluster,
  { context, node }: { readonly context: string; readonly node: number },
  teardown: Teardown,
): Promise<OwnCluster> {
  const directory = path.join(around, context);
  fs.mkdirSync(directory, { recursive: true });
  // Containers of any uid pass through it to their volumes.
  fs.chmodSync(directory, 0o711);
  const apiServer = await startControlPlane({ directory, authority, admin, number: 1 }, teardown);
  return withNodes({ directory, context, authority, apiServer, admin, cgroup, images }, [node], teardown);
}

async function withNodes(
  cluster: Omit<OwnCluster, "nodes" | "kubeconfigFile" | "host" | "vaultAddress">,
  numbers: readonly number[],
  teardown: Teardown,
): Promise<OwnCluster> {
  const { directory, context, authority, admin, apiServer } = cluster;
  const kubeconfigFile = path.join(directory, "kubeconfig");
  fs.writeFileSync(kubeconfigFile, kubeconfig(context, apiServer.url, authority, admin), { mode: 0o600 });
  const nodes: Node[] = [];
  for (const number of numbers) nodes.push(await startNode(cluster, number, teardown));
  await eventually("ready nodes", () => areReady(apiServer, numbers.length), {
    timeoutMs: 90_000,
    intervalMs: 500,
  });
  return {
    ...cluster,
    kubeconfigFile,
    nodes,
    host: CONTROL_PLANE,
    vaultAddress: "https://vault-active.vault.svc:8200",
  };
}

async function startNode(
  {
    directory: around,
    cgroup,
    images,
    authority,
    apiServer,
  }: Pick<OwnCluster, "directory" | "cgroup" | "images" | "authority" | "apiServer">,
  node: number,
  teardown: Teardown,
): Promise<Node> {
  const name = nodeName(node);
  const directory = path.join(around, name);
  fs.mkdirSync(directory, { recursive: true });
  await runOrThrow("ip", ["address", "add", `${nodeAddress(node)}/32`, "dev", "lo"]);
  const containerd = await Containerd.start({ directory, node }, images);
  teardown.add(`containerd of ${name}`, () => containerd.stop());
  const nodeCgroup = `${cgroup}/${name}`;
  createCgroup(nodeCgroup);
  const { socket } = containerd;
  const { url } = apiServer;
  const kubelet = await Kubelet.start({
    directory,
    node,
    apiServer: url,
    authority,
    socket,
    cgroup: nodeCgroup,
  });
  teardown.add(`kubelet of ${name}`, () => kubelet.stop());
  return { name, kubelet, containerd };
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
async function prepareNetwork(): Promise<void> {
  await runOrThrow("ip", ["link", "set", "lo", "up"]);
  await runOrThrow("ip", ["address", "add", `${CONTROL_PLANE}/32`, "dev", "lo"]);
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

import fs from "node:fs";
import path from "node:path";
import type { KubernetesClient } from "../servers/kubernetes-client";
import { runOrThrow } from "../support/run";
import { eventually } from "../support/wait";
import type { OwnCluster } from "../cluster/cluster";

const STORAGE_CLASS = "local";
/** Of each node: data and audit of one server of Vault. */
const PER_NODE = 2;
/** A disk that can be filled, of this machine's memory. */
const SIZE = "128m";

/** Disks of the nodes, and the class that is taken where nobody says one. */
export async function createVolumes(cluster: OwnCluster): Promise<void> {
  const { client } = cluster.apiServer;
  await client.create("/apis/storage.k8s.io/v1/storageclasses", {
    metadata: {
      name: STORAGE_CLASS,
      annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
    },
    provisioner: "kubernetes.io/no-provisioner",
    // Else data and audit of one server end up on two nodes, and it on none.
    volumeBindingMode: "WaitForFirstConsumer",
  });
  for (const { name } of cluster.nodes) await createVolumesOf(cluster, name);
}

/** Empty disks of a node. */
export async function createVolumesOf(cluster: OwnCluster, node: string): Promise<void> {
  for (let index = 0; index < PER_NODE; index += 1)
    await createVolume(cluster.apiServer.client, node, directoryOf(cluster, node, index), index);
}

/** As when the machine is gone, and its disks with it. */
export async function loseVolumesOf(cluster: OwnCluster, node: string): Promise<void> {
  for (let index = 0; index < PER_NODE; index += 1) {
    const volume = `/api/v1/persistentvolumes/${node}-${index}`;
    const { client } = cluster.apiServer;
    await client.delete(volume);
    // Not before the claim that was bound to it is gone.
    await eventually(
      `end of ${volume}`,
      async () => (await client.find<{ metadata: { name: string } }>(volume)) === undefined,
      { timeoutMs: 60_000, intervalMs: 200 },
    );
    const directory = directoryOf(cluster, node, index);
    // A container of a node that is gone may have it still.
    await runOrThrow("umount", ["--lazy", directory]);
    fs.rmSync(directory, { recursive: true });
  }
}

function directoryOf({ directory }: OwnCluster, node: string, index: number): string {
  return path.join(directory, node, "volumes", String(index));
}

async function createVolume(
  client: KubernetesClient,
  node: string,
  directory: string,
  index: number,
): Promise<void> {
  fs.mkdirSync(directory, { recursive: true });
  await runOrThrow("mount", ["-t", "tmpfs", "-o", `size=${SIZE},mode=0755`, "disk", directory]);
  await client.create("/api/v1/persistentvolumes", {
    metadata: { name: `${node}-${index}` },
    spec: {
      storageClassName: STORAGE_CLASS,
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Retain",
      local: { path: directory },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
          ],
        },
      },
    },
  });
}

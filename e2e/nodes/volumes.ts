import fs from "node:fs";
import path from "node:path";
import type { KubernetesClient } from "../servers/kubernetes-client";
import type { Cluster } from "./cluster";

const STORAGE_CLASS = "local";
/** Of each node: data and audit of one server of Vault. */
const PER_NODE = 2;

/** Disks of the nodes, and the class that is taken where nobody says one. */
export async function createVolumes(cluster: Cluster): Promise<void> {
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
  for (const { name: node } of cluster.nodes)
    for (let index = 0; index < PER_NODE; index += 1)
      await createVolume(client, node, path.join(cluster.directory, node, "volumes", String(index)), index);
}

async function createVolume(
  client: KubernetesClient,
  node: string,
  directory: string,
  index: number,
): Promise<void> {
  fs.mkdirSync(directory, { recursive: true });
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

import path from "node:path";
import type { JsonGeneralNames } from "@peculiar/x509";
import type { Teardown } from "../support/teardown";
import type { Certificate, CertificateAuthority } from "./certificates";
import { startEtcd } from "./etcd";
import { startKubeApiserver, type KubeApiserver } from "./kube-apiserver";
import { startKubeControllerManager } from "./kube-controller-manager";

export interface KubernetesOptions {
  readonly directory: string;
  readonly authority: CertificateAuthority;
  /** Of the group `system:masters`. */
  readonly admin: Certificate;
  /**
   * What the API server listens on.
   * @default "127.0.0.1", where no pod reaches it
   */
  readonly address?: string;
  /**
   * What the API server is reached at.
   * @default - 127.0.0.1 and localhost
   */
  readonly names?: JsonGeneralNames;
  /** Of etcd, its peers and the API server. */
  readonly ports: readonly [number, number, number];
  /** Names of the controllers; `*` stands for all that run by default. */
  readonly controllers: readonly string[];
}

/** Starts storage, API server and controllers: Kubernetes without anybody who runs a pod. */
export async function startKubernetes(
  { directory, authority, admin, address, names, ports, controllers }: KubernetesOptions,
  teardown: Teardown,
): Promise<KubeApiserver> {
  const [etcdPort, peerPort, port] = ports;
  const serviceAccountKeys = authority.serviceAccountKeys(path.join(directory, "service-accounts"));
  const etcd = await startEtcd({ directory: path.join(directory, "etcd"), port: etcdPort, peerPort });
  teardown.add("etcd", () => etcd.stop());
  const apiServer = await startKubeApiserver({
    directory: path.join(directory, "kube-apiserver"),
    address,
    port,
    etcdPort,
    authority,
    certificate: await authority.issue("kube-apiserver", { commonName: "kube-apiserver", names }),
    admin,
    serviceAccountKeys,
  });
  teardown.add("kube-apiserver", () => apiServer.stop());
  const controllerManager = startKubeControllerManager({
    directory: path.join(directory, "kube-controller-manager"),
    apiServer: apiServer.url,
    authority,
    certificate: await authority.issue("kcm", { commonName: "system:kube-controller-manager" }),
    serviceAccountKeyFile: serviceAccountKeys.privateKeyFile,
    controllers,
  });
  teardown.add("kube-controller-manager", () => controllerManager.stop("SIGTERM", 3_000));
  return apiServer;
}

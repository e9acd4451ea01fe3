import fs from "node:fs";
import path from "node:path";
import { binary, type BinaryName } from "../doctor/binaries";
import type { Certificate, CertificateAuthority } from "../servers/certificates";
import { startKubernetes } from "../servers/kubernetes";
import type { KubeApiserver } from "../servers/kube-apiserver";
import { kubeconfig } from "../servers/kubeconfig";
import { BackgroundProcess } from "../support/process";
import type { Teardown } from "../support/teardown";
import { CLUSTER_DOMAIN, CONTROL_PLANE, POD_NETWORK } from "./addresses";

/** Where etcd of the first cluster listens, for the API server and nobody else. */
export const ETCD_PORT = 2379;
const API_SERVER_PORT = 6443;

export interface ControlPlaneOptions {
  readonly directory: string;
  readonly authority: CertificateAuthority;
  readonly admin: Certificate;
  /** From 0 on, of the clusters in one network: their ports follow from it. */
  readonly number: number;
}

/** Starts what a cluster has but for its nodes and its network: storage, API server, all controllers and the scheduler. */
export async function startControlPlane(
  { directory, authority, admin, number }: ControlPlaneOptions,
  teardown: Teardown,
): Promise<KubeApiserver> {
  const etcdPort = ETCD_PORT + 2 * number;
  const apiServer = await startKubernetes(
    {
      directory,
      authority,
      admin,
      address: CONTROL_PLANE,
      names: [
        { type: "ip", value: CONTROL_PLANE },
        // The first of its services' addresses is its own.
        { type: "ip", value: "10.0.0.1" },
        { type: "dns", value: "kubernetes.default.svc" },
      ],
      ports: [etcdPort, etcdPort + 1, API_SERVER_PORT + number],
      controllers: ["*"],
    },
    teardown,
  );
  const part = partOf(directory, authority, apiServer.url, teardown);
  const scheduler = await part.kubeconfigOf("kube-scheduler", "system:kube-scheduler");
  part.start("kube-scheduler", [`--kubeconfig=${scheduler}`, "--leader-elect=false", "--secure-port=0"]);
  return apiServer;
}

/** Starts what Services need: the proxy and DNS. */
export async function startServices(
  directory: string,
  authority: CertificateAuthority,
  apiServer: string,
  teardown: Teardown,
): Promise<void> {
  const part = partOf(directory, authority, apiServer, teardown);
  const proxy = await part.kubeconfigOf("kube-proxy", "system:kube-proxy");
  part.start("kube-proxy", [`--config=${proxyConfiguration(directory, proxy)}`]);
  const dns = await part.kubeconfigOf("coredns", "system:kube-controller-manager");
  part.start("coredns", ["-conf", dnsConfiguration(directory, dns)]);
}

/** Starts parts of the control plane, each in a directory of its own. */
function partOf(directory: string, authority: CertificateAuthority, apiServer: string, teardown: Teardown) {
  return {
    async kubeconfigOf(name: BinaryName, user: string): Promise<string> {
      const file = path.join(directory, name, "kubeconfig");
      fs.mkdirSync(path.dirname(file), { recursive: true });
      const certificate = await authority.issue(name, { commonName: user });
      fs.writeFileSync(file, kubeconfig(name, apiServer, authority, certificate), { mode: 0o600 });
      return file;
    },
    start(name: BinaryName, args: readonly string[]): void {
      const process = new BackgroundProcess(name, binary(name), args, {
        logFile: path.join(directory, name, `${name}.log`),
      });
      teardown.add(name, () => process.stop("SIGTERM", 3_000));
    },
  };
}

/** One for all nodes, which share the network namespace and so its rules. */
function proxyConfiguration(directory: string, kubeconfigFile: string): string {
  const file = path.join(directory, "kube-proxy/config.json");
  const configuration = {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    clientConnection: { kubeconfig: kubeconfigFile },
    clusterCIDR: POD_NETWORK,
    // The rest would write to sysctls of the machine.
    conntrack: { maxPerCore: 0, min: 0 },
    oomScoreAdj: 0,
    healthzBindAddress: "",
    metricsBindAddress: "127.0.0.1:10249",
  };
  fs.writeFileSync(file, JSON.stringify(configuration));
  return file;
}

/** Names of Services and pods, and nothing else: there is no network beyond. */
function dnsConfiguration(directory: string, kubeconfigFile: string): string {
  const file = path.join(directory, "coredns/Corefile");
  const configuration = `.:53 {
  bind ${CONTROL_PLANE}
  errors
  kubernetes ${CLUSTER_DOMAIN} in-addr.arpa {
    kubeconfig ${kubeconfigFile}
    ttl 5
  }
}
`;
  fs.writeFileSync(file, configuration);
  return file;
}

import fs from "node:fs";
import path from "node:path";
import { binary, type BinaryName } from "../doctor/binaries";
import type { Certificate, CertificateAuthority } from "../servers/certificates";
import { startEtcd } from "../servers/etcd";
import { startKubeApiserver, type KubeApiserver } from "../servers/kube-apiserver";
import { startKubeControllerManager } from "../servers/kube-controller-manager";
import { kubeconfig } from "../servers/kubeconfig";
import { BackgroundProcess } from "../support/process";
import type { Teardown } from "../support/teardown";
import { API_SERVER_PORT, CLUSTER_DOMAIN, CONTROL_PLANE, POD_NETWORK } from "./addresses";

/** Where etcd listens, for the API server and nobody else. */
export const ETCD_PORT = 2379;

/** Starts what a cluster has but for its nodes: storage, API server, all controllers, scheduler, proxy and DNS. */
export async function startControlPlane(
  directory: string,
  authority: CertificateAuthority,
  admin: Certificate,
  teardown: Teardown,
): Promise<KubeApiserver> {
  const keys = authority.serviceAccountKeys();
  const etcd = await startEtcd({
    directory: path.join(directory, "etcd"),
    port: ETCD_PORT,
    peerPort: ETCD_PORT + 1,
  });
  teardown.add("etcd", () => etcd.stop());
  const apiServer = await startKubeApiserver({
    directory: path.join(directory, "kube-apiserver"),
    address: CONTROL_PLANE,
    port: API_SERVER_PORT,
    etcdPort: ETCD_PORT,
    authority,
    certificate: await authority.issue("kube-apiserver", {
      commonName: "kube-apiserver",
      names: [
        { type: "ip", value: CONTROL_PLANE },
        // The first of its services' addresses is its own.
        { type: "ip", value: "10.0.0.1" },
        { type: "dns", value: "kubernetes.default.svc" },
      ],
    }),
    admin,
    serviceAccountKeys: keys,
  });
  teardown.add("kube-apiserver", () => apiServer.stop());
  const controllers = startKubeControllerManager({
    directory: path.join(directory, "kube-controller-manager"),
    apiServer: apiServer.url,
    authority,
    certificate: await authority.issue("kcm", { commonName: "system:kube-controller-manager" }),
    serviceAccountKeyFile: keys.privateKeyFile,
    controllers: ["*"],
  });
  teardown.add("kube-controller-manager", () => controllers.stop("SIGTERM", 3_000));
  const client = async (name: BinaryName, user: string): Promise<string> => {
    const file = path.join(directory, name, "kubeconfig");
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const certificate = await authority.issue(name, { commonName: user });
    fs.writeFileSync(file, kubeconfig(name, apiServer.url, authority, certificate), { mode: 0o600 });
    return file;
  };
  const start = (name: BinaryName, args: readonly string[]) => {
    const process = new BackgroundProcess(name, binary(name), args, {
      logFile: path.join(directory, name, `${name}.log`),
    });
    teardown.add(name, () => process.stop("SIGTERM", 3_000));
  };
  const scheduler = await client("kube-scheduler", "system:kube-scheduler");
  start("kube-scheduler", [`--kubeconfig=${scheduler}`, "--leader-elect=false", "--secure-port=0"]);
  const proxy = await client("kube-proxy", "system:kube-proxy");
  start("kube-proxy", [`--config=${proxyConfiguration(directory, proxy)}`]);
  const dns = await client("coredns", "system:kube-controller-manager");
  start("coredns", ["-conf", dnsConfiguration(directory, dns)]);
  return apiServer;
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

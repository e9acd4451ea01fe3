import path from "node:path";
import { binary } from "../doctor/binaries";
import { BackgroundProcess } from "../support/process";
import { eventually } from "../support/wait";
import type { Certificate, CertificateAuthority } from "./certificates";
import { KubernetesClient } from "./kubernetes-client";

export interface KubeApiserverOptions {
  readonly directory: string;
  readonly port: number;
  readonly etcdPort: number;
  readonly authority: CertificateAuthority;
  readonly certificate: Certificate;
  /** Of the group `system:masters`. */
  readonly admin: Certificate;
  readonly serviceAccountKeys: { readonly publicKeyFile: string; readonly privateKeyFile: string };
  /**
   * What it listens on.
   * @default "127.0.0.1", where no pod reaches it
   */
  readonly address?: string;
}

export interface KubeApiserver {
  readonly url: string;
  /** Talks to it as an administrator. */
  readonly client: KubernetesClient;
  stop(): Promise<unknown>;
  /** After it was stopped: as before, and waits until it is ready. */
  start(): Promise<void>;
}

/** Of the addresses of Services. */
export const SERVICE_NETWORK = "10.0.0.0/24";

const LOOPBACK = "127.0.0.1";

/** Starts a Kubernetes API server and waits until its RBAC defaults are there. */
export async function startKubeApiserver(options: KubeApiserverOptions): Promise<KubeApiserver> {
  const { directory, port, authority, admin, address = LOOPBACK } = options;
  const url = `https://${address}:${port}`;
  const client = new KubernetesClient({ baseUrl: url, caCertificate: authority.certificate, client: admin });
  let process: BackgroundProcess | undefined;
  const start = async () => {
    const started = new BackgroundProcess("kube-apiserver", binary("kube-apiserver"), flags(options, url), {
      logFile: path.join(directory, "kube-apiserver.log"),
    });
    process = started;
    await eventually("ready API server", () => client.isReady(), {
      timeoutMs: 90_000,
      intervalMs: 200,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${started.tail()}`);
    });
  };
  await start();
  return { url, client, start, stop: async () => process?.stop("SIGTERM", 3_000) };
}

function flags(
  {
    directory,
    port,
    etcdPort,
    authority,
    certificate,
    admin,
    serviceAccountKeys,
    address = LOOPBACK,
  }: KubeApiserverOptions,
  url: string,
) {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--bind-address=${address}`,
    // Without it and without a default route: "Unable to find suitable network address".
    `--advertise-address=${address}`,
    `--secure-port=${port}`,
    // On loopback the endpoint reconciler logs validation errors for ever.
    ...(address === LOOPBACK ? ["--endpoint-reconciler-type=none"] : []),
    `--cert-dir=${directory}`,
    `--tls-cert-file=${certificate.certificateFile}`,
    `--tls-private-key-file=${certificate.keyFile}`,
    `--client-ca-file=${authority.certificateFile}`,
    "--authorization-mode=Node,RBAC",
    // As whom it asks a kubelet for a log, or to run something in a container.
    "--kubelet-preferred-address-types=InternalIP",
    `--kubelet-client-certificate=${admin.certificateFile}`,
    `--kubelet-client-key=${admin.keyFile}`,
    `--kubelet-certificate-authority=${authority.certificateFile}`,
    `--service-cluster-ip-range=${SERVICE_NETWORK}`,
    `--service-account-issuer=${url}`,
    `--service-account-key-file=${serviceAccountKeys.publicKeyFile}`,
    `--service-account-signing-key-file=${serviceAccountKeys.privateKeyFile}`,
  ];
}

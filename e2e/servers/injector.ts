import fs from "node:fs";
import path from "node:path";
import { binary } from "../doctor/binaries";
import { AGENT_IMAGE } from "../images/bench";
import { HttpJson } from "../support/http-json";
import { BackgroundProcess } from "../support/process";
import { eventually } from "../support/wait";
import type { Certificate, CertificateAuthority } from "./certificates";
import type { KubernetesClient } from "./kubernetes-client";
import type { OwnCluster } from "../cluster/cluster";

/** Where a program in a pod finds its ServiceAccount; the injector knows no other way. */
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

const NAMESPACE = "vault";
const NAME = "vault-injector";

/** With the account where it looks for it, and nobody else. */
const MOUNT_AND_RUN = `mkdir -p ${SERVICE_ACCOUNT}; mount --bind "$1" ${SERVICE_ACCOUNT}; shift; exec "$@"`;

export interface InjectorOptions {
  readonly directory: string;
  /** What it listens on. */
  readonly host: string;
  readonly port: number;
  /** Of the cluster whose pods it changes. */
  readonly apiServer: string;
  readonly vaultAddress: string;
  readonly authority: CertificateAuthority;
  readonly certificate: Certificate;
  readonly kubernetes: KubernetesClient;
}

/** Starts the injector of a cluster, beside its API server. */
export async function startInjector(
  { directory, context, host, authority, apiServer }: OwnCluster,
  port: number,
  vaultAddress: string,
): Promise<Injector> {
  return Injector.start({
    directory: path.join(directory, "injector"),
    host,
    port,
    apiServer: apiServer.url,
    vaultAddress,
    authority,
    certificate: await authority.issue(`injector-${context}`, {
      commonName: "injector",
      names: [{ type: "ip", value: host }],
    }),
    kubernetes: apiServer.client,
  });
}

/** The Vault Agent Injector as the chart would install it with `failurePolicy: Fail`. */
export class Injector {
  private process: BackgroundProcess | undefined;

  private constructor(private readonly options: InjectorOptions) {}

  static async start(options: InjectorOptions): Promise<Injector> {
    fs.mkdirSync(options.directory, { recursive: true });
    const injector = new Injector(options);
    await injector.registerServiceAccount();
    await injector.start();
    await injector.registerWebhook();
    return injector;
  }

  async start(): Promise<void> {
    const { directory, host, port, apiServer, vaultAddress, certificate } = this.options;
    const { hostname, port: apiServerPort } = new URL(apiServer);
    const account = await this.serviceAccountDirectory();
    const started = new BackgroundProcess(
      "injector",
      "unshare",
      ["--mount", "--", "sh", "-ec", MOUNT_AND_RUN, "sh", account, binary("vault-k8s"), "agent-inject"],
      {
        env: {
          ...process.env,
          KUBERNETES_SERVICE_HOST: hostname,
          KUBERNETES_SERVICE_PORT: apiServerPort,
          NAMESPACE,
          AGENT_INJECT_LISTEN: `${host}:${port}`,
          AGENT_INJECT_TLS_CERT_FILE: certificate.certificateFile,
          AGENT_INJECT_TLS_KEY_FILE: certificate.keyFile,
          AGENT_INJECT_VAULT_ADDR: vaultAddress,
          AGENT_INJECT_VAULT_AUTH_PATH: "auth/kubernetes",
          AGENT_INJECT_VAULT_IMAGE: AGENT_IMAGE,
          AGENT_INJECT_LOG_LEVEL: "debug",
        },
        logFile: path.join(directory, "injector.log"),
      },
    );
    this.process = started;
    await eventually("ready injector", () => this.isReady()).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${started.tail()}`);
    });
  }

  /** The webhook's configuration stays, as when the injector's pods are down. */
  async stop(): Promise<void> {
    await this.process?.stop();
    this.process = undefined;
  }

  private async isReady(): Promise<boolean> {
    const { host, port, authority } = this.options;
    const http = new HttpJson({ baseUrl: `https://${host}:${port}`, caCertificate: authority.certificate });
    try {
      return (await http.request("GET", "/health/ready")).status === 204;
    } finally {
      http.close();
    }
  }

  private async registerServiceAccount(): Promise<void> {
    const { kubernetes } = this.options;
    const rules = [
      {
        apiGroups: ["admissionregistration.k8s.io"],
        resources: ["mutatingwebhookconfigurations"],
        verbs: ["get", "list", "watch", "patch"],
      },
    ];
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    await kubernetes.ensure("/api/v1/namespaces", { metadata: { name: NAMESPACE } });
    await kubernetes.ensure(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, { metadata: { name: NAME } });
    await kubernetes.ensure(`${rbac}/clusterroles`, { metadata: { name: NAME }, rules });
    await kubernetes.ensure(`${rbac}/clusterrolebindings`, {
      metadata: { name: NAME },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: NAME },
      subjects: [{ kind: "ServiceAccount", name: NAME, namespace: NAMESPACE }],
    });
  }

  private async serviceAccountDirectory(): Promise<string> {
    const { kubernetes, directory, authority } = this.options;
    const { status } = await kubernetes.create<{ status: { token: string } }>(
      `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${NAME}/token`,
      { spec: { expirationSeconds: 24 * 3600 } },
    );
    const files = path.join(directory, "serviceaccount");
    fs.mkdirSync(files, { recursive: true });
    fs.writeFileSync(path.join(files, "token"), status.token, { mode: 0o600 });
    fs.writeFileSync(path.join(files, "ca.crt"), authority.certificate);
    return files;
  }

  private async registerWebhook(): Promise<void> {
    const { kubernetes, host, port, authority } = this.options;
    await kubernetes.ensure("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", {
      metadata: { name: "vault-agent-injector-cfg" },
      webhooks: [
        {
          name: "vault.hashicorp.com",
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          timeoutSeconds: 5,
          failurePolicy: "Fail",
          clientConfig: {
            url: `https://${host}:${port}/mutate`,
            caBundle: Buffer.from(authority.certificate).toString("base64"),
          },
          rules: [
            {
              operations: ["CREATE"],
              apiGroups: [""],
              apiVersions: ["v1"],
              resources: ["pods"],
              scope: "Namespaced",
            },
          ],
          namespaceSelector: {
            matchExpressions: [
              {
                key: "kubernetes.io/metadata.name",
                operator: "NotIn",
                values: ["kube-system", "kube-public", NAMESPACE],
              },
            ],
          },
        },
      ],
    });
  }
}

import fs from "node:fs";
import path from "node:path";
import { binary } from "../doctor/binaries";
import { Sandbox } from "../sandbox/sandbox";
import { readOnly } from "../sandbox/root-filesystem";
import { HttpJson } from "../support/http-json";
import { eventually } from "../support/wait";
import type { Certificate, CertificateAuthority } from "./certificates";
import type { KubernetesClient } from "./kubernetes-client";

/** Where a process in a pod finds its ServiceAccount; the injector knows no other way. */
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

const NAMESPACE = "vault";
const NAME = "vault-injector";

export interface InjectorOptions {
  readonly directory: string;
  readonly port: number;
  readonly apiServerPort: number;
  readonly vaultAddress: string;
  readonly authority: CertificateAuthority;
  readonly certificate: Certificate;
  readonly kubernetes: KubernetesClient;
}

/** The Vault Agent Injector as the chart would install it with `failurePolicy: Fail`. */
export class Injector {
  private sandbox: Sandbox | undefined;

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
    const { directory, port, apiServerPort, vaultAddress, certificate } = this.options;
    const logFile = path.join(directory, "injector.log");
    this.sandbox = await Sandbox.start({
      name: "injector",
      directory,
      mounts: [
        readOnly(binary("vault-k8s"), "/bin/vault-k8s"),
        readOnly(await this.serviceAccountDirectory(), SERVICE_ACCOUNT),
        readOnly(certificate.certificateFile, "/tls/tls.crt"),
        readOnly(certificate.keyFile, "/tls/tls.key"),
      ],
      user: { uid: 0, gid: 0, groups: [0] },
      env: {
        KUBERNETES_SERVICE_HOST: "127.0.0.1",
        KUBERNETES_SERVICE_PORT: String(apiServerPort),
        NAMESPACE,
        AGENT_INJECT_LISTEN: `127.0.0.1:${port}`,
        AGENT_INJECT_TLS_CERT_FILE: "/tls/tls.crt",
        AGENT_INJECT_TLS_KEY_FILE: "/tls/tls.key",
        AGENT_INJECT_VAULT_ADDR: vaultAddress,
        AGENT_INJECT_VAULT_AUTH_PATH: "auth/kubernetes",
        AGENT_INJECT_LOG_LEVEL: "debug",
      },
      command: ["/bin/vault-k8s", "agent-inject"],
      readOnlyRoot: true,
      logFile,
    });
    await eventually("ready injector", () => this.isReady()).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${fs.readFileSync(logFile, "utf8").slice(-2000)}`);
    });
  }

  /** The webhook's configuration stays, as when the injector's pods are down. */
  async stop(): Promise<void> {
    this.sandbox?.signal("SIGTERM");
    await this.sandbox?.exited;
    this.sandbox = undefined;
  }

  private async isReady(): Promise<boolean> {
    const { port, authority } = this.options;
    const http = new HttpJson({ baseUrl: `https://127.0.0.1:${port}`, caCertificate: authority.certificate });
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
    const { kubernetes, port, authority } = this.options;
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
            url: `https://127.0.0.1:${port}/mutate`,
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

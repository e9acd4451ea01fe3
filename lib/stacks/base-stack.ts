import type { Construct } from "constructs";
import {
  Fn,
  HelmProvider,
  KubernetesProvider,
  LocalBackend,
  VaultProvider,
  type VaultProviderConfig,
} from "../core/terraform";
import { LeanStack } from "../core/stack";
import { requireProvider, type Provider } from "../core/providers";
import type { Environment, EnvironmentService, VaultLogin } from "../environment/environment";
import { vaultNamespace } from "../vault";
import { backendBlock } from "../environment/state-backend";

/** Terraform 1.11 brought write-only arguments, which keep Vault's database password out of the state. */
const REQUIRED_TERRAFORM = ">= 1.11";

const POD_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** What every stack of an environment has: its state, and the providers it asks for. */
export abstract class BaseStack extends LeanStack {
  constructor(
    scope: Construct,
    id: string,
    protected readonly environment: Environment,
    readonly services: readonly EnvironmentService[] = [],
  ) {
    super(scope, id);
    this.addOverride("terraform.required_version", REQUIRED_TERRAFORM);
    this.addBackend();
  }

  protected addVaultProvider(): void {
    const { vault } = this.environment;
    const { address, caCertificateFile, login = { kind: "token" } } = vault.terraform ?? {};
    this.require("vault");
    new VaultProvider(this, "VaultProvider", {
      address: address ?? (vault.mode === "external" ? vault.address : undefined),
      namespace: vaultNamespace(vault),
      caCertFile: caCertificateFile,
      ...vaultLogin(login),
    });
  }

  protected addKubernetesProvider(): void {
    this.require("kubernetes");
    new KubernetesProvider(this, "KubernetesProvider", this.clusterConnection());
  }

  protected addHelmProvider(): void {
    this.require("helm");
    new HelmProvider(this, "HelmProvider", { kubernetes: this.clusterConnection() });
  }

  private require(provider: Provider): void {
    requireProvider(this, provider, this.environment.providers ?? {});
  }

  private addBackend(): void {
    const { state, cluster } = this.environment;
    const { type, settings } = backendBlock(state, this.node.id, cluster.connection);
    // CDKTF knows no kubernetes backend, and its s3 backend no lock file: one way for all kinds.
    new LocalBackend(this, {});
    this.addOverride("terraform.backend", { local: undefined, [type]: settings });
  }

  private clusterConnection(): { configPath?: string; configContext?: string } {
    const { connection } = this.environment.cluster;
    if (connection.kind === "in-cluster") return {};
    return { configPath: connection.path ?? "~/.kube/config", configContext: connection.context };
  }
}

function vaultLogin(login: VaultLogin): VaultProviderConfig {
  switch (login.kind) {
    case "token":
      return {};
    case "jwt":
      return { authLoginJwt: [{ mount: login.mount, role: login.role, ...loginNamespace(login) }] };
    case "kubernetes":
      return {
        authLogin: [
          {
            path: `auth/${login.mount}/login`,
            ...loginNamespace(login),
            // Terraform reads the file when it runs: the token is in no JSON and no state.
            parameters: { role: login.role, jwt: Fn.file(login.tokenPath ?? POD_TOKEN) },
          },
        ],
      };
  }
}

/** Without one of its own the provider logs in where it writes. */
function loginNamespace({ namespace }: { readonly namespace?: string }) {
  if (namespace === undefined) return {};
  return namespace === "root" ? { useRootNamespace: true } : { namespace };
}

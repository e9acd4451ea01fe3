import * as helm from "@cdktf/provider-helm";
import * as kubernetes from "@cdktf/provider-kubernetes";
import * as vault from "@cdktf/provider-vault";
import { reportUsage } from "./usage";
import { plainProgram } from "./program";

const [count = "10", outdir = "cdktf.out"] = process.argv.slice(2);
plainProgram(
  {
    Audit: vault.audit.Audit,
    AuthBackend: vault.authBackend.AuthBackend,
    AuthRole: vault.kubernetesAuthBackendRole.KubernetesAuthBackendRole,
    ConfigMap: kubernetes.configMapV1.ConfigMapV1,
    Connection: vault.databaseSecretBackendConnection.DatabaseSecretBackendConnection,
    DatabaseRole: vault.databaseSecretBackendRole.DatabaseSecretBackendRole,
    Deployment: kubernetes.deploymentV1.DeploymentV1,
    GenericEndpoint: vault.genericEndpoint.GenericEndpoint,
    HelmProvider: helm.provider.HelmProvider,
    KubernetesConfig: vault.kubernetesAuthBackendConfig.KubernetesAuthBackendConfig,
    KubernetesProvider: kubernetes.provider.KubernetesProvider,
    Mount: vault.mount.Mount,
    Namespace: kubernetes.namespaceV1.NamespaceV1,
    Policy: vault.policy.Policy,
    QuotaRateLimit: vault.quotaRateLimit.QuotaRateLimit,
    Release: helm.release.Release,
    ServiceAccount: kubernetes.serviceAccountV1.ServiceAccountV1,
    VaultProvider: vault.provider.VaultProvider,
  },
  Number(count),
  outdir,
);
reportUsage();

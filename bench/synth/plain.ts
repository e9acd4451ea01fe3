import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { Release } from "@cdktf/provider-helm/lib/release";
import { ConfigMapV1 as ConfigMap } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { DeploymentV1 as Deployment } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { NamespaceV1 as Namespace } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { ServiceAccountV1 as ServiceAccount } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { Audit } from "@cdktf/provider-vault/lib/audit";
import { AuthBackend } from "@cdktf/provider-vault/lib/auth-backend";
import { DatabaseSecretBackendConnection as Connection } from "@cdktf/provider-vault/lib/database-secret-backend-connection";
import { DatabaseSecretBackendRole as DatabaseRole } from "@cdktf/provider-vault/lib/database-secret-backend-role";
import { GenericEndpoint } from "@cdktf/provider-vault/lib/generic-endpoint";
import { KubernetesAuthBackendConfig as KubernetesConfig } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-config";
import { KubernetesAuthBackendRole as AuthRole } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-role";
import { Mount } from "@cdktf/provider-vault/lib/mount";
import { Policy } from "@cdktf/provider-vault/lib/policy";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { QuotaRateLimit } from "@cdktf/provider-vault/lib/quota-rate-limit";
import { reportUsage } from "./usage";
import { plainProgram } from "./program";

const [count = "10", outdir = "cdktf.out"] = process.argv.slice(2);
plainProgram(
  {
    Audit,
    AuthBackend,
    AuthRole,
    ConfigMap,
    Connection,
    DatabaseRole,
    Deployment,
    GenericEndpoint,
    HelmProvider,
    KubernetesConfig,
    KubernetesProvider,
    Mount,
    Namespace,
    Policy,
    QuotaRateLimit,
    Release,
    ServiceAccount,
    VaultProvider,
  },
  Number(count),
  outdir,
);
reportUsage();

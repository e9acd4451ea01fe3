import type { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import type { Release } from "@cdktf/provider-helm/lib/release";
import type { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import type { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import type { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import type { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { Audit } from "@cdktf/provider-vault/lib/audit";
import type { AuthBackend } from "@cdktf/provider-vault/lib/auth-backend";
import type { DatabaseSecretBackendConnection } from "@cdktf/provider-vault/lib/database-secret-backend-connection";
import type { DatabaseSecretBackendRole } from "@cdktf/provider-vault/lib/database-secret-backend-role";
import type { GenericEndpoint } from "@cdktf/provider-vault/lib/generic-endpoint";
import type { KubernetesAuthBackendConfig } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-config";
import type { KubernetesAuthBackendRole } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-role";
import type { Mount } from "@cdktf/provider-vault/lib/mount";
import type { Policy } from "@cdktf/provider-vault/lib/policy";
import type { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import type { QuotaRateLimit } from "@cdktf/provider-vault/lib/quota-rate-limit";

/** The classes that the hand-written program uses; how they are imported is what differs. */
export interface Bindings {
  readonly Audit: typeof Audit;
  readonly AuthBackend: typeof AuthBackend;
  readonly AuthRole: typeof KubernetesAuthBackendRole;
  readonly ConfigMap: typeof ConfigMapV1;
  readonly Connection: typeof DatabaseSecretBackendConnection;
  readonly DatabaseRole: typeof DatabaseSecretBackendRole;
  readonly Deployment: typeof DeploymentV1;
  readonly GenericEndpoint: typeof GenericEndpoint;
  readonly HelmProvider: typeof HelmProvider;
  readonly KubernetesConfig: typeof KubernetesAuthBackendConfig;
  readonly KubernetesProvider: typeof KubernetesProvider;
  readonly Mount: typeof Mount;
  readonly Namespace: typeof NamespaceV1;
  readonly Policy: typeof Policy;
  readonly QuotaRateLimit: typeof QuotaRateLimit;
  readonly Release: typeof Release;
  readonly ServiceAccount: typeof ServiceAccountV1;
  readonly VaultProvider: typeof VaultProvider;
}

/**
 * The one door to CDKTF and the provider bindings.
 *
 * CDKTF is archived; its fork reads the same program. Whoever moves changes this file. Providers are
 * imported by deep path: the Kubernetes barrel alone costs 0.7 s and 170 MB in every run.
 */
export {
  App,
  Aspects,
  AzurermBackend,
  dependable,
  GcsBackend,
  HttpBackend,
  LocalBackend,
  S3Backend,
  TerraformElement,
  TerraformResource,
  TerraformStack,
  TerraformVariable,
} from "cdktf";
export type { IAspect, ITerraformDependable, TerraformProvider } from "cdktf";

export { HelmProvider } from "@cdktf/provider-helm/lib/provider";
export { Release } from "@cdktf/provider-helm/lib/release";

export { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
export { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
export { CronJobV1 } from "@cdktf/provider-kubernetes/lib/cron-job-v1";
export { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
export type {
  DeploymentV1SpecTemplate,
  DeploymentV1SpecTemplateSpec,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
export { JobV1 } from "@cdktf/provider-kubernetes/lib/job-v1";
export { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
export { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
export { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";

export { VaultProvider } from "@cdktf/provider-vault/lib/provider";
export type { VaultProviderConfig } from "@cdktf/provider-vault/lib/provider";
export { Audit } from "@cdktf/provider-vault/lib/audit";
export { AuthBackend } from "@cdktf/provider-vault/lib/auth-backend";
export { DatabaseSecretBackendConnection } from "@cdktf/provider-vault/lib/database-secret-backend-connection";
export { DatabaseSecretBackendRole } from "@cdktf/provider-vault/lib/database-secret-backend-role";
export { GenericEndpoint } from "@cdktf/provider-vault/lib/generic-endpoint";
export { KubernetesAuthBackendConfig } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-config";
export { KubernetesAuthBackendRole } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-role";
export { Mount } from "@cdktf/provider-vault/lib/mount";
export { Policy } from "@cdktf/provider-vault/lib/policy";
export { QuotaRateLimit } from "@cdktf/provider-vault/lib/quota-rate-limit";

/**
 * Escapes text that Terraform would read as a template: `${` and `%{` of shell, SQL or an
 * application's own arguments. Vault's `{{ }}` needs nothing.
 */
export function escapeTemplate(text: string): string {
  return text.replace(/\$\{/g, "$$$${").replace(/%\{/g, "%%{");
}

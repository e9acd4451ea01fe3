import {
  DefaultTokenResolver,
  LocalBackend as CdktfLocalBackend,
  StringConcat,
  TerraformVariable as CdktfTerraformVariable,
  Token,
  Tokenization,
  type TerraformElement as Element,
  type TerraformStack as CdktfStack,
} from "cdktf";
import { isOpened, isPlainText, literals, Plain } from "./literals";
import type * as quotaConfig from "./quota-config";
import type * as helmProvider from "@cdktf/provider-helm/lib/provider";
import type * as helmRelease from "@cdktf/provider-helm/lib/release";
import type * as kubernetesProvider from "@cdktf/provider-kubernetes/lib/provider";
import type * as kubernetesConfigMapV1 from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type * as kubernetesCronJobV1 from "@cdktf/provider-kubernetes/lib/cron-job-v1";
import type * as kubernetesDaemonSetV1 from "@cdktf/provider-kubernetes/lib/daemon-set-v1";
import type * as kubernetesDeploymentV1 from "@cdktf/provider-kubernetes/lib/deployment-v1";
import type * as kubernetesHorizontalPodAutoscalerV2 from "@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2";
import type * as kubernetesJobV1 from "@cdktf/provider-kubernetes/lib/job-v1";
import type * as kubernetesNamespaceV1 from "@cdktf/provider-kubernetes/lib/namespace-v1";
import type * as kubernetesServiceAccountV1 from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type * as kubernetesServiceV1 from "@cdktf/provider-kubernetes/lib/service-v1";
import type * as kubernetesStatefulSetV1 from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import type * as vaultProvider from "@cdktf/provider-vault/lib/provider";
import type * as vaultAudit from "@cdktf/provider-vault/lib/audit";
import type * as vaultAuthBackend from "@cdktf/provider-vault/lib/auth-backend";
import type * as vaultDatabaseSecretBackendConnection from "@cdktf/provider-vault/lib/database-secret-backend-connection";
import type * as vaultDatabaseSecretBackendRole from "@cdktf/provider-vault/lib/database-secret-backend-role";
import type * as vaultGenericEndpoint from "@cdktf/provider-vault/lib/generic-endpoint";
import type * as vaultDataVaultAuthBackend from "@cdktf/provider-vault/lib/data-vault-auth-backend";
import type * as vaultIdentityEntity from "@cdktf/provider-vault/lib/identity-entity";
import type * as vaultIdentityEntityAlias from "@cdktf/provider-vault/lib/identity-entity-alias";
import type * as vaultIdentityGroup from "@cdktf/provider-vault/lib/identity-group";
import type * as vaultIdentityGroupAlias from "@cdktf/provider-vault/lib/identity-group-alias";
import type * as vaultKubernetesAuthBackendConfig from "@cdktf/provider-vault/lib/kubernetes-auth-backend-config";
import type * as vaultKubernetesAuthBackendRole from "@cdktf/provider-vault/lib/kubernetes-auth-backend-role";
import type * as vaultMount from "@cdktf/provider-vault/lib/mount";
import type * as vaultPolicy from "@cdktf/provider-vault/lib/policy";
import type * as vaultQuotaRateLimit from "@cdktf/provider-vault/lib/quota-rate-limit";

/**
 * The one door to CDKTF and the provider bindings, and so to Terraform's JSON.
 *
 * CDKTF is archived; its fork reads the same program. Whoever moves changes this file. Providers are
 * imported by deep path: the Kubernetes barrel alone costs 0.7 s and 170 MB in every run.
 *
 * What comes through here takes text literally: `${` and `%{` in it mean nothing to Terraform. An expression is
 * a token of CDKTF, such as the attribute of a resource or what {@link Fn} returns.
 */
export { App, Aspects, dependable, Fn, TerraformElement, TerraformResource, TerraformStack } from "cdktf";
export { escapeTemplate } from "./literals";
export type { IAspect, ITerraformDependable, TerraformMetaArguments, TerraformProvider } from "cdktf";
export type { DeploymentV1SpecTemplate } from "@cdktf/provider-kubernetes/lib/deployment-v1";
export type { VaultProviderConfig } from "@cdktf/provider-vault/lib/provider";

export const LocalBackend = literal(() => CdktfLocalBackend);
export const TerraformVariable = literal(() => CdktfTerraformVariable);
export type TerraformVariable = CdktfTerraformVariable;

export const HelmProvider = literal(
  () => (require("@cdktf/provider-helm/lib/provider") as typeof helmProvider).HelmProvider,
);
export type HelmProvider = helmProvider.HelmProvider;
export const Release = literal(
  () => (require("@cdktf/provider-helm/lib/release") as typeof helmRelease).Release,
);
export type Release = helmRelease.Release;

export const KubernetesProvider = literal(
  () => (require("@cdktf/provider-kubernetes/lib/provider") as typeof kubernetesProvider).KubernetesProvider,
);
export type KubernetesProvider = kubernetesProvider.KubernetesProvider;
export const ConfigMapV1 = literal(
  () => (require("@cdktf/provider-kubernetes/lib/config-map-v1") as typeof kubernetesConfigMapV1).ConfigMapV1,
);
export type ConfigMapV1 = kubernetesConfigMapV1.ConfigMapV1;
export const CronJobV1 = literal(
  () => (require("@cdktf/provider-kubernetes/lib/cron-job-v1") as typeof kubernetesCronJobV1).CronJobV1,
);
export type CronJobV1 = kubernetesCronJobV1.CronJobV1;
export const DaemonSetV1 = literal(
  () => (require("@cdktf/provider-kubernetes/lib/daemon-set-v1") as typeof kubernetesDaemonSetV1).DaemonSetV1,
);
export type DaemonSetV1 = kubernetesDaemonSetV1.DaemonSetV1;
export const DeploymentV1 = literal(
  () =>
    (require("@cdktf/provider-kubernetes/lib/deployment-v1") as typeof kubernetesDeploymentV1).DeploymentV1,
);
export type DeploymentV1 = kubernetesDeploymentV1.DeploymentV1;
/** The provider's arguments for the pods of any workload, as the bindings render a value: those that are not set are there as well. */
export function podTemplateArguments(template: unknown): unknown {
  const bindings = require("@cdktf/provider-kubernetes/lib/deployment-v1") as typeof kubernetesDeploymentV1;
  return bindings.deploymentV1SpecTemplateToTerraform(template as never);
}
export const HorizontalPodAutoscalerV2 = literal(
  () =>
    (
      require("@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2") as typeof kubernetesHorizontalPodAutoscalerV2
    ).HorizontalPodAutoscalerV2,
);
export type HorizontalPodAutoscalerV2 = kubernetesHorizontalPodAutoscalerV2.HorizontalPodAutoscalerV2;
export const JobV1 = literal(
  () => (require("@cdktf/provider-kubernetes/lib/job-v1") as typeof kubernetesJobV1).JobV1,
);
export type JobV1 = kubernetesJobV1.JobV1;
export const NamespaceV1 = literal(
  () => (require("@cdktf/provider-kubernetes/lib/namespace-v1") as typeof kubernetesNamespaceV1).NamespaceV1,
);
export type NamespaceV1 = kubernetesNamespaceV1.NamespaceV1;
export const ServiceAccountV1 = literal(
  () =>
    (require("@cdktf/provider-kubernetes/lib/service-account-v1") as typeof kubernetesServiceAccountV1)
      .ServiceAccountV1,
);
export type ServiceAccountV1 = kubernetesServiceAccountV1.ServiceAccountV1;
export const ServiceV1 = literal(
  () => (require("@cdktf/provider-kubernetes/lib/service-v1") as typeof kubernetesServiceV1).ServiceV1,
);
export type ServiceV1 = kubernetesServiceV1.ServiceV1;
export const StatefulSetV1 = literal(
  () =>
    (require("@cdktf/provider-kubernetes/lib/stateful-set-v1") as typeof kubernetesStatefulSetV1)
      .StatefulSetV1,
);
export type StatefulSetV1 = kubernetesStatefulSetV1.StatefulSetV1;

export const VaultProvider = literal(
  () => (require("@cdktf/provider-vault/lib/provider") as typeof vaultProvider).VaultProvider,
);
export type VaultProvider = vaultProvider.VaultProvider;
export const Audit = literal(() => (require("@cdktf/provider-vault/lib/audit") as typeof vaultAudit).Audit);
export type Audit = vaultAudit.Audit;
export const AuthBackend = literal(
  () => (require("@cdktf/provider-vault/lib/auth-backend") as typeof vaultAuthBackend).AuthBackend,
);
export type AuthBackend = vaultAuthBackend.AuthBackend;
export const DatabaseSecretBackendConnection = literal(
  () =>
    (
      require("@cdktf/provider-vault/lib/database-secret-backend-connection") as typeof vaultDatabaseSecretBackendConnection
    ).DatabaseSecretBackendConnection,
);
export type DatabaseSecretBackendConnection =
  vaultDatabaseSecretBackendConnection.DatabaseSecretBackendConnection;
export const DatabaseSecretBackendRole = literal(
  () =>
    (
      require("@cdktf/provider-vault/lib/database-secret-backend-role") as typeof vaultDatabaseSecretBackendRole
    ).DatabaseSecretBackendRole,
);
export type DatabaseSecretBackendRole = vaultDatabaseSecretBackendRole.DatabaseSecretBackendRole;
export const GenericEndpoint = literal(
  () =>
    (require("@cdktf/provider-vault/lib/generic-endpoint") as typeof vaultGenericEndpoint).GenericEndpoint,
);
export type GenericEndpoint = vaultGenericEndpoint.GenericEndpoint;
export const DataVaultAuthBackend = literal(
  () =>
    (require("@cdktf/provider-vault/lib/data-vault-auth-backend") as typeof vaultDataVaultAuthBackend)
      .DataVaultAuthBackend,
);
export type DataVaultAuthBackend = vaultDataVaultAuthBackend.DataVaultAuthBackend;
export const IdentityEntity = literal(
  () => (require("@cdktf/provider-vault/lib/identity-entity") as typeof vaultIdentityEntity).IdentityEntity,
);
export type IdentityEntity = vaultIdentityEntity.IdentityEntity;
export const IdentityEntityAlias = literal(
  () =>
    (require("@cdktf/provider-vault/lib/identity-entity-alias") as typeof vaultIdentityEntityAlias)
      .IdentityEntityAlias,
);
export type IdentityEntityAlias = vaultIdentityEntityAlias.IdentityEntityAlias;
export const IdentityGroup = literal(
  () => (require("@cdktf/provider-vault/lib/identity-group") as typeof vaultIdentityGroup).IdentityGroup,
);
export type IdentityGroup = vaultIdentityGroup.IdentityGroup;
export const IdentityGroupAlias = literal(
  () =>
    (require("@cdktf/provider-vault/lib/identity-group-alias") as typeof vaultIdentityGroupAlias)
      .IdentityGroupAlias,
);
export type IdentityGroupAlias = vaultIdentityGroupAlias.IdentityGroupAlias;
export const KubernetesAuthBackendConfig = literal(
  () =>
    (
      require("@cdktf/provider-vault/lib/kubernetes-auth-backend-config") as typeof vaultKubernetesAuthBackendConfig
    ).KubernetesAuthBackendConfig,
);
export type KubernetesAuthBackendConfig = vaultKubernetesAuthBackendConfig.KubernetesAuthBackendConfig;
export const KubernetesAuthBackendRole = literal(
  () =>
    (
      require("@cdktf/provider-vault/lib/kubernetes-auth-backend-role") as typeof vaultKubernetesAuthBackendRole
    ).KubernetesAuthBackendRole,
);
export type KubernetesAuthBackendRole = vaultKubernetesAuthBackendRole.KubernetesAuthBackendRole;
export const Mount = literal(() => (require("@cdktf/provider-vault/lib/mount") as typeof vaultMount).Mount);
export type Mount = vaultMount.Mount;
export const Policy = literal(
  () => (require("@cdktf/provider-vault/lib/policy") as typeof vaultPolicy).Policy,
);
export type Policy = vaultPolicy.Policy;
export const QuotaRateLimit = literal(
  () => (require("@cdktf/provider-vault/lib/quota-rate-limit") as typeof vaultQuotaRateLimit).QuotaRateLimit,
);
export type QuotaRateLimit = vaultQuotaRateLimit.QuotaRateLimit;
export const QuotaConfig = literal(() => (require("./quota-config") as typeof quotaConfig).QuotaConfig);

/**
 * The same class, whose texts Terraform takes as they are. What it is made of is loaded when it is first asked for:
 * the bindings of a provider are megabytes, and most commands define no resource.
 */
function literal<Class extends new (...args: never[]) => Element>(load: () => Class): Class {
  let made: Class | undefined;
  const real = () => (made ??= escaping(load()));
  return new Proxy(function () {} as unknown as Class, {
    construct: (_, args) => Reflect.construct(real(), args) as Element,
    get: (_, key) => Reflect.get(real(), key) as unknown,
    has: (_, key) => Reflect.has(real(), key),
  });
}

function escaping<Class extends new (...args: never[]) => Element>(Base: Class): Class {
  // The compiler wants a mixin's arguments to be any.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return class extends (Base as unknown as new (...args: any[]) => Element) {
    override toTerraform(): unknown {
      // CDKTF drops what is undefined as it resolves, and would take it for something to delete afterwards.
      return leftOut.has(this) ? {} : literals(defined(super.toTerraform() as object), Token.isUnresolved);
    }
  } as unknown as Class;
}

function defined(fragment: object): object {
  return Object.fromEntries(Object.entries(fragment).filter(([, part]) => part !== undefined));
}

let leftOut: ReadonlySet<Element> = new Set();

/** Does something as if elements came to nothing: those of this door's classes do then. */
export function unrendered<T>(elements: readonly Element[], use: () => T): T {
  leftOut = new Set(elements);
  try {
    return use();
  } finally {
    leftOut = new Set();
  }
}

const RESOLVER = new DefaultTokenResolver(new StringConcat());

/** A value with what its tokens stand for, in a stack; one of another stack may add to both what carries its value over. */
export function resolved(scope: CdktfStack, value: unknown): unknown {
  if (value instanceof Plain) return value.value;
  if (!isOpened(value))
    return Tokenization.resolve(value, { scope, preparing: true, resolver: RESOLVER }) as unknown;
  const parts = Object.entries(value).map(([key, part]) => [
    isPlainText(key) ? key : resolved(scope, key),
    resolved(scope, part),
  ]);
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined)) as unknown;
}

/**
 * Does something with CDKTF, which asks for the whole stack at each token that it makes (hashicorp/terraform-cdk#3892), and
 * shows none of them. Errors have their traces as ever: those are not asked for, they come with the error.
 */
export function withoutTraces<T>(use: () => T): T {
  const { captureStackTrace } = Error;
  Error.captureStackTrace = () => {};
  try {
    return use();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}

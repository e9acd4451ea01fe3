export * from "./audit-devices";
export type { HelmValues } from "./chart-values";
export type * from "./ha-vault";
export { helmValues, toYaml } from "./helm-values";
export { namespacesWithoutAgents } from "./injector";
export type { FailurePolicy, InjectorOptions } from "./injector-options";
export type { Installation } from "./installation";
export * from "./rate-limits";
export type { AwsKmsSeal, AzureKeyVaultSeal, GcpKmsSeal, Seal, TransitSeal, TransitSecret } from "./seal";
export {
  installsAnything,
  vaultAddress,
  vaultCaCertificate,
  vaultNamespace,
  installedNamespace,
  type DevVault,
  type ExistingInjector,
  type ExternalVault,
  type InstalledInjector,
  type InstalledVault,
  type Transport,
  type Vault,
} from "./vault";
export { vaultProblems } from "./vault-problems";
export * from "./vault-server";
export * from "./schema";

import type { Construct } from "constructs";
import { TerraformStack } from "./terraform";
import type { Problem } from "@leasehold/proof/core";

/** A provider of Terraform that leasehold renders resources of. */
export type Provider = "vault" | "kubernetes" | "helm";

/** The lowest version of each provider that is in use, such as `{ vault: "5.10.0" }`. */
export interface ProviderVersions {
  /**
   * Of `hashicorp/vault`.
   * @default "5.6.0"
   * @protects nothing: what later ones bring is left out, and the plan is the same with each of them
   */
  readonly vault?: string;
  /**
   * Of `hashicorp/kubernetes`.
   * @default "2.38.0"
   * @protects nothing: what later ones bring is left out, and the plan is the same with each of them
   */
  readonly kubernetes?: string;
  /**
   * Of `hashicorp/helm`.
   * @default "3.1.1"
   * @protects nothing: what later ones bring is left out, and the plan is the same with each of them
   */
  readonly helm?: string;
}

/**
 * Every version from `lowest` and below `below` knows what is rendered: `test/providers` compares it with their schemas.
 * The bindings would ask for the one version that they were generated from.
 */
export const PROVIDER_RANGES: Readonly<
  Record<Provider, { readonly lowest: string; readonly below: string }>
> = {
  vault: { lowest: "5.6.0", below: "5.14.0" },
  kubernetes: { lowest: "2.38.0", below: "3.5.0" },
  helm: { lowest: "3.1.1", below: "3.4.0" },
};

/** The versions in which something came that is rendered for whoever says that they have it. */
export const BROUGHT = {
  /** `vault_kubernetes_auth_backend_config.token_reviewer_jwt_wo` */
  writeOnlyReviewerJwt: { provider: "vault", version: "5.7.0" },
  /** `vault_policy.allow_overwrite` */
  policyOverwrite: { provider: "vault", version: "5.10.0" },
  /** `vault_quota_config` */
  quotaConfig: { provider: "vault", version: "5.10.0" },
} as const satisfies Readonly<Record<string, { readonly provider: Provider; readonly version: string }>>;

const versions = new WeakMap<TerraformStack, ProviderVersions>();

/** Has a stack ask for a range of a provider, and remember what its lowest version brings. */
export function requireProvider(stack: TerraformStack, provider: Provider, lowest: ProviderVersions): void {
  versions.set(stack, { ...versions.get(stack), [provider]: lowest[provider] });
  stack.addOverride(`terraform.required_providers.${provider}.version`, versionRange(provider, lowest));
}

function versionRange(provider: Provider, lowest: ProviderVersions): string {
  const range = PROVIDER_RANGES[provider];
  return `>= ${lowest[provider] ?? range.lowest}, < ${range.below}`;
}

/** The lowest versions that a construct's stack may be applied with. */
export function providersOf(scope: Construct): ProviderVersions {
  return versions.get(TerraformStack.of(scope)) ?? {};
}

/** Whether each provider of these lowest versions has brought something. */
export function brings(lowest: ProviderVersions, what: keyof typeof BROUGHT): boolean {
  const { provider, version } = BROUGHT[what];
  return compared(lowest[provider] ?? PROVIDER_RANGES[provider].lowest, version) >= 0;
}

/** What is wrong where something is asked for that not each of them has. */
export function broughtProblems(
  property: string,
  got: unknown,
  lowest: ProviderVersions,
  what: keyof typeof BROUGHT,
): Problem[] {
  if (brings(lowest, what)) return [];
  const { provider, version } = BROUGHT[what];
  return [
    {
      property,
      must: `be left out where the provider ${provider} may be older than ${version}, which brought it`,
      got,
      fix: `upgrade the lock file (terraform init -upgrade), and write providers: { ${provider}: ${JSON.stringify(version)} } at least`,
    },
  ];
}

/** What is wrong with the version of a provider. */
export function providerProblems(property: string, provider: Provider, version: string): Problem[] {
  const { lowest, below } = PROVIDER_RANGES[provider];
  const isVersion = /^\d+\.\d+\.\d+$/.test(version);
  if (isVersion && compared(version, lowest) >= 0 && compared(version, below) < 0) return [];
  return [
    {
      property,
      must: `be a version from ${lowest} and below ${below}, such as ${JSON.stringify(lowest)}`,
      got: version,
      fix: "write the version that .terraform.lock.hcl has, or leave it out",
    },
  ];
}

function compared(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}

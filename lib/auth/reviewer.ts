import { integerProblems, reasonProblems, type Problem } from "../core";
import { broughtProblems, type ProviderVersions } from "../core/providers";

/** Who asks the API server whether a pod's token is genuine. */
export type Reviewer =
  /**
   * Vault's own ServiceAccount, for a Vault that runs in this cluster: it is bound to
   * `system:auth-delegator`, Vault reads its token from its own pod, and nothing secret is configured.
   */
  | { readonly kind: "vault-service-account" }
  /**
   * A long-lived token of another ServiceAccount, for a Vault outside the cluster. The pods' tokens
   * cannot review themselves: bound to Vault's audience, they mean nothing to the API server.
   */
  | {
      readonly kind: "reviewer-jwt";
      /** How its JWT reaches Vault. */
      readonly source: ReviewerJwtSource;
    };

/** How the reviewer's JWT reaches Vault. */
export type ReviewerJwtSource =
  /**
   * An operator writes the method's whole configuration with `vault write`. Terraform then defines
   * none: each write replaces all of it, and one without the JWT erases the JWT.
   */
  | { readonly kind: "out-of-band" }
  /** The Terraform variable `reviewer_jwt`; the provider keeps its value in the state. */
  | {
      readonly kind: "terraform-state";
      /** Why the JWT may lie in the state. */
      readonly reason: string;
    }
  /**
   * The ephemeral Terraform variable `reviewer_jwt`, which every plan and apply is given: it is in no plan and no state.
   * Needs the Vault provider from 5.7.0 on (`providers.vault`).
   */
  | {
      readonly kind: "write-only";
      /**
       * Raise it to send another JWT. A change of the method's other configuration sends it as well.
       * @default 1
       * @protects from a configuration without the JWT: each write replaces all of it
       */
      readonly version?: number;
    };

/** What is wrong with a reviewer, and with what it needs beside it. */
export function reviewerProblems(
  reviewer: Reviewer,
  caCertificate: string | undefined,
  providers: ProviderVersions = {},
): Problem[] {
  if (reviewer.kind === "vault-service-account") return [];
  const { source } = reviewer;
  return [
    ...(source.kind === "terraform-state" ? reasonProblems("reviewer.source.reason", source.reason) : []),
    ...(source.kind === "write-only"
      ? [
          ...integerProblems("reviewer.source.version", source.version ?? 1, 1, 1_000_000),
          ...broughtProblems("reviewer.source", source.kind, providers, "writeOnlyReviewerJwt"),
        ]
      : []),
    ...(caCertificate === undefined ? [missingCa()] : []),
  ];
}

function missingCa(): Problem {
  return {
    property: "caCertificate",
    must: "be the API server's CA where the reviewer is a JWT: outside the cluster Vault has no other way to know it",
    got: undefined,
    fix: "paste the cluster's CA certificate (kubectl config view --raw shows it in base64)",
  };
}

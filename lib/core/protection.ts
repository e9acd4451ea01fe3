import { reasonProblems, type Problem } from "@leasehold/proof/core";

/**
 * Whether Terraform may destroy or replace what holds live leases: the secrets engine's mount and the
 * database connections. A mount that is unmounted while leases live is tainted beyond repair, and a
 * connection that is replaced without a password can neither issue nor revoke.
 */
export type Protection =
  | { readonly kind: "protected" }
  | {
      readonly kind: "disposable";
      /** Why losing every lease of this environment is acceptable. */
      readonly reason: string;
    };

/** The value of Terraform's `prevent_destroy`. */
export function preventDestroy(protection: Protection): boolean {
  return protection.kind === "protected";
}

/** An unprotected environment has to say why. */
export function protectionProblems(property: string, protection: Protection): Problem[] {
  return protection.kind === "disposable" ? reasonProblems(`${property}.reason`, protection.reason) : [];
}

import type { Severity } from "./rule";

/** Something that a person has declared, and from which a file was made. */
export interface Declaration {
  /** Such as `service orders`. */
  readonly what: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** One thing that is wrong, as people and machines are told. */
export interface Finding {
  /** Id of the rule. */
  readonly rule: string;
  readonly severity: Severity;
  /** Address of the resource in Terraform, or kind, namespace and name of a manifest. */
  readonly resource: string;
  /** Path of the construct; null where CDKTF has not written the resource. */
  readonly path: string | null;
  readonly file: string;
  /** From 1; null where the file has no lines that a person wrote. */
  readonly line: number | null;
  /** What a person has written, where `file` is made of it. @default - nobody knows, or it is `file` itself */
  readonly declared?: Declaration;
  readonly message: string;
  readonly why: string;
  readonly fix: string;
  /** Why it is accepted; null where it is not. */
  readonly waived: string | null;
}

/**
 * Accepts a finding, for a reason that is printed each time. This is the one way to except something from a
 * guardrail or from any other rule; a waiver that accepts nothing is an error itself.
 */
export interface Waiver {
  /** Id of the rule, such as `vault/few-replicas`. */
  readonly rule: string;
  /**
   * Address of the resource, path of the construct, or path of a construct that holds it: `production/orders`
   * is the service `orders` of the environment `production`. The name of a stack alone holds too much.
   */
  readonly resource: string;
  /** Why it is right here, in at least ten characters. */
  readonly reason: string;
}

/** The findings that refuse a configuration. */
export function refusing(findings: readonly Finding[], from: Severity = "error"): Finding[] {
  return findings.filter(
    ({ severity, waived }) => waived === null && (from === "warning" || severity === "error"),
  );
}

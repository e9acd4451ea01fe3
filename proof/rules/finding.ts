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
  /** What the message names, in its order: tables, paths, values. A waiver accepts this and nothing else by it. */
  readonly evidence: readonly string[];
  /** Why it is accepted; null where it is not. */
  readonly waived: string | null;
  /** What accepts it, and for how long; null where nothing does. */
  readonly waiver: AcceptedBy | null;
}

/** The waiver that accepts a finding. */
export interface AcceptedBy {
  /** What of the waiver names the resource: an address or a path. */
  readonly resource: string;
  /** Null: whatever the rule finds there. */
  readonly evidence: readonly string[] | null;
  /** The last day in UTC, such as `2027-03-31`; null: without end. */
  readonly until: string | null;
  /** Days that are left after today; null: without end. */
  readonly daysLeft: number | null;
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
  /**
   * What of the rule's findings is accepted: exactly the list that the finding prints as its evidence, in any order.
   * @default - whatever the rule finds at the resource, now and later
   * @protects from a second table, path or value of the same rule, which nobody has decided about
   */
  readonly evidence?: readonly string[];
  /** Why it is right here, in at least ten characters. */
  readonly reason: string;
  /**
   * The last day in UTC on which it accepts, such as `2027-03-31`. Thirty days before, a warning says that it ends.
   * @default - without end
   * @protects from an exception that was meant for a while and stays
   */
  readonly until?: string;
}

/** The findings that refuse a configuration. */
export function refusing(findings: readonly Finding[], from: Severity = "error"): Finding[] {
  return findings.filter(
    ({ severity, waived }) => waived === null && (from === "warning" || severity === "error"),
  );
}

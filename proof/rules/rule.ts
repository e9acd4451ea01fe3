import type { AccessGraph, Origin } from "../access";
import type { Context } from "./context";
import type { Stage } from "./migration/stages";

/** `error` refuses a synth; `warning` is printed. */
export type Severity = "error" | "warning";

/** What a rule is about; the first part of its id. */
export const CATEGORIES = [
  "access",
  "sql",
  "ttl",
  "lifecycle",
  "transport",
  "secrets",
  "connection",
  "capacity",
  "vault",
  "parity",
  "migration",
  "proof",
] as const;

export type Category = (typeof CATEGORIES)[number];

/** Something that must hold in every access graph. */
export interface Rule {
  /** Such as `access/policy-without-role`: printed with each finding, and named by a waiver. */
  readonly id: `${Category}/${string}`;
  readonly severity: Severity;
  /** What is wrong when the rule fires, in a few words: `policy path that no role serves`. */
  readonly title: string;
  /** What happens at run time, in one or two sentences, with the source. */
  readonly why: string;
  /** A configuration on which the rule fires; it stands in the documentation and is linted in a test. */
  readonly example: Example;
  check(graph: AccessGraph, context: Context): Iterable<Violation>;
}

export interface Example {
  readonly language: "hcl" | "yaml";
  readonly text: string;
  /** What is different in the environment before, for rules that compare the two. */
  readonly before?: { readonly from: string; readonly to: string };
  /** Where services stood in the synth before, for rules about steps. */
  readonly witness?: Readonly<Record<string, Stage>>;
  /** The day on which it is judged, for rules about days. */
  readonly today?: string;
  /** Limit of the PostgreSQL behind each connection, for rules that need one. */
  readonly maxConnections?: number;
  /** What running statements came to that hold a text, for the rule about it. */
  readonly executed?: { readonly of: string; readonly problem: string };
}

/** One place where a rule does not hold. */
export interface Violation {
  /** The resource that has to change. */
  readonly at: Origin;
  /** What is wrong there, with the values, in one sentence without a full stop. */
  readonly message: string;
  /**
   * What the message names and does not write in quotes, where it could be taken for a word of the sentence.
   * @default - nothing: what stands in quotes, and what is no word of prose, is evidence by itself
   */
  readonly evidence?: readonly string[];
  /** What to change, in the imperative. */
  readonly fix: string;
}

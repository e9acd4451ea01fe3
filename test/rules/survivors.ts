import type { LeafMutation } from "../support/rendered-leaves";

/** Leaves that may be something else without a finding, and why that is right. */
export const SURVIVORS: readonly {
  /** Of the pattern of a leaf. */
  readonly leaf: RegExp;
  /** What may be done to it. */
  readonly kinds: readonly LeafMutation["kind"][];
  readonly reason: string;
}[] = [];

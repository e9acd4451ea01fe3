import type { LeafMutation } from "../support/rendered-leaves";

/** Leaves that may be something else without a finding, and why that is right. */
export const SURVIVORS: readonly {
  /** Of the pattern of a leaf. */
  readonly leaf: RegExp;
  /** What may be done to it. */
  readonly kinds: readonly LeafMutation["kind"][];
  readonly reason: string;
}[] = [
  {
    leaf: /helm_release\.(max_history|timeout)$/,
    kinds: ["change"],
    reason: "how long Helm waits and remembers, which nothing of the chain depends on",
  },
  {
    leaf: /helm_release\.repository$/,
    kinds: ["change"],
    reason: "a mirror may have any address; what it serves is held by the version",
  },
  {
    leaf: /server\.volumes\[\]\.secret\.secretName$/,
    kinds: ["change"],
    reason:
      "somebody else writes the Secret, such as cert-manager, and nothing that is rendered names it again",
  },
  {
    leaf: /agent-inject-secret-\w+$/,
    kinds: ["drop"],
    reason: "the template alone makes the injector write the file (vault-k8s 1.7.6, annotations.go)",
  },
];

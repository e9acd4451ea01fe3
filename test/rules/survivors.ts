import type { LeafMutation } from "../support/rendered-leaves";

const PODS = String.raw`^resource\.kubernetes_(deployment|cron_job)_v1\.spec\.(job_template\.spec\.)?template\.spec`;

/** Leaves that may be something else without a finding, and why that is right. */
export const SURVIVORS: readonly {
  /** Of the pattern of a leaf. */
  readonly leaf: RegExp;
  /** What may be done to it. */
  readonly kinds: readonly LeafMutation["kind"][];
  readonly reason: string;
}[] = [
  {
    leaf: new RegExp(`${PODS}\\.container\\[\\]\\.image$`),
    kinds: ["change", "swap"],
    reason: "which program runs is the team's decision; nothing else in the configuration names it",
  },
  {
    leaf: new RegExp(`${PODS}\\.container\\[\\]\\.security_context\\.read_only_root_filesystem$`),
    kinds: ["change"],
    reason: "an application may declare that it writes to its image's file system",
  },
  {
    leaf: /^resource\.kubernetes_deployment_v1\.spec\.replicas$/,
    kinds: ["change", "swap"],
    reason: "another number of pods whose connections and users the database has room for",
  },
  {
    leaf: /^resource\.kubernetes_cron_job_v1\.spec\.job_template\.spec\.backoff_limit$/,
    kinds: ["change"],
    reason: "each run that is tried again has a credential of its own, and ends it",
  },
];

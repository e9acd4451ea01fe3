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
    leaf: /^resource\.vault_mount\.description$|^variable\.\w+\.description$/,
    kinds: ["change"],
    reason: "a text that people read, and nothing else",
  },
  {
    leaf: /^resource\.vault_audit\.path$/,
    kinds: ["change"],
    reason: "the name of an audit device, which nothing refers to; two of one name are a finding",
  },
  {
    leaf: /^resource\.vault_audit\.options\.file_path$/,
    kinds: ["change"],
    reason: "another file in the same folder; that the folder is on a volume the values of the chart say",
  },
  {
    leaf: /^resource\.vault_database_secret_backend_role\.max_ttl$/,
    kinds: ["change", "swap"],
    reason:
      "how long a credential may live is a decision: within the mount's maximum and the guardrail both are right",
  },
  {
    leaf: new RegExp(`${PODS}\\.termination_grace_period_seconds$`),
    kinds: ["swap"],
    reason:
      "up to 20 seconds more than the application drains, which a neighbour's number may be, cut nothing off",
  },
  {
    leaf: /^resource\.kubernetes_deployment_v1\.spec\.strategy\.rolling_update\.max_(surge|unavailable)$/,
    kinds: ["change"],
    reason:
      "how many pods change at a time is a decision, which the lease budget counts with, and which fits",
  },
  {
    leaf: new RegExp(`${PODS}\\.container\\[\\]\\.volume_mount\\[\\]\\.mount_path$`),
    kinds: ["change"],
    reason:
      "an empty directory of the application's may be anywhere; whether it needs /tmp nobody knows here",
  },
  {
    leaf: /^resource\.vault_quota_rate_limit\.rate$/,
    kinds: ["change"],
    reason: "a higher limit lets all pods start; how low it has to be nobody but the one who sets it knows",
  },
  {
    leaf: /^resource\.vault_database_secret_backend_connection\.postgresql\.max_open_connections$/,
    kinds: ["change"],
    reason: "more sessions of Vault's own, which capacity/connections counts, and which fit",
  },
  {
    leaf: /^resource\.vault_database_secret_backend_connection\.postgresql\.password_wo_version$|^resource\.vault_generic_endpoint\.data_json\(\)\.rev$/,
    kinds: ["change"],
    reason:
      "a counter that is raised on purpose: what it was before stands in the state, which the proof does not see",
  },
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
  {
    leaf: /^resource\.vault_identity_group\.metadata\.leasehold-credentials$/,
    kinds: ["change", "swap"],
    reason: "how many credentials are counted with is a decision, and they fit",
  },
  {
    leaf: /^resource\.vault_identity_group\.metadata\.leasehold-writes$/,
    kinds: ["change"],
    reason: "a reason that people read, and nothing else",
  },
];

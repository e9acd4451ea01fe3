import { NotApplicable } from "../support/rules-mutations";
import type { Mutation } from "./mutations";
import { pod, container, metadata, dropAll, type Json } from "./spoil-pods";

const DEPLOYMENT = "kubernetes_deployment_v1";
const ACCOUNT = "kubernetes_service_account_v1";
const MAP = "kubernetes_config_map_v1";
const NAMESPACE = "kubernetes_namespace_v1";
const SERVICE = "kubernetes_service_v1";

/** Ways to break the way from the pod that is written to the pod that runs. */
export const POD_MUTATIONS: readonly Mutation[] = [
  [
    "mount of a volume that is not there",
    "proof/mounts",
    container((c) => c.volume_mount.push({ name: "data", mount_path: "/data" })),
  ],
  [
    "volume over the agent's files",
    "proof/mounts",
    container((c) => (c.volume_mount[1].mount_path = "/vault/secrets")),
  ],
  [
    "volume inside of the agent's files",
    "proof/mounts",
    container((c) => (c.volume_mount[1].mount_path = "/vault/secrets/x")),
  ],
  [
    "two volumes of one name",
    "proof/mounts",
    pod((spec) => spec.volume.push({ name: "tmp", empty_dir: {} })),
  ],
  [
    "two mounts at one path",
    "proof/mounts",
    container((c) => (c.volume_mount[1].mount_path = "/etc/leasehold")),
  ],
  [
    "contract at another place",
    "proof/contract",
    container((c) => (c.volume_mount[0].mount_path = "/etc/contract")),
  ],
  [
    "application with the agent's token",
    "proof/mounts",
    container((c) => c.volume_mount.push({ name: "vault-token", mount_path: "/t", read_only: true })),
  ],
  [
    "two containers of one name",
    "proof/mounts",
    pod((spec) => spec.container.push({ ...spec.container[0] })),
  ],
  ["volume named home-init", "lifecycle/name-taken", pod((spec) => (spec.volume[2].name = "home-init"))],
  [
    "container named vault-agent-init",
    "lifecycle/name-taken",
    container((c) => (c.name = "vault-agent-init")),
  ],

  ["pods in the network of the node", "lifecycle/pod-security", pod((spec) => (spec.host_network = true))],
  ["pods that may run as root", "lifecycle/pod-security", pod((spec) => delete spec.security_context)],
  [
    "pods that escalate",
    "lifecycle/pod-security",
    container((c) => delete c.security_context.allow_privilege_escalation),
  ],
  ["ServiceAccount of another name", "proof/reference-missing", metadata(ACCOUNT, { name: "other" })],
  [
    "ServiceAccount in another namespace",
    "proof/reference-missing",
    metadata(ACCOUNT, { namespace: "other" }),
  ],
  ["no ServiceAccount", "proof/reference-missing", dropAll(ACCOUNT)],
  ["no contract", "proof/reference-missing", dropAll(MAP)],
  ["contract in another namespace", "proof/reference-missing", metadata(MAP, { namespace: "other" })],
  ["no namespace", "proof/reference-missing", dropAll(NAMESPACE)],
  ["namespace of another name", "proof/reference-missing", metadata(NAMESPACE, { name: "other" })],
  [
    "ServiceAccount for nobody",
    "proof/reference-missing",
    (s) =>
      s.add("resource", ACCOUNT, "spare", {
        metadata: { name: "spare", namespace: "shop" },
        automount_service_account_token: false,
      }),
  ],

  ["network of the node", "proof/not-understood", pod((spec) => (spec.host_network = true))],
  ["processes of the node", "proof/not-understood", pod((spec) => (spec.host_pid = true))],
  ["privileged container", "proof/not-understood", container((c) => (c.security_context.privileged = true))],
  [
    "more capabilities",
    "proof/not-understood",
    container((c) => (c.security_context.capabilities.add = ["NET_ADMIN"])),
  ],
  [
    "files of the node",
    "proof/not-understood",
    pod((spec) => spec.volume.push({ name: "host", host_path: { path: "/" } })),
  ],
  ["no seccomp profile", "proof/not-understood", pod((spec) => delete spec.security_context.seccomp_profile)],
  [
    "init container of the application",
    "proof/not-understood",
    pod((spec) => (spec.init_container = [{ name: "migrate", image: "ghcr.io/acme/migrate:1" }])),
  ],
  [
    "token of the API server",
    "proof/not-understood",
    pod((spec) => (spec.automount_service_account_token = true)),
  ],
  [
    "token without an audience",
    "proof/not-understood",
    pod((spec) => delete spec.volume[0].projected[0].sources[0].service_account_token.audience),
  ],
  [
    "audience that is not known",
    "proof/not-understood",
    pod(
      (spec) => (spec.volume[0].projected[0].sources[0].service_account_token.audience = "${var.audience}"),
    ),
  ],
  [
    "user that is not known",
    "proof/not-understood",
    container((c) => (c.security_context.run_as_user = "${var.user}")),
  ],
  [
    "spread that keeps pods waiting",
    "proof/not-understood",
    (s) => {
      const [constraint] = (s.pod().spec.topology_spread_constraint ?? []) as Json[];
      if (constraint === undefined) throw new NotApplicable("it is not spread");
      constraint.when_unsatisfiable = "Never";
    },
  ],
  [
    "namespace that lets everything in",
    "proof/not-understood",
    metadata(NAMESPACE, { labels: { "pod-security.kubernetes.io/enforce": "privileged" } }),
  ],
  ["pods that nobody counts", "proof/not-understood", (s) => void (s.first(DEPLOYMENT).count = 1)],
  [
    "pods that are left as they are",
    "proof/not-understood",
    (s) => void (s.first(DEPLOYMENT).lifecycle = { ignore_changes: ["spec"] }),
  ],
  [
    "autoscaler",
    "proof/not-understood",
    (s) =>
      s.add("resource", "kubernetes_horizontal_pod_autoscaler_v2", "hpa", {
        metadata: { name: "orders", namespace: "shop" },
        spec: { max_replicas: 100 },
      }),
  ],
  [
    "schedule that is none",
    "proof/not-understood",
    (s) => void (s.first("kubernetes_cron_job_v1").spec.schedule = "61 * * * *"),
  ],

  [
    "Deployment that selects others",
    "proof/selector",
    (s) => void (s.first(DEPLOYMENT).spec.selector.match_labels = { "app.kubernetes.io/name": "other" }),
  ],
  [
    "pods without their service",
    "proof/selector",
    (s) => delete (s.pod().metadata.labels as Json)["leasehold/service"],
  ],
  [
    "Service that selects nobody",
    "proof/selector",
    (s) => void (s.first(SERVICE).spec.selector = { "leasehold/service": "other" }),
  ],
  ["Service that selects everybody", "proof/selector", (s) => void (s.first(SERVICE).spec.selector = {})],
  [
    "Service at a port of nobody",
    "proof/selector",
    (s) => void (s.first(SERVICE).spec.port[0].target_port = "9999"),
  ],
  ["Service that waits for nobody", "proof/selector", (s) => delete s.first(SERVICE).depends_on],

  ["pods that wait for nothing", "proof/pods-wait", (s) => delete s.first(DEPLOYMENT).depends_on],
  [
    "pods that do not wait for their role",
    "proof/pods-wait",
    (s) =>
      void (s.first(DEPLOYMENT).depends_on = (s.first(DEPLOYMENT).depends_on as string[]).filter(
        (each) => !each.includes("_backend_role"),
      )),
  ],
  [
    "checksum of another contract",
    "proof/contract-checksum",
    (s) => void (s.annotations()["leasehold/contract-checksum"] = "0".repeat(64)),
  ],
  [
    "contract that no pod is rolled for",
    "proof/contract-checksum",
    (s) => void (s.first(MAP).data["other.crt"] = "x"),
  ],
  [
    "grace period of an hour",
    "proof/grace-period",
    pod((spec) => (spec.termination_grace_period_seconds = 3600)),
  ],
  [
    "grace period that is not known",
    "proof/grace-period",
    pod((spec) => (spec.termination_grace_period_seconds = "${var.grace}")),
  ],
];

import { z } from "zod";
import {
  anything,
  block,
  blocks,
  flag,
  list,
  name,
  only,
  optional,
  text,
  textLike,
  whole,
  type Keys,
  type Shape,
} from "../shape";
import { preStopSeconds } from "../pod/pre-stop";
import { affinity } from "./affinity";
import { objectName } from "./common";
import { annotations, key, labels } from "./metadata";
import { continuousProbe, port, portName, startupProbe } from "./probes";
import { positive, resources } from "./resources";

const path: Shape = textLike(/^\/[^:]*$/, "be an absolute path");

const keyOf: Shape = block({ name: text, key: text });

/** A variable is written, or comes from one key of a Secret or a ConfigMap. What is written the contract's proof reads. */
const variable: Shape = block({
  name: textLike(/^[A-Za-z_.-][\w.-]*$/, "be the name of a variable"),
  value: optional(anything),
  value_from: optional(
    block({ secret_key_ref: optional(keyOf), config_map_key_ref: optional(keyOf) }).superRefine(
      (from, context) => {
        if (Object.keys(from as Keys).length !== 1)
          context.addIssue({ code: "custom", message: "must be one key of a Secret or of a ConfigMap" });
      },
    ),
  ),
}).superRefine((variable, context) => {
  const { value, value_from: from } = variable as Keys;
  if ((value === undefined) === (from === undefined))
    context.addIssue({ code: "custom", message: "must have a value, or take it from a key" });
});

/** What Pod Security `restricted` asks of a container, with the user said by its number. */
const containerSecurity: Shape = block({
  allow_privilege_escalation: only(false),
  capabilities: block({ drop: list(only("ALL")) }),
  read_only_root_filesystem: flag,
  run_as_non_root: only(true),
  run_as_user: whole(1),
  run_as_group: whole(1),
}).superRefine((security, context) => {
  const { run_as_user: user, run_as_group: group } = security as Readonly<Record<string, unknown>>;
  if (String(user) !== String(group))
    context.addIssue({
      code: "custom",
      path: ["run_as_group"],
      message: "must be the number of run_as_user: files of the group would be another one's",
    });
});

/** Of every container, also of one that ends before the application starts. */
const anyContainer = (written: Shape): Keys => ({
  name,
  image: textLike(/^[^\s@:]+(:\d+\/[^\s@:]+)?(:[\w.-]+)?(@sha(256|512):[a-f0-9]+)?$/, "be an image"),
  command: optional(z.array(z.string())),
  args: optional(z.array(z.string())),
  env: optional(z.array(variable)),
  resources: written,
  security_context: containerSecurity,
  volume_mount: blocks({ name, mount_path: path, read_only: optional(only(true)) }),
});

/** Of a container that does not end by itself. */
const serving: Keys = {
  port: optional(blocks({ name: optional(portName), container_port: port })),
  startup_probe: optional(startupProbe),
  readiness_probe: optional(continuousProbe),
  liveness_probe: optional(continuousProbe),
};

/** A wait before the application is told to end: how long it takes counts as well as its drain. */
const lifecycle: Shape = block({
  pre_stop: block({
    exec: block({
      command: z
        .array(z.string())
        .refine(
          (command) => preStopSeconds(command) !== undefined,
          'must be a wait that the grace period can count: ["sleep", "5"]',
        ),
    }),
  }),
});

/** The agent's own token: bound to Vault, and renewed by the kubelet long before it ends. */
const token: Keys = {
  service_account_token: block({
    audience: text,
    // Kubernetes takes nothing shorter; one that is longer serves a thief for longer.
    expiration_seconds: whole(600, 3600),
    path: only("token"),
  }),
};

const volume: Keys = {
  name,
  config_map: optional(block({ name: text })),
  empty_dir: optional(block({ size_limit: optional(positive) })),
  persistent_volume_claim: optional(block({ claim_name: text })),
  projected: optional(block({ sources: blocks(token) })),
  secret: optional(block({ secret_name: text, items: optional(blocks({ key: text, path: text })) })),
};

/** Taints that the pods bear: on which node they are nothing of the chain depends on. */
const tolerations: Shape = blocks({
  key,
  operator: only("Equal", "Exists"),
  value: optional(text),
  effect: optional(only("NoSchedule", "PreferNoSchedule", "NoExecute")),
}).superRefine((written, context) => {
  (written as readonly Keys[]).forEach(({ operator, value }, index) => {
    if (String(operator) === "Exists" && value !== undefined)
      context.addIssue({ code: "custom", path: [index, "value"], message: "must not stand beside Exists" });
  });
});

const spread: Keys = {
  max_skew: whole(1, 10),
  topology_key: only("kubernetes.io/hostname", "topology.kubernetes.io/zone"),
  // A pod that no node takes is a replica fewer.
  when_unsatisfiable: only("ScheduleAnyway"),
  label_selector: block({ match_labels: labels }),
};

/** What a template has beside what leasehold renders of its own accord, where a workload says why. */
interface Beside {
  readonly spec: Keys;
  readonly initContainer: Keys;
  readonly container: Keys;
}

const ofItsOwn = anyContainer(resources({ cpu: positive, memory: positive }, { memory: positive }));

const NOTHING: Beside = {
  spec: {},
  initContainer: ofItsOwn,
  container: { ...ofItsOwn, ...serving },
};

/** The pods of a workload that restarts them as it says. */
export function podTemplate(restartPolicy: "Always" | "Never", beside: Beside = NOTHING): Shape {
  return block({
    // Annotations decide about the agent: a proof of their own reads them.
    metadata: block({ labels, annotations }),
    spec: block({
      service_account_name: name,
      // The application has no use for a token of the API server's.
      automount_service_account_token: only(false),
      termination_grace_period_seconds: whole(1),
      restart_policy: only(restartPolicy),
      share_process_namespace: optional(only(true)),
      image_pull_secrets: optional(blocks({ name: text })),
      security_context: block({
        run_as_non_root: only(true),
        seccomp_profile: block({ type: only("RuntimeDefault") }),
        // Storage belongs to the application's group, and is left alone where it does already.
        fs_group: optional(whole(1)),
        fs_group_change_policy: optional(only("OnRootMismatch")),
      }).superRefine((written, context) => {
        const { fs_group: group, fs_group_change_policy: policy } = written as Keys;
        if ((group === undefined) !== (policy === undefined))
          context.addIssue({
            code: "custom",
            path: ["fs_group_change_policy"],
            message:
              "must stand with fs_group: storage of a million files would be looked through at each start",
          });
      }),
      topology_spread_constraint: optional(blocks(spread)),
      node_selector: optional(labels),
      toleration: optional(tolerations),
      priority_class_name: optional(objectName),
      init_container: optional(blocks(beside.initContainer)),
      container: blocks(beside.container),
      volume: blocks(volume),
      ...beside.spec,
    }),
  });
}

/** Of a patch that a workload declares with its reason: fields on which nothing of the chain depends. */
export function patchedTemplate(restartPolicy: "Always" | "Never"): Shape {
  return podTemplate(restartPolicy, PATCHED);
}

const patchedContainer: Keys = {
  ...anyContainer(
    resources(
      { cpu: positive, memory: positive, "ephemeral-storage": optional(positive) },
      { memory: positive, cpu: optional(positive), "ephemeral-storage": optional(positive) },
    ),
  ),
  image_pull_policy: optional(only("Always", "IfNotPresent", "Never")),
  working_dir: optional(path),
};

const PATCHED: Beside = {
  spec: {
    // On which node they run, and by whose choice.
    affinity: optional(affinity),
    scheduler_name: optional(text),
    runtime_class_name: optional(objectName),
    // Others know nothing of the names in the cluster, and answer with what they like.
    dns_policy: optional(only("ClusterFirst")),
    dns_config: optional(
      block({
        searches: optional(list(textLike(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.?$/, "be a name of DNS"))),
        option: optional(blocks({ name: text, value: optional(text) })),
      }),
    ),
    enable_service_links: optional(flag),
    readiness_gate: optional(blocks({ condition_type: key })),
  },
  initContainer: patchedContainer,
  container: { ...patchedContainer, ...serving, lifecycle: optional(lifecycle) },
};

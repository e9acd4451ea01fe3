import { INJECTOR_PREFIX, isUnknown, known, ownValue, type Workload } from "../../access";
import { MANIFEST_CONTAINER, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";
import { kindOf } from "./annotations";

export const deniedValue: Rule = {
  id: "lifecycle/denied-value",
  severity: "error",
  title: "value that the webhook denies",
  why: "The webhook refuses the pod, also under failurePolicy Ignore, because it has answered; the Deployment only says that its ReplicaSet creates nothing. (vault-k8s, agent.go)",
  example: {
    language: "yaml",
    text: `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  replicas: 2
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "yes"
        vault.hashicorp.com/role: orders
${MANIFEST_SECRET}
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check({ workloads }) {
    for (const workload of workloads) {
      const { origin: at, pod } = workload;
      if (pod.injection === undefined) continue;
      for (const [key, value] of Object.entries(pod.annotations)) {
        if (!key.startsWith(INJECTOR_PREFIX) || typeof value !== "string") continue;
        const kind = kindOf(key.slice(INJECTOR_PREFIX.length));
        const allowed = kind === undefined ? undefined : ownValue(FORMS, kind);
        if (allowed === undefined || allowed.form.test(value)) continue;
        yield {
          at,
          message: `${key} is ${show(value)}, which is no ${kind}`,
          fix: `write ${allowed.example}`,
        };
      }
      for (const problem of podProblems(workload)) yield { at, ...problem };
    }
  },
};

const FORMS: Readonly<Record<string, { form: RegExp; example: string }>> = {
  boolean: { form: /^(|0|1|[tTfF]|true|false|TRUE|FALSE|True|False)$/, example: '"true" or "false"' },
  integer: { form: /^\d*$/, example: "a whole number without a unit" },
  number: { form: /^\d+(\.\d*)?$|^\.\d+$/, example: 'a number, such as "0.9"' },
  duration: {
    form: /^(|(\d+(\.\d+)?(ns|us|ms|s|m|h))+)$/,
    example: 'a duration with its unit, such as "5s"',
  },
  quantity: { form: /^(|\d+(\.\d+)?(m|k|M|G|Ki|Mi|Gi)?)$/, example: 'a quantity, such as "64Mi" or "100m"' },
};

function* podProblems({ pod, namespace }: Workload) {
  const { injection } = pod;
  if (injection?.requested !== true) return;
  if (injection.initPatch === undefined || injection.sidecarPatch === undefined) {
    yield {
      message: "the JSON patch of an agent is no JSON list",
      fix: "write a list of operations of RFC 6902",
    };
  }
  const where = known(namespace);
  if (where === "kube-system" || where === "kube-public") {
    yield {
      message: `the injector refuses pods in ${where}`,
      fix: "run the workload in a namespace of its own",
    };
  }
  const template = pod.annotations[`${INJECTOR_PREFIX}agent-inject-default-template`];
  if (typeof template === "string" && !["map", "json"].includes(template.toLowerCase())) {
    yield { message: `agent-inject-default-template is ${show(template)}`, fix: "write map or json" };
  }
  const { tokenVolume } = injection;
  const isProjected = pod.volumes.some(({ name, projected }) => name === tokenVolume && projected);
  if (tokenVolume !== undefined && !isUnknown(tokenVolume) && !isProjected) {
    yield {
      message: `agent-service-account-token-volume-name names ${show(tokenVolume)}, which is no projected volume of the pod`,
      fix: "add a projected volume of that name with a serviceAccountToken",
    };
  }
  if (tokenVolume === undefined && pod.automountServiceAccountToken === false) {
    yield {
      message: "the pod mounts no ServiceAccount token for the agent to log in with",
      fix: "project a token into a volume and name it in agent-service-account-token-volume-name",
    };
  }
  if (injection.runAsSameUser && (known(pod.containers[0]?.runAsUser) ?? 0) === 0) {
    yield {
      message:
        "agent-run-as-same-user needs a runAsUser above 0 in the first container's own securityContext",
      fix: "set runAsUser in the container, or agent-run-as-user",
    };
  }
  if (
    pod.shareProcessNamespace === false &&
    pod.annotations[`${INJECTOR_PREFIX}agent-share-process-namespace`] === "true"
  ) {
    yield {
      message: "shareProcessNamespace is false and agent-share-process-namespace is true",
      fix: "remove one",
    };
  }
}

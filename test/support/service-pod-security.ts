import type { PodTemplate } from "../../lib/service";

/** Volumes that Pod Security `restricted` allows. */
const VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

type Json = Record<string, unknown>;

/** Where a pod breaks the rules of Pod Security `restricted` (v1.36), in the words of the standard. */
export function restrictedViolations({ spec }: Pick<PodTemplate, "spec">): string[] {
  const pod = spec as unknown as Json;
  const podContext = (pod["securityContext"] ?? {}) as Json;
  const containers = [...((pod["initContainers"] ?? []) as Json[]), ...(pod["containers"] as Json[])];
  return [
    ...["hostNetwork", "hostPID", "hostIPC"].filter((key) => pod[key] === true),
    ...(pod["volumes"] as Json[]).flatMap((volume) =>
      Object.keys(volume).filter((key) => key !== "name" && !VOLUMES.includes(key)),
    ),
    ...containers.flatMap((container) =>
      containerViolations((container["securityContext"] ?? {}) as Json, podContext),
    ),
  ];
}

function containerViolations(context: Json, podContext: Json): string[] {
  const inherited = (key: string) => context[key] ?? podContext[key];
  const capabilities = (context["capabilities"] ?? {}) as { add?: string[]; drop?: string[] };
  const seccomp = (inherited("seccompProfile") ?? {}) as { type?: string };
  const rules: [string, boolean][] = [
    ["privileged", context["privileged"] !== true],
    ["allowPrivilegeEscalation", context["allowPrivilegeEscalation"] === false],
    ["capabilities.drop", capabilities.drop?.includes("ALL") ?? false],
    ["capabilities.add", (capabilities.add ?? []).every((name) => name === "NET_BIND_SERVICE")],
    ["runAsNonRoot", inherited("runAsNonRoot") === true],
    ["runAsUser", inherited("runAsUser") !== 0],
    ["seccompProfile", ["RuntimeDefault", "Localhost"].includes(seccomp.type ?? "")],
  ];
  return rules.filter(([, holds]) => !holds).map(([rule]) => rule);
}

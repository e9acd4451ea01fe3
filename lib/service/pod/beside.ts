import type { OtherContainer, Sidecar, VariableSource } from "../declaration/pod";
import { containerUser, type OwnWorkload } from "../declaration/workload";
import { probesOf } from "./probes";
import { containerSecurityContext, type PodRequirements } from "./requirements";
import type { Container, EnvVar, Volume } from "./types";
import { declaredVolumes, mountOf } from "./volumes";

/** Variables of a container's own. */
export function variablesOf(env: Readonly<Record<string, string | VariableSource>> = {}): EnvVar[] {
  return Object.entries(env).map(([name, value]) => ({ name, ...valueOf(value) }));
}

function valueOf(value: string | VariableSource) {
  if (typeof value === "string") return { value };
  return "secret" in value
    ? { valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } }
    : { valueFrom: { configMapKeyRef: { name: value.configMap, key: value.key } } };
}

/** The containers beside the application's, and before it. */
export function containersBeside({ pod = {} }: OwnWorkload): readonly OtherContainer[] {
  return [...(pod.initContainers ?? []), ...(pod.sidecars ?? [])];
}

/** A directory for what each of them writes for a while. */
export function temporaryVolumes(workload: OwnWorkload): Volume[] {
  return containersBeside(workload).map(({ name }) => ({ name: temporaryVolume(name), emptyDir: {} }));
}

function temporaryVolume(container: string): string {
  return `tmp-${container}`;
}

/** A container beside the application's, or before it, which is asked nothing. With databases it has what the application has of them, and nothing else of it. */
export function otherContainer(
  container: Sidecar,
  workload: OwnWorkload,
  required: PodRequirements,
): Container {
  const { name, image, command, args, databases = "none", filesystem = "read-only" } = container;
  const { cpu = "100m", memory = "256Mi" } = container.resources ?? {};
  const hasDatabases = databases === "all";
  const user = hasDatabases ? containerUser(workload) : (container.uid ?? 10_001);
  const own = declaredVolumes(workload).filter((volume) => container.volumes?.includes(volume.name));
  return {
    name,
    image,
    ...(command && { command }),
    ...(args && { args }),
    env: [...variablesOf(container.env), ...(hasDatabases ? required.env : [])],
    resources: { requests: { cpu, memory }, limits: { memory } },
    securityContext: {
      ...containerSecurityContext(user),
      readOnlyRootFilesystem: filesystem === "read-only",
    },
    volumeMounts: [
      ...(hasDatabases ? required.volumeMounts : []),
      { name: temporaryVolume(name), mountPath: "/tmp" },
      ...own.map(mountOf),
    ],
    ...probesOf(container),
  };
}

import {
  asBoolean,
  asList,
  asNumber,
  asObject,
  asObjects,
  asText,
  isUnknown,
  known,
  type Known,
  type Value,
  type ValueObject,
  type Workload,
} from "../access";

/** Levels of the Pod Security Standards that refuse anything (Kubernetes 1.36). */
export type PodSecurityLevel = "baseline" | "restricted";

/** Where the pods of a workload, as the injector makes them, break a level. What is not known breaks nothing. */
export function* podSecurityProblems({ pod }: Workload, level: PodSecurityLevel): Iterable<string> {
  const { spec } = pod;
  if (asText(asObject(spec.os).name) === "windows") return;
  const context = asObject(spec.securityContext);
  for (const key of ["hostNetwork", "hostPID", "hostIPC"]) if (isOn(spec[key])) yield `${key} is true`;
  yield* volumeProblems(spec, level);
  yield* contextProblems("the pod", context);
  const containers = [...asObjects(spec.initContainers), ...asObjects(spec.containers)];
  for (const container of containers) {
    const name = `the container ${String(known(asText(container.name)) ?? "")}`;
    const own = asObject(container.securityContext);
    yield* contextProblems(name, own);
    yield* baselineProblems(name, container, own);
    // What a patch does not say may stand in what it is laid upon.
    if (level === "restricted" && container.image !== undefined)
      yield* restrictedProblems(name, own, context);
  }
  const isPatch = containers.every(({ image }) => image === undefined);
  if (level === "restricted" && pod.injection?.requested === true && !isPatch && !hasProfile(context))
    if (!JSON.stringify([pod.injection.initPatch, pod.injection.sidecarPatch]).includes("seccompProfile"))
      yield "the agent that the injector adds has no seccompProfile";
}

function isOn(value: Value | undefined): boolean {
  return known(asBoolean(value)) === true;
}

/** Of both the pod and its containers. */
function* contextProblems(name: string, context: ValueObject): Iterable<string> {
  if (asText(asObject(context.seccompProfile).type) === "Unconfined") yield `${name} is without seccomp`;
  if (asText(asObject(context.appArmorProfile).type) === "Unconfined") yield `${name} is without AppArmor`;
  if (isOn(asObject(context.windowsOptions).hostProcess)) yield `${name} is a process of the host`;
  for (const { name: sysctl } of asObjects(context.sysctls ?? context.sysctl))
    if (typeof sysctl === "string" && !SYSCTLS.has(sysctl)) yield `${name} sets ${sysctl}`;
}

const SYSCTLS = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
]);

/** Capabilities that a container has anyway. */
const CAPABILITIES = new Set([
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"],
  ...["SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
]);

function* baselineProblems(name: string, { ports }: ValueObject, context: ValueObject): Iterable<string> {
  if (isOn(context.privileged)) yield `${name} is privileged`;
  for (const each of added(context)) if (!CAPABILITIES.has(each)) yield `${name} adds ${each}`;
  const procMount = known(asText(context.procMount));
  if (procMount !== undefined && procMount !== "Default") yield `${name} mounts ${procMount} of /proc`;
  const port = asObjects(ports).find(({ hostPort }) => (known(asNumber(hostPort)) ?? 0) !== 0);
  if (port !== undefined) yield `${name} takes a port of the node`;
}

function added({ capabilities }: ValueObject): string[] {
  return asList(asObject(capabilities).add).filter((each) => typeof each === "string");
}

function* restrictedProblems(name: string, own: ValueObject, pod: ValueObject): Iterable<string> {
  const inherited = (key: string): Known<string> => asText(own[key]) ?? asText(pod[key]);
  const isNot = (value: Known<string>, wanted: string) => !isUnknown(value) && value !== wanted;
  if (isNot(asText(own.allowPrivilegeEscalation), "false")) yield `${name} may escalate its privileges`;
  if (isNot(inherited("runAsNonRoot"), "true")) yield `${name} may run as root`;
  if (known(inherited("runAsUser")) === "0") yield `${name} runs as root`;
  const { drop } = asObject(own.capabilities);
  if (!isUnknown(drop) && !asList(drop).includes("ALL")) yield `${name} does not drop ALL capabilities`;
  for (const each of added(own)) if (each !== "NET_BIND_SERVICE") yield `${name} adds ${each}`;
  if (!hasProfile(own) && !hasProfile(pod)) yield `${name} has no seccompProfile`;
}

function hasProfile({ seccompProfile }: ValueObject): boolean {
  if (isUnknown(seccompProfile)) return true;
  const type = asText(asObject(seccompProfile).type);
  return isUnknown(type) || type === "RuntimeDefault" || type === "Localhost";
}

/** Kinds of volumes of `restricted`, in Kubernetes' words and in those of Terraform's provider. */
const VOLUMES = new Set([
  ...["configMap", "csi", "downwardAPI", "downwardApi", "emptyDir", "ephemeral", "image"],
  ...["persistentVolumeClaim", "projected", "secret"],
]);

function* volumeProblems({ volumes }: ValueObject, level: PodSecurityLevel): Iterable<string> {
  for (const { name, ...kinds } of asObjects(volumes)) {
    // A plan has an empty list for each kind that a volume is not of.
    const set = Object.keys(kinds).filter((kind) => asList(kinds[kind]).length > 0);
    const refused = set.filter((kind) => (level === "baseline" ? kind === "hostPath" : !VOLUMES.has(kind)));
    for (const kind of refused) yield `the volume ${String(known(asText(name)))} is a ${kind}`;
  }
}

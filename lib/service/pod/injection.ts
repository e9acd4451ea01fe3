import type { InjectedFile, InjectionInput } from "../declaration/injection-input";
import { initPatch, sidecarPatch } from "./agent-patches";

/** Annotations of the injector that we use; a name that it does not know would be ignored without a word. */
type PodAnnotation =
  | "agent-inject"
  | "agent-inject-containers"
  | "agent-init-first"
  | "agent-init-json-patch"
  | "agent-json-patch"
  | "agent-pre-populate"
  | "agent-limits-cpu"
  | "agent-limits-mem"
  | "agent-pre-populate-only"
  | "agent-requests-cpu"
  | "agent-requests-mem"
  | "agent-revoke-grace"
  | "agent-revoke-on-shutdown"
  | "agent-run-as-user"
  | "agent-service-account-token-volume-name"
  | "agent-set-security-context"
  | "agent-share-process-namespace"
  | "auth-path"
  | "namespace"
  | "role"
  | "service"
  | "template-config-exit-on-retry-failure";

/** Those that end in the name of a file. */
type FileAnnotation =
  | "agent-inject-command"
  | "agent-inject-file"
  | "agent-inject-perms"
  | "agent-inject-secret"
  | "agent-inject-template"
  | "error-on-missing-key";

type Annotation = readonly [PodAnnotation | `${FileAnnotation}-${string}`, string];

/** All annotations of a pod that gets credentials. */
export function injectionAnnotations(input: InjectionInput): Record<string, string> {
  const annotations = [
    ...login(input),
    ...agent(input),
    ...input.files.flatMap(file),
    ...restart(input),
    ...mode(input),
  ];
  return Object.fromEntries(annotations.map(([key, value]) => [`vault.hashicorp.com/${key}`, value]));
}

function login({ role, authPath, address, namespace, tokenVolume }: InjectionInput): Annotation[] {
  return [
    ["agent-inject", "true"],
    ["role", role],
    ["auth-path", `auth/${authPath}`],
    ["service", address],
    ...(namespace === undefined ? [] : [["namespace", namespace] as const]),
    ["agent-service-account-token-volume-name", tokenVolume],
  ];
}

function agent({ containers, uid, injection }: InjectionInput): Annotation[] {
  return [
    ["agent-inject-containers", containers.join(",")],
    // The files are readable by their owner only. The number is said, because the injector would
    // otherwise look at the pod's first container, which need not be this one.
    ["agent-run-as-user", String(uid)],
    ["agent-set-security-context", "true"],
    ["agent-init-first", "true"],
    // An agent that has given up is restarted, which the pod's restart count shows. One that nobody
    // depends on yet must not make the pod unready.
    ["template-config-exit-on-retry-failure", String(injection.mode !== "beside")],
    ["agent-requests-cpu", "10m"],
    ["agent-requests-mem", "64Mi"],
    // Empty is none: an agent that is throttled writes its first file late.
    ["agent-limits-cpu", ""],
    ["agent-limits-mem", "128Mi"],
  ];
}

function file({ name, credsPath, fileName, template }: InjectedFile): Annotation[] {
  return [
    [`agent-inject-secret-${name}`, credsPath],
    [`agent-inject-template-${name}`, template],
    [`agent-inject-file-${name}`, fileName],
    [`agent-inject-perms-${name}`, "0400"],
    [`error-on-missing-key-${name}`, "true"],
  ];
}

/** At the first file there is no such process yet, and nobody to tell. */
function restart({ files, restartOnRotation }: InjectionInput): Annotation[] {
  if (restartOnRotation === undefined) return [];
  const { process, signal = "TERM" } = restartOnRotation;
  return [
    ["agent-share-process-namespace", "true"],
    ...files.map(({ name }): Annotation => [
      `agent-inject-command-${name}`,
      `pkill -${signal} -x ${process} || true`,
    ]),
  ];
}

function mode(input: InjectionInput): Annotation[] {
  switch (input.injection.mode) {
    case "beside":
      return [
        ["agent-pre-populate", "false"],
        ["agent-revoke-on-shutdown", "true"],
        ["agent-revoke-grace", String(input.timing.revokeGrace.value)],
        ...patch("agent-json-patch", sidecarPatch(input)),
      ];
    case "native-sidecar":
    case "init-only":
      return [["agent-pre-populate-only", "true"], ...patch("agent-init-json-patch", initPatch(input))];
    case "init-and-sidecar":
      return [
        ["agent-revoke-on-shutdown", "true"],
        ["agent-revoke-grace", String(input.timing.revokeGrace.value)],
        ...patch("agent-init-json-patch", initPatch(input)),
        ...patch("agent-json-patch", sidecarPatch(input)),
      ];
  }
}

function patch(
  key: "agent-init-json-patch" | "agent-json-patch",
  operations: readonly object[],
): Annotation[] {
  return operations.length === 0 ? [] : [[key, JSON.stringify(operations)]];
}

import { asNumber } from "../read";
import { isUnknown, known, type Known } from "../value";

/** Prefix of the injector's annotations. */
export const INJECTOR_PREFIX = "vault.hashicorp.com/";

/** Where the injector mounts files that say nothing else. */
const SECRETS_DIRECTORY = "/vault/secrets";

/**
 * Which agents the injector adds. `native-sidecar`: one that starts before the application and stays;
 * `init-only`: one that ends before the application starts; `init-and-sidecar`: both, each with a login
 * and credentials of its own; `sidecar-only`: one beside the application; `none`: no agent at all.
 */
export type InjectionMode =
  "native-sidecar" | "init-only" | "init-and-sidecar" | "sidecar-only" | "none" | "unknown";

/** What a pod's annotations ask of the injector. */
export interface Injection {
  /** Whether they ask for an agent at all. */
  readonly requested: Known<boolean>;
  /** Role of the auth method. */
  readonly role: Known<string>;
  /** Path of the auth method, without `auth/`; the injector's, or `kubernetes`, where nothing is said. */
  readonly authPath: Known<string>;
  /** Namespace of Vault Enterprise in which it logs in and reads; absent: the injector's. */
  readonly namespace: Known<string>;
  /** Vault's address; absent: the injector's. */
  readonly address: Known<string>;
  readonly mode: InjectionMode;
  /** Names of the containers that get the files; absent: all. */
  readonly containers: readonly string[] | undefined;
  readonly uses: readonly CredentialUse[];
  /** User that the agents run as; absent: the injector's 100. */
  readonly runAsUser: Known<number>;
  /** Whether the agents run as the user of the pod's first container. */
  readonly runAsSameUser: boolean;
  /** The projected volume whose token logs in; absent: the pod's own token. */
  readonly tokenVolume: Known<string>;
  /** Operations on the agent's containers, of RFC 6902; nothing where they cannot be read. */
  readonly initPatch: readonly PatchOperation[] | undefined;
  readonly sidecarPatch: readonly PatchOperation[] | undefined;
}

export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** A file that an agent writes from one path of Vault. */
export interface CredentialUse {
  /** What ties the annotations of one file together. */
  readonly name: string;
  /** Path that is read, such as `database/creds/orders`. */
  readonly path: Known<string>;
  /** Path of the file in the pod. */
  readonly file: Known<string>;
  /** Mode in octal; absent: 0644. */
  readonly permissions: Known<string>;
  readonly template: Known<string>;
  /** What the agent runs after each new file. */
  readonly command: Known<string>;
}

type Annotations = Readonly<Record<string, Known<string>>>;

/** What the annotations say; nothing where there are none of the injector. */
export function readInjection(annotations: Annotations): Injection | undefined {
  if (!Object.keys(annotations).some((key) => key.startsWith(INJECTOR_PREFIX))) return undefined;
  const get = (key: string) => annotations[INJECTOR_PREFIX + key];
  const containers = known(get("agent-inject-containers"));
  const initPatch = patch(get("agent-init-json-patch"));
  return {
    requested: flag(get("agent-inject")),
    role: get("role"),
    authPath: authPath(get("auth-path")),
    namespace: get("namespace"),
    address: get("service"),
    mode: injectionMode(get, initPatch),
    // The injector splits without trimming.
    containers: containers === undefined ? undefined : containers.split(","),
    uses: readUses(annotations),
    runAsUser: asNumber(get("agent-run-as-user")),
    runAsSameUser: flag(get("agent-run-as-same-user")) === true,
    tokenVolume: get("agent-service-account-token-volume-name"),
    initPatch,
    sidecarPatch: patch(get("agent-json-patch")),
  };
}

/** As Go's ParseBool reads it; other texts are refused by the injector. */
export function flag(value: Known<string>): Known<boolean> {
  if (value === undefined || isUnknown(value)) return value;
  if (["1", "t", "T", "true", "TRUE", "True"].includes(value)) return true;
  return ["", "0", "f", "F", "false", "FALSE", "False"].includes(value) ? false : undefined;
}

/** What a path of an auth method comes to, as an annotation or the injector has it. */
export function authPath(value: Known<string>): Known<string> {
  if (isUnknown(value)) return value;
  return value === undefined || value === ""
    ? "kubernetes"
    : value.replace(/^auth\//, "").replace(/\/+$/, "");
}

function injectionMode(
  get: (key: string) => Known<string>,
  initPatch: readonly PatchOperation[] | undefined,
): InjectionMode {
  const prePopulate = flag(get("agent-pre-populate")) !== false;
  const only = flag(get("agent-pre-populate-only")) === true;
  if (!prePopulate) return only ? "none" : "sidecar-only";
  if (!only) return "init-and-sidecar";
  if (isUnknown(get("agent-init-json-patch"))) return "unknown";
  const stays = initPatch?.some(({ path, value }) => path === "/restartPolicy" && value === "Always");
  return stays === true ? "native-sidecar" : "init-only";
}

function patch(value: Known<string>): readonly PatchOperation[] | undefined {
  if (value === undefined || isUnknown(value) || value === "") return [];
  try {
    const operations: unknown = JSON.parse(value);
    return Array.isArray(operations) ? (operations as PatchOperation[]) : undefined;
  } catch {
    return undefined;
  }
}

function readUses(annotations: Annotations): CredentialUse[] {
  const names = new Set(
    Object.keys(annotations).flatMap((key) => {
      const name = /^vault\.hashicorp\.com\/agent-inject-(?:secret|template)-(.+)$/.exec(key)?.[1];
      return name === undefined || name.startsWith("file-") ? [] : [name];
    }),
  );
  return [...names].sort().flatMap((name) => usesOf(name, annotations));
}

function usesOf(name: string, annotations: Annotations): CredentialUse[] {
  const get = (key: string) => annotations[`${INJECTOR_PREFIX}${key}-${name}`];
  const template = get("agent-inject-template");
  const use = {
    name,
    file: filePath(name, annotations),
    permissions: get("agent-inject-perms"),
    template,
    command: get("agent-inject-command"),
  };
  return secretPaths(get("agent-inject-secret"), template).map((path) => ({ ...use, path }));
}

/** A template reads what it names; without one the path of the secret is read. */
function secretPaths(secret: Known<string>, template: Known<string>): Known<string>[] {
  if (template === undefined || template === "") return [normalized(secret)];
  if (isUnknown(template)) return [secret === undefined ? template : normalized(secret)];
  const paths = [...template.matchAll(/\bsecret\s+(?:"([^"]+)"|`([^`]+)`)/g)].map(
    ([, quoted, raw]) => quoted ?? raw ?? "",
  );
  return paths.length === 0 ? [normalized(secret)] : [...new Set(paths)].map(normalized);
}

function normalized(path: Known<string>): Known<string> {
  return typeof path === "string" ? path.replace(/^\/+/, "").replace(/\/+$/, "") : path;
}

function filePath(name: string, annotations: Annotations): Known<string> {
  const get = (key: string) => annotations[INJECTOR_PREFIX + key];
  const directory = get(`secret-volume-path-${name}`) ?? get("secret-volume-path") ?? SECRETS_DIRECTORY;
  const keepsCase = flag(get(`preserve-secret-case-${name}`) ?? get("preserve-secret-case")) === true;
  const file = get(`agent-inject-file-${name}`) ?? (keepsCase ? name : name.toLowerCase());
  if (isUnknown(directory)) return directory;
  return isUnknown(file) ? file : `${directory}/${file}`;
}

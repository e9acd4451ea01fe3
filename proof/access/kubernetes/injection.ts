import { asNumber } from "../read";
import { isUnknown, known, Unknown, type Known } from "../value";

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
  /** The ConfigMap from whose files the agents are configured, and not from the annotations. */
  readonly configMap: Known<string>;
  /** Which of these files the ConfigMap has not got, and an agent ends without. */
  readonly missingFiles: readonly string[];
  /** What of the login nobody judges, such as `login of a pod by jwt`. */
  readonly notJudged: string | undefined;
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
  /** Whatever switches the agents' cache on. */
  readonly cachedBy: readonly string[];
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
  /** Whether a field that is not there is an error, and not `<no value>` in the file. */
  readonly errorOnMissingKey: Known<boolean>;
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
    configMap: get("agent-configmap") === "" ? undefined : get("agent-configmap"),
    missingFiles: [],
    ...login(get("auth-type"), get("role") || get("auth-config-role"), get("auth-path")),
    namespace: get("namespace"),
    address: get("service"),
    mode: injectionMode(get, initPatch),
    // The injector splits without trimming.
    containers: containers === undefined ? undefined : containers.split(","),
    uses: readUses(annotations),
    cachedBy: CACHING.filter((key) => flag(get(key)) === true).map((key) => `${INJECTOR_PREFIX}${key}`),
    runAsUser: asNumber(get("agent-run-as-user")),
    runAsSameUser: flag(get("agent-run-as-same-user")) === true,
    tokenVolume: get("agent-service-account-token-volume-name"),
    initPatch,
    sidecarPatch: patch(get("agent-json-patch")),
  };
}

/** To quit it needs a listener, and a listener the cache. (vault-k8s 1.7.6, config.go; Vault 1.21, command/agent.go) */
const CACHING = ["agent-cache-enable", "agent-enable-quit"];

/** As what an agent logs in, and where; of another method than Kubernetes' nobody judges it. */
export function login(
  type: Known<string>,
  role: Known<string>,
  path: Known<string>,
): Pick<Injection, "role" | "authPath" | "notJudged"> {
  if (type === undefined || type === "" || type === "kubernetes")
    return { role, authPath: authPath(path), notJudged: undefined };
  const method = isUnknown(type) ? type : new Unknown(`the auth method ${type}`);
  return {
    role: method,
    authPath: method,
    notJudged: `login of a pod by ${known(type) ?? "another method"}`,
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
    errorOnMissingKey: flag(
      get("error-on-missing-key") ?? annotations[`${INJECTOR_PREFIX}error-on-missing-key`],
    ),
  };
  return secretPaths(get("agent-inject-secret"), template).map((path) => ({ ...use, path }));
}

/** A template reads what it names; without one the path of the secret is read. */
export function secretPaths(secret: Known<string>, template: Known<string>): Known<string>[] {
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

import type { Manifest } from "./kubernetes/manifest";
import { readMadeSecrets } from "./kubernetes/operators";
import { WORKLOADS, type Workload } from "./kubernetes/workload";
import { asList, asObjects, asText, type ValueObject } from "./read";
import { rotatedBy } from "./rotations";
import type { TerraformAction, TerraformResource } from "./terraform/configuration";
import { known } from "./value";

/** Something that was seen and that nobody judges: no finding about it is no good news. */
export interface NotJudged {
  /** In the singular, such as `VaultDynamicSecret` or `Helm template`. */
  readonly what: string;
  readonly count: number;
  /** The files or folders in which it stands. */
  readonly places: readonly string[];
}

/** Kinds that are read; Namespaces for their labels. */
const READ = new Set(["ServiceAccount", "Secret", "ConfigMap", "Namespace"]);

/** Kinds of Kubernetes' own through which nobody comes to a password of a database. */
const NO_PART = new Set([
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "Endpoints",
  "EndpointSlice",
  "HorizontalPodAutoscaler",
  "Ingress",
  "IngressClass",
  "Kustomization",
  "LimitRange",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "PodDisruptionBudget",
  "PriorityClass",
  "ResourceQuota",
  "Role",
  "RoleBinding",
  "Service",
  "StorageClass",
]);

/** Types of the providers of Vault, Kubernetes, Helm and PostgreSQL that are read, or hold nothing to be read. */
const READ_TYPES = new Set([
  "helm_release",
  "kubectl_manifest",
  "kubernetes_annotations",
  "kubernetes_labels",
  "kubernetes_manifest",
  "vault_audit",
  "vault_auth_backend",
  "vault_database_secret_backend_connection",
  "vault_database_secret_backend_role",
  "vault_database_secret_backend_static_role",
  "vault_database_secrets_mount",
  "vault_identity_entity",
  "vault_identity_entity_alias",
  "vault_identity_group",
  "vault_identity_group_alias",
  "vault_kubernetes_auth_backend_config",
  "vault_kubernetes_auth_backend_role",
  "vault_mount",
  "vault_policy",
  "vault_quota_config",
  "vault_quota_rate_limit",
]);

/** Objects, resources and actions that no reader knows, and ways of pods to Vault that nobody judges, by kind. */
export function notJudged(
  objects: readonly Manifest[],
  resources: readonly TerraformResource[],
  actions: readonly TerraformAction[],
  patches: readonly string[],
  workloads: readonly Workload[],
): NotJudged[] {
  return countedByKind([
    ...workloads.flatMap(({ origin, pod }) =>
      unjudgedLogins(pod).map((what) => [what, origin.file] as const),
    ),
    ...patches.map((file) => ["patch of Kustomize's", file] as const),
    ...objects.flatMap((object) => {
      const { kind, origin } = object;
      const isRead = WORKLOADS.has(kind) || READ.has(kind) || NO_PART.has(kind) || kind === "";
      // What stands in a resource is told by its type, where that is not read either.
      const isMade = readMadeSecrets(object).length > 0;
      return isRead && !isMade ? [] : [[kind, origin.file] as const];
    }),
    ...resources.flatMap((resource) => {
      const what = unreadType(resource);
      return what === undefined ? [] : [[what, resource.origin.file] as const];
    }),
    ...actions
      .filter((action) => rotatedBy(action) === undefined)
      .map(({ type, origin }) => [`action of ${type}`, origin.file] as const),
  ]);
}

/** Ways to Vault that are not those of the injector, or of its annotations alone. */
function unjudgedLogins({ injection, spec }: Workload["pod"]): string[] {
  const containers = [...asObjects(spec.initContainers), ...asObjects(spec.containers)];
  return [
    ...(injection?.notJudged === undefined ? [] : [injection.notJudged]),
    ...(containers.some(isAgent) ? ["agent of a pod's own"] : []),
  ];
}

/** A container that somebody else than the injector has written: `vault agent -config=…`. */
function isAgent({ image, command, args }: ValueObject): boolean {
  const words = [...asList(command), ...asList(args)].filter((each) => typeof each === "string");
  return (
    /(^|\/)(vault|openbao)(-enterprise)?(:|@|$)/.test(known(asText(image)) ?? "") &&
    words.some((each) => /(^|\s)agent(\s|$)/.test(each))
  );
}

function unreadType({ mode, type, body }: TerraformResource): string | undefined {
  if (mode !== "managed") return undefined;
  if (type === "helm_release") {
    const chart = known(asText(body.chart)) ?? "a chart that is not known";
    return /(^|\/)vault$/.test(chart) ? undefined : "helm_release of another chart than Vault's";
  }
  if (type === "vault_generic_endpoint")
    return /(^|\/)rotate-root\//.test(known(asText(body.path)) ?? "") ? undefined : type;
  if (!/^(vault|kubernetes|kubectl|helm|postgresql)_/.test(type) || READ_TYPES.has(type)) return undefined;
  const kind = kindOf(type);
  return kind !== undefined && (WORKLOADS.has(kind) || READ.has(kind) || NO_PART.has(kind))
    ? undefined
    : type;
}

/** `kubernetes_cron_job_v1` describes a CronJob. */
function kindOf(type: string): string | undefined {
  const name = /^kubernetes_(.+?)(?:_v\d(?:(?:alpha|beta)\d)?)?$/.exec(type)?.[1];
  if (name === undefined) return undefined;
  return name === "daemonset"
    ? "DaemonSet"
    : name.replace(/(^|_)([a-z])/g, (_, _start, letter: string) => letter.toUpperCase());
}

/** Pairs of what and where, one entry for each what. */
export function countedByKind(seen: readonly (readonly [what: string, place: string])[]): NotJudged[] {
  const byKind = new Map<string, string[]>();
  for (const [what, place] of seen) byKind.set(what, [...(byKind.get(what) ?? []), place]);
  return [...byKind]
    .map(([what, places]) => ({ what, count: places.length, places: [...new Set(places)].sort() }))
    .sort((a, b) => (a.what < b.what ? -1 : Number(a.what > b.what)));
}

/** Places that are told of one kind; more of them help nobody. */
const MOST_PLACES = 3;

/** `3 Helm templates (deploy/chart/templates)`. */
export function shownNotJudged({ what, count, places }: NotJudged): string {
  const more = places.length - MOST_PLACES;
  const told = [...places.slice(0, MOST_PLACES), ...(more > 0 ? [`${more} more`] : [])].join(", ");
  return `${count} ${count === 1 ? what : plural(what)} (${told})`;
}

/** Kinds and types are names, and stay as they are. */
function plural(what: string): string {
  if (!what.includes(" ")) return what;
  const [, noun = "", rest = ""] = /^(.*?)( of .*)?$/.exec(what) ?? [];
  return `${noun}${noun.endsWith("ch") ? "es" : "s"}${rest}`;
}

import type { Origin } from "../origin";
import { ownValue, put } from "../own";
import { asObject, asText, asTextMap, isObject, type ValueObject } from "../read";
import type { TerraformResource } from "../terraform/configuration";
import type { Known, Value } from "../value";
import { yamlDocuments } from "./yaml";

/** A Kubernetes object, whoever wrote it; keys as in Kubernetes' own API. */
export interface Manifest {
  readonly origin: Origin;
  readonly kind: string;
  readonly name: Known<string>;
  /** Absent: that of whoever applies it. */
  readonly namespace: Known<string>;
  readonly labels: Readonly<Record<string, Known<string>>>;
  readonly annotations: Readonly<Record<string, Known<string>>>;
  readonly body: ValueObject;
}

const KINDS: Readonly<Record<string, string>> = {
  deployment: "Deployment",
  stateful_set: "StatefulSet",
  daemonset: "DaemonSet",
  daemon_set: "DaemonSet",
  cron_job: "CronJob",
  horizontal_pod_autoscaler: "HorizontalPodAutoscaler",
  job: "Job",
  pod: "Pod",
  service_account: "ServiceAccount",
  secret: "Secret",
  config_map: "ConfigMap",
};

/** The Kubernetes objects that a resource of Terraform describes, if it describes any. */
export function manifestsOfResource(resource: TerraformResource): Manifest[] {
  if (resource.mode !== "managed") return [];
  const { type, body, origin } = resource;
  if (type === "kubernetes_manifest") return [manifest(origin, asObject(body.manifest))];
  if (type === "kubectl_manifest") return manifestsOfYaml(asTextOrEmpty(body.yaml_body), origin);
  const kind = ownValue(KINDS, /^kubernetes_(.+?)(?:_v\d(?:beta\d)?)?$/.exec(type)?.[1] ?? "");
  return kind === undefined ? [] : [manifest(origin, { ...asObject(kubernetesNames(body)), kind })];
}

function asTextOrEmpty(value: Value | undefined): string {
  const text = asText(value);
  return typeof text === "string" ? text : "";
}

/** The objects of a YAML text with one or more documents. */
export function manifestsOfYaml(text: string, at: Origin | string): Manifest[] {
  return yamlDocuments(text).flatMap(({ body, offset }) => {
    if (!isObject(body) || typeof body.kind !== "string") return [];
    const items = Array.isArray(body.items) ? (body.items as readonly Value[]) : [body];
    return items.filter(isObject).map((item) => manifest(originOf(item, text, offset, at), item));
  });
}

function originOf(body: ValueObject, text: string, offset: number, at: Origin | string): Origin {
  if (typeof at !== "string") return at;
  const { name, namespace } = asObject(body.metadata);
  const address = [body.kind, namespace, name].filter((part) => typeof part === "string").join("/");
  return { address, file: at, line: text.slice(0, offset).split("\n").length };
}

function manifest(origin: Origin, body: ValueObject): Manifest {
  const metadata = asObject(body.metadata);
  return {
    origin,
    kind: typeof body.kind === "string" ? body.kind : "",
    name: asText(metadata.name),
    namespace: asText(metadata.namespace),
    labels: asTextMap(metadata.labels),
    annotations: asTextMap(metadata.annotations),
    body,
  };
}

/** Blocks that Terraform's provider names in the singular where Kubernetes has a list. */
const PLURALS: Readonly<Record<string, string>> = {
  container: "containers",
  init_container: "initContainers",
  volume: "volumes",
  volume_mount: "volumeMounts",
  volume_claim_template: "volumeClaimTemplates",
  port: "ports",
  toleration: "tolerations",
  topology_spread_constraint: "topologySpreadConstraints",
};

/** Keys whose values are data and not part of the schema. */
const DATA = new Set([
  "labels",
  "annotations",
  "data",
  "binary_data",
  "string_data",
  "match_labels",
  "node_selector",
]);

/** Kubernetes' names for what Terraform's provider writes in snake case; blocks that are no list become objects. */
function kubernetesNames(value: Value, key?: string): Value {
  if (Array.isArray(value)) {
    const entries = (value as readonly Value[]).map((entry) => kubernetesNames(entry));
    return key !== undefined && BLOCKS.has(key) ? (entries[0] ?? {}) : entries;
  }
  if (!isObject(value)) return value;
  const named: Record<string, Value> = {};
  for (const name of Object.keys(value)) {
    const entry = value[name] as Value;
    const plural = ownValue(PLURALS, name);
    if (DATA.has(name)) put(named, camelCase(name), asObject(entry));
    else if (plural !== undefined) put(named, plural, listOf(kubernetesNames(entry)));
    else put(named, camelCase(name), kubernetesNames(entry, name));
  }
  return named;
}

/** Nested blocks of which there is one at most, so that HCL and plans give a list of one. */
const BLOCKS = new Set([
  "metadata",
  "spec",
  "template",
  "job_template",
  "strategy",
  "rolling_update",
  "selector",
  "label_selector",
  "security_context",
  "capabilities",
  "seccomp_profile",
  "readiness_probe",
  "liveness_probe",
  "startup_probe",
  "exec",
  "http_get",
  "resources",
  "value_from",
  "secret_key_ref",
  "config_map_key_ref",
  "field_ref",
  "secret_ref",
  "config_map_ref",
  "secret",
  "config_map",
  "empty_dir",
  "persistent_volume_claim",
  "projected",
  "service_account_token",
  "lifecycle",
  "pre_stop",
  "update_strategy",
  "scale_target_ref",
]);

function listOf(value: Value): Value {
  return Array.isArray(value) ? value : [value];
}

const camelCased = new Map<string, string>();

/** A few dozen names come up again and again. */
function camelCase(name: string): string {
  const known = camelCased.get(name);
  if (known !== undefined) return known;
  const written = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  camelCased.set(name, written);
  return written;
}

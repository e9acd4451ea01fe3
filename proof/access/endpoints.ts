import { asObject, asText, isObject, type ValueObject } from "./read";
import type { TerraformResource } from "./terraform/configuration";
import { isUnknown, Unknown, type Known, type Value } from "./value";

/** Resources as they are, and what `vault_generic_endpoint` writes as the resource that would write the same. */
export function asOwnResources(resources: readonly TerraformResource[]): TerraformResource[] {
  return resources.map((resource) => {
    const path = asText(resource.body.path);
    if (resource.type !== "vault_generic_endpoint" || typeof path !== "string") return resource;
    const data = dataOf(resource.body.data_json);
    const written = path.replace(/^\/+|\/+$/g, "");
    const found = ENDPOINTS.find(
      ({ at, holds }) => at.test(written) && holds.some((key) => Object.hasOwn(data, key)),
    );
    if (found === undefined) return resource;
    const [, first = "", second = ""] = found.at.exec(written) ?? [];
    const { lifecycle } = resource.body;
    const body = { ...(lifecycle !== undefined && { lifecycle }), ...found.body(data, first, second) };
    return { ...resource, type: found.type, body };
  });
}

interface Endpoint {
  readonly at: RegExp;
  /** Of these one at least is given, by which it is told from those of other engines. */
  readonly holds: readonly string[];
  readonly type: string;
  readonly body: (data: ValueObject, first: string, second: string) => ValueObject;
}

const LISTS = [
  "allowed_roles",
  "policies",
  "token_policies",
  "bound_service_account_names",
  "bound_service_account_namespaces",
];

/** (Vault, API documentation of the database secrets engine, the Kubernetes auth method and sys.) */
const ENDPOINTS: readonly Endpoint[] = [
  {
    at: /^(?!auth\/|sys\/)(.+)\/roles\/([^/]+)$/,
    holds: ["db_name", "creation_statements"],
    type: "vault_database_secret_backend_role",
    body: (data, backend, name) => ({ ...asArguments(data), backend, name }),
  },
  {
    at: /^(?!auth\/|sys\/)(.+)\/static-roles\/([^/]+)$/,
    holds: ["db_name", "username"],
    type: "vault_database_secret_backend_static_role",
    body: (data, backend, name) => ({ ...asArguments(data), backend, name }),
  },
  {
    at: /^(?!auth\/|sys\/)(.+)\/config\/([^/]+)$/,
    holds: ["plugin_name", "connection_url"],
    type: "vault_database_secret_backend_connection",
    body: (data, backend, name) => ({
      ...asArguments(data),
      backend,
      name,
      [engineOf(data.plugin_name)]: [{ ...asArguments(data) }],
    }),
  },
  {
    at: /^sys\/polic(?:y|ies\/acl)\/([^/]+)$/,
    holds: ["policy"],
    type: "vault_policy",
    body: (data, name) => ({ name, ...(data.policy !== undefined && { policy: data.policy }) }),
  },
  {
    at: /^auth\/(.+)\/role\/([^/]+)$/,
    holds: ["bound_service_account_names", "bound_service_account_namespaces"],
    type: "vault_kubernetes_auth_backend_role",
    body: (data, backend, name) => ({ ...asArguments(data), backend, role_name: name }),
  },
  {
    at: /^auth\/(.+)\/config$/,
    holds: ["kubernetes_host"],
    type: "vault_kubernetes_auth_backend_config",
    body: (data, backend) => ({ ...data, backend }),
  },
  {
    at: /^sys\/auth\/(.+)$/,
    holds: ["type"],
    type: "vault_auth_backend",
    body: (data, path) => ({ ...data, path }),
  },
  {
    at: /^sys\/mounts\/(.+)$/,
    holds: ["type"],
    type: "vault_mount",
    body: (data, path) => {
      const { default_lease_ttl: shortest, max_lease_ttl: longest } = asObject(data.config);
      return {
        ...data,
        path,
        ...(shortest !== undefined && { default_lease_ttl_seconds: inSeconds(shortest) }),
        ...(longest !== undefined && { max_lease_ttl_seconds: inSeconds(longest) }),
      };
    },
  },
];

/** `mysql-rds-database-plugin` is configured as `mysql` is. */
function engineOf(plugin: Value | undefined): string {
  const name = asText(plugin);
  if (name === undefined) return "postgresql";
  return isUnknown(name) ? "unknown" : name.replace(/-.*$/, "");
}

/** The API takes times with a unit and lists with commas, which the resources do not. */
function asArguments(data: ValueObject): ValueObject {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      if (/_?(ttl|period)$/.test(key)) return [key, inSeconds(value)];
      const isList = LISTS.includes(key) && typeof value === "string";
      return [key, isList ? value.split(",").map((each) => each.trim()) : value];
    }),
  );
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

function inSeconds(value: Value): Value {
  if (typeof value !== "string" || !/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(value)) return value;
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)];
  return parts.reduce((all, [, count, unit = ""]) => all + Number(count) * (UNITS[unit] ?? 0), 0);
}

/** Stands for the part of a text that is not known, by its number. */
const MARK = /\ue000(\d+)\ue001/;

/** What is written; of JSON in which a part is not known that part is not known. Empty where nobody knows. */
function dataOf(written: Value | undefined): ValueObject {
  const text: Known<string> = asText(written);
  const parts = isUnknown(text) ? (text.parts ?? []) : [text ?? ""];
  const unknowns: Unknown[] = [];
  let json = "";
  for (const part of parts) {
    if (typeof part === "string") {
      json += part;
      continue;
    }
    const mark = `\ue000${unknowns.push(part) - 1}\ue001`;
    const isQuoted = json.replace(/\\./g, "").split('"').length % 2 === 0;
    json += isQuoted ? mark : `"${mark}"`;
  }
  try {
    const data = JSON.parse(json) as Value;
    return isObject(data) ? (restored(data, unknowns) as ValueObject) : {};
  } catch {
    return {};
  }
}

function restored(value: Value, unknowns: readonly Unknown[]): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map((each) => restored(each, unknowns));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, restored(each, unknowns)]));
  }
  if (typeof value !== "string" || !MARK.test(value)) return value;
  const parts = value
    .split(MARK)
    .map((part, index) => (index % 2 === 0 ? part : (unknowns[Number(part)] as Unknown)))
    .filter((part) => part !== "");
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const expression = parts.map((part) => (isUnknown(part) ? part.expression : part)).join("");
  return new Unknown(expression, parts.find(isUnknown)?.cause, parts);
}

import { loadedStatements } from "./statements";
import type {
  AuditDevice,
  AuthConfiguration,
  AuthMethod,
  AuthRole,
  Connection,
  DatabaseRole,
  Mount,
  RateLimit,
  StaticRole,
} from "./graph";
import {
  asBoolean,
  asList,
  asNumber,
  asObject,
  asObjects,
  asText,
  asTextMap,
  asTexts,
  type ValueObject,
} from "./read";
import type { TerraformResource } from "./terraform/configuration";
import { isUnknown, type Known, type Value } from "./value";

/** A path as Vault keeps it: without a slash at either end. */
export function trimmedPath(path: Known<string>): Known<string> {
  return typeof path === "string" ? path.replace(/^\/+|\/+$/g, "") : path;
}

/** A secrets engine for databases; nothing for one of another type. */
export function readMount({ origin, body, type }: TerraformResource): Mount[] {
  if (type === "vault_mount" && asText(body.type) !== "database") return [];
  return [
    {
      origin,
      path: trimmedPath(asText(body.path)),
      defaultLeaseTtl: asNumber(body.default_lease_ttl_seconds),
      maxLeaseTtl: asNumber(body.max_lease_ttl_seconds),
      loggedInClear: joined(
        asTexts(body.audit_non_hmac_response_keys),
        asTexts(body.audit_non_hmac_request_keys),
      ),
      preventDestroy: preventsDestroy(body),
    },
  ];
}

function joined(one: Known<readonly Known<string>[]>, other: Known<readonly Known<string>[]>) {
  if (one === undefined || isUnknown(one)) return other ?? one;
  return other === undefined || isUnknown(other) ? one : [...one, ...other];
}

export function preventsDestroy(body: ValueObject): boolean {
  return asBoolean(asObject(body.lifecycle).prevent_destroy) === true;
}

/** Blocks of a connection that are no engine. */
const NO_ENGINES = new Set(["postgresql", "lifecycle", "timeouts", "data"]);

/** Mount and name of the connections to other databases than PostgreSQL, whose roles speak no SQL of its. */
export function readForeignConnections({
  origin,
  body,
  type,
}: TerraformResource): Pick<Connection, "origin" | "mount" | "name">[] {
  const engines = Object.entries(body).filter(
    ([key, value]) => !NO_ENGINES.has(key) && asObjects(value).length > 0,
  );
  if (type === "vault_database_secrets_mount") {
    const mount = trimmedPath(asText(body.path));
    return engines.flatMap(([, value]) =>
      asObjects(value).map(({ name }) => ({ origin, mount, name: asText(name) })),
    );
  }
  return engines.length === 0
    ? []
    : [{ origin, mount: trimmedPath(asText(body.backend)), name: asText(body.name) }];
}

/** A connection to PostgreSQL; nothing for one to another database. */
export function readConnections(resource: TerraformResource, rotated: ReadonlySet<string>): Connection[] {
  const { origin, body, type } = resource;
  if (type === "vault_database_secrets_mount") {
    const mount = trimmedPath(asText(body.path));
    return asObjects(body.postgresql).map((engine) =>
      connection(origin, mount, body, engine, engine, rotated),
    );
  }
  if (body.postgresql === undefined || asList(body.postgresql).length === 0) return [];
  const mount = trimmedPath(asText(body.backend));
  return [connection(origin, mount, body, body, asObject(body.postgresql), rotated)];
}

function connection(
  origin: Connection["origin"],
  mount: Known<string>,
  resource: ValueObject,
  general: ValueObject,
  engine: ValueObject,
  rotated: ReadonlySet<string>,
): Connection {
  const url = asText(engine.connection_url);
  const name = asText(general.name);
  return {
    origin,
    mount,
    name,
    database: name,
    allowedRoles: asTexts(general.allowed_roles),
    url,
    username: asText(engine.username),
    passwordArguments: passwordArguments(engine, general, url),
    passwordVersion: asNumber(engine.password_wo_version),
    passwordAuthentication: asText(engine.password_authentication),
    authType: asText(engine.auth_type),
    verifyConnection: asBoolean(general.verify_connection),
    caCertificate: asText(engine.tls_ca),
    maxOpenConnections: asNumber(engine.max_open_connections),
    usernameTemplate: asText(engine.username_template),
    preventDestroy: preventsDestroy(resource),
    rotated: rotated.has(`${String(mount)}/rotate-root/${String(name)}`) || "rotation_period" in general,
  };
}

function passwordArguments(
  engine: ValueObject,
  general: ValueObject,
  url: Known<string>,
): Connection["passwordArguments"] {
  return [
    ...(isSet(engine.password) ? (["password"] as const) : []),
    ...(isSet(engine.password_wo) ? (["password_wo"] as const) : []),
    ...("password" in asObject(general.data) ? (["data"] as const) : []),
    ...(typeof url === "string" && holdsPassword(url) ? (["connection_url"] as const) : []),
  ];
}

function isSet(value: Value | undefined): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** A password in the URL's user part or as a keyword, other than Vault's placeholder. */
function holdsPassword(url: string): boolean {
  const inUrl = /^[a-z]+:\/\/[^/?#@]*?:([^@]*)@/i.exec(url)?.[1];
  const asKeyword = /(?:^|[\s?&])password=('[^']*'|[^\s&]*)/i.exec(url)?.[1]?.replace(/^'|'$/g, "");
  return [inUrl, asKeyword].some(
    (password) => password !== undefined && !/^(\{\{password\}\})?$/.test(password),
  );
}

export function readDatabaseRole({ origin, body }: TerraformResource): DatabaseRole {
  const creation = asTexts(body.creation_statements);
  const revocation = asTexts(body.revocation_statements);
  const renewal = asTexts(body.renew_statements);
  return {
    origin,
    mount: trimmedPath(asText(body.backend)),
    name: asText(body.name),
    connection: asText(body.db_name),
    database: asText(body.db_name),
    defaultTtl: asNumber(body.default_ttl),
    maxTtl: asNumber(body.max_ttl),
    creation,
    revocation,
    renewal,
    statements: loadedStatements(creation, revocation, renewal),
  };
}

export function readStaticRole({ origin, body }: TerraformResource): StaticRole {
  return {
    origin,
    mount: trimmedPath(asText(body.backend)),
    name: asText(body.name),
    connection: asText(body.db_name),
    username: asText(body.username),
  };
}

/** A Kubernetes auth method; nothing for one of another type. */
export function readAuthMethod({ origin, body }: TerraformResource): AuthMethod[] {
  if (asText(body.type) !== "kubernetes") return [];
  return [
    { origin, path: trimmedPath(asText(body.path) ?? "kubernetes"), description: asText(body.description) },
  ];
}

export function readAuthConfiguration({ origin, body }: TerraformResource): AuthConfiguration {
  return {
    origin,
    authPath: trimmedPath(asText(body.backend) ?? "kubernetes"),
    host: asText(body.kubernetes_host),
    caCertificate: asText(body.kubernetes_ca_cert),
    reviewerToken: isSet(body.token_reviewer_jwt) || isSet(body.token_reviewer_jwt_wo),
    disableLocalCaJwt: asBoolean(body.disable_local_ca_jwt),
    disableIssuerValidation: asBoolean(body.disable_iss_validation),
  };
}

export function readAuthRole({ origin, body }: TerraformResource): AuthRole {
  const name = asText(body.role_name);
  return {
    origin,
    authPath: trimmedPath(asText(body.backend) ?? "kubernetes"),
    name: typeof name === "string" ? name.toLowerCase() : name,
    serviceAccounts: asTexts(body.bound_service_account_names),
    namespaces: asTexts(body.bound_service_account_namespaces),
    namespaceSelector: asText(body.bound_service_account_namespace_selector),
    audience: emptyAsUnset(asText(body.audience)),
    policies: lowerCased(asTexts(body.token_policies ?? body.policies)),
    tokenTtl: asNumber(body.token_ttl),
    tokenMaxTtl: asNumber(body.token_max_ttl),
    tokenExplicitMaxTtl: asNumber(body.token_explicit_max_ttl),
    tokenPeriod: asNumber(body.token_period),
    tokenNoDefaultPolicy: asBoolean(body.token_no_default_policy),
    tokenType: asText(body.token_type),
  };
}

function emptyAsUnset(text: Known<string>): Known<string> {
  return text === "" ? undefined : text;
}

/** Vault keeps the names of policies in lower case. */
export function lowerCased(names: Known<readonly Known<string>[]>): Known<readonly Known<string>[]> {
  if (names === undefined || isUnknown(names)) return names;
  return names.map((name) => (typeof name === "string" ? name.toLowerCase() : name));
}

export function readAuditDevice({ origin, body }: TerraformResource): AuditDevice {
  return { origin, type: asText(body.type), options: asTextMap(body.options) };
}

export function readRateLimit({ origin, body }: TerraformResource): RateLimit {
  return {
    origin,
    path: trimmedPath(asText(body.path)),
    rate: asNumber(body.rate),
    interval: asNumber(body.interval),
  };
}

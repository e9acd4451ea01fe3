import type { KubernetesAuthProps } from "../auth";
import { groupBy, isDuration, seconds, type Duration } from "../core";
import { peopleTtl } from "../people";
import {
  connectionsOf,
  databaseRoleName,
  type BootstrapInput,
  type CredentialStrategy,
  type Grant,
  type Owner,
  type Pooler,
  type Replication,
} from "../postgres";
import {
  PGBOUNCER,
  staticCredentials,
  usesVault,
  type ServiceEndpoint,
  type ServicePlatform,
} from "../service";
import {
  installsAnything,
  vaultAddress,
  vaultCaCertificate,
  vaultNamespace,
  type RateLimitsProps,
} from "../vault";
import type { ClusterEnvironment } from "./clusters";
import type { Database, DatabaseEndpoint, Environment, EnvironmentService, LeaseLimits } from "./environment";

/** The path of the auth method, the mount and the audience, with their defaults. */
export function vaultPaths({ vault }: Environment): Record<"authPath" | "mountPath" | "audience", string> {
  const { authPath = "kubernetes", mountPath = "database", audience = "vault" } = vault;
  return { authPath, mountPath, audience };
}

/** The stack that installs Vault or its injector. */
export function vaultStackName({ name }: Environment): string {
  return `${name}-vault`;
}

/** The stack with the auth method, the secrets engine and the connections. */
export function platformStackName({ name }: Environment): string {
  return `${name}-platform`;
}

/** The stack that a service belongs to: the environment's, or its team's. */
export function servicesStackName({ name }: Environment, { team }: Pick<EnvironmentService, "team">): string {
  return team === undefined ? name : `${name}-${team}`;
}

/** The stack of the people, where there are some. */
export function peopleStackNames({ name, people = [] }: Environment): string[] {
  return people.length === 0 ? [] : [`${name}-people`];
}

/** The services by the name of their stack, in the order of the literal. */
export function servicesByStack(environment: Environment): Map<string, EnvironmentService[]> {
  const stacks = new Map<string, EnvironmentService[]>();
  for (const service of environment.services) {
    const stack = servicesStackName(environment, service);
    stacks.set(stack, [...(stacks.get(stack) ?? []), service]);
  }
  return stacks;
}

/** The stacks that an environment consists of in a cluster. */
export function stackNames(environment: ClusterEnvironment): string[] {
  return [...commonStackNames(environment), ...ownStackNames(environment)];
}

/** The stacks of what clusters have in common. */
export function commonStackNames({ whole }: ClusterEnvironment): string[] {
  if (whole === undefined) return [];
  return [platformStackName(whole), ...servicesByStack(whole).keys(), ...peopleStackNames(whole)];
}

/** The stacks of one cluster, in the order in which they are applied. */
export function ownStackNames(environment: Environment): string[] {
  const vault = installsAnything(environment.vault) ? [vaultStackName(environment)] : [];
  return [
    ...vault,
    platformStackName(environment),
    ...servicesByStack(environment).keys(),
    ...peopleStackNames(environment),
  ];
}

/** The namespaces that are ours to make, each once. */
export function ownNamespaces({
  cluster: { namespaces = { kind: "create" } },
  services,
}: Environment): string[] {
  if (namespaces.kind === "existing") return [];
  const { except = [] } = namespaces;
  return [...new Set(services.map(({ namespace }) => namespace))]
    .filter((name) => !except.includes(name))
    .sort();
}

/** What the mount and the auth method must allow: no more than services and people ask for. */
export function leaseLimits({ services, people = [] }: Environment): LeaseLimits {
  const defaults = services.map(({ ttl }) => ttl.default);
  // A default above its maximum is the service's mistake, and shall be told as that alone.
  const maxima = [...services.map(({ ttl }) => ttl.max), ...defaults, ...people.map(peopleTtl)];
  return { default: longest(defaults) ?? "1h", max: longest(maxima) ?? "24h" };
}

/** The auth method's props. */
export function authMethod(environment: ClusterEnvironment): KubernetesAuthProps {
  const { cluster, vault, whole = environment } = environment;
  // Those of the mount, which all clusters have in common.
  const limits = leaseLimits(whole);
  return {
    path: vaultPaths(environment).authPath,
    kubernetesHost: cluster.apiServer,
    caCertificate: cluster.caCertificate,
    defaultLeaseTtl: limits.default,
    maxLeaseTtl: limits.max,
    reviewer:
      vault.reviewer ??
      (vault.mode === "external"
        ? { kind: "reviewer-jwt", source: { kind: "out-of-band" } }
        : { kind: "vault-service-account" }),
  };
}

/** The rate limits' props, if there are limits. */
export function rateLimits(environment: Environment): Omit<RateLimitsProps, "dependsOn"> | undefined {
  const { name, vault } = environment;
  const { authPath, mountPath } = vaultPaths(environment);
  return vault.rateLimits && { name, authPath, mountPath, ...vault.rateLimits };
}

/** Somebody whom Vault makes credentials for, and what these may touch. */
export interface Holder {
  readonly name: string;
  readonly access: readonly HeldAccess[];
}

/** What credentials may touch in a database, whoever reads them. */
export interface HeldAccess {
  readonly database: string;
  readonly grants?: readonly Grant[];
  readonly owner?: Owner;
  readonly replication?: Replication;
  readonly strategy?: CredentialStrategy;
}

/** Everybody with a role in Vault: the services that have come so far, and people. */
export function holdersOf({ services, people = [] }: Environment): Holder[] {
  const leased = services.filter(({ migration }) => migration === undefined || usesVault(migration));
  return [...leased, ...people];
}

/** The names of the roles that a connection serves: those of everybody who declares the database. */
export function databaseRoles(environment: Environment, database: string): string[] {
  return holdersOf(environment)
    .filter(({ access }) => access.some((entry) => entry.database === database))
    .map(({ name }) => databaseRoleName(name, database))
    .sort();
}

/** What a service needs to know of its environment; plain strings, because stacks share no references. */
export function servicePlatform(environment: ClusterEnvironment): ServicePlatform {
  const { vault, whole = environment } = environment;
  return {
    environment: whole.name,
    vault: {
      address: vaultAddress(vault),
      namespace: vaultNamespace(vault),
      ...vaultPaths(environment),
      // An injector of ours hands Vault's CA to every agent; with a foreign one the pods carry it.
      agentCaCertificate: installsAnything(vault) ? undefined : vaultCaCertificate(vault),
    },
    databases: environment.databases
      .map(withDefaults)
      .map(({ name, host, port, database, schema, tls, connections, endpoints, failover = [] }) => ({
        ...{ name, host, port, database, schema, tls },
        ...(connections > 1 && { connections }),
        ...(endpoints && { endpoints: endpoints.map(servicesEndpoint) }),
        ...(failover.length > 0 && { servers: "several" as const }),
      })),
  };
}

function servicesEndpoint({ hostIn, port = 5432, ...endpoint }: DatabaseEndpoint): ServiceEndpoint {
  return { ...endpoint, port };
}

/** A database with its defaults filled in. */
export function withDefaults<T extends Database>(
  database: T,
): T & Required<Pick<Database, "port" | "schema" | "username" | "connections">> {
  const { port = 5432, schema = "public", username = "vault_admin", connections = 1 } = database;
  return { ...database, port, schema, username, connections };
}

/** What the bootstrap SQL of a database is rendered from: the services and people whose privileges a group role holds. */
export function bootstrapInput(environment: Environment, database: Database): BootstrapInput {
  const { services } = environment;
  const { name, database: databaseName, schema, postgresVersion, ...own } = withDefaults(database);
  const [login = own.username, ...furtherLogins] = connectionsOf(name, own.username, own.connections).map(
    (each) => each.login,
  );
  const roles = holdersOf(environment).flatMap((holder) =>
    holder.access
      .filter((entry) => entry.database === name && entry.strategy !== "direct")
      .map(({ grants = [], owner, replication }) => ({
        name: databaseRoleName(holder.name, name),
        grants,
        ...(owner && { owner }),
        ...(replication && { replication }),
      })),
  );
  const staticUsers = services.flatMap(({ migration }) =>
    migration === undefined
      ? []
      : staticCredentials(migration)
          .filter((credentials) => credentials.database === name)
          .map(({ user }) => user),
  );
  // Without a group role there is nothing to run, and nobody whom a pooler could find.
  const poolers = roles.length === 0 ? [] : poolersOf(environment, database);
  return {
    environment: environment.name,
    connection: name,
    databaseName,
    schema,
    login,
    ...(furtherLogins.length > 0 && { furtherLogins }),
    postgresVersion,
    roles,
    ...(staticUsers.length > 0 && { staticUsers: [...new Set(staticUsers)].sort() }),
    ...(poolers.length > 0 && { poolers }),
  };
}

/** The logins by which poolers ask for their users, each with the roles of the services that go by it. */
function poolersOf({ services }: Environment, { name, endpoints = [] }: Database): Pooler[] {
  const asking = endpoints.flatMap((endpoint) =>
    endpoint.kind === "pgbouncer"
      ? [{ endpoint: endpoint.name, login: endpoint.authUser ?? PGBOUNCER.authUser }]
      : [],
  );
  return [...groupBy(asking, ({ login }) => login)].map(([login, own]) => ({
    login,
    roles: services
      .filter(({ access }) =>
        access.some(
          (entry) => entry.database === name && own.some(({ endpoint }) => endpoint === entry.endpoint),
        ),
      )
      .map((service) => databaseRoleName(service.name, name)),
  }));
}

/** Durations that are none are left to the check of the service they belong to. */
function longest(durations: readonly Duration[]): Duration | undefined {
  return durations.filter(isDuration).sort((a, b) => seconds(b) - seconds(a))[0];
}

/** The same object without some of its keys: what is told to a construct is what the construct knows. */
export function without<T extends object, K extends PropertyKey>(value: T, keys: readonly K[]): Omit<T, K> {
  const left = Object.entries(value).filter(([key]) => !keys.some((each) => each === key));
  return Object.fromEntries(left) as Omit<T, K>;
}

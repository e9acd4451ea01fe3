import { peopleClaims } from "./people-claims";
import { connectionsOf } from "../postgres";
import { governingServiceName, policyNameOf, usesVault } from "../service";
import {
  bootstrapInput,
  ownNamespaces,
  peopleStackNames,
  platformStackName,
  servicesByStack,
  servicesStackName,
  vaultPaths,
  vaultStackName,
  withDefaults,
} from "./derive";
import type { ClusterEnvironment } from "./clusters";
import type { Database, Environment, EnvironmentService } from "./environment";
import { clusterNames, releaseNames, serverNames, stateNames, vaultNames } from "./identities";

/** Something that there is once, and that an environment would have for itself. */
export interface Claim {
  readonly environment: string;
  /** Construct path of who claims it. */
  readonly path: string;
  readonly property: string;
  readonly got: string;
  /** What it is, by each name that it has; two claims of one key are for one thing. */
  readonly keys: readonly string[];
  /**
   * Keys of what it lies below, which nobody else may have either.
   * @default - none
   */
  readonly under?: readonly string[];
  readonly must: string;
  readonly fix: string;
}

/** Everything that environments take for themselves of a server, a Vault, a cluster or a state. */
export function claimsOf(clusters: readonly ClusterEnvironment[]): Claim[] {
  const wholes = clusters.map((environment) => environment.whole ?? environment);
  return clusters.flatMap((environment, index) => {
    // What several clusters have in common is claimed with the first of them.
    const common =
      wholes.indexOf(wholes[index] ?? environment) === index ? [wholes[index] ?? environment] : [];
    return [
      ...common.map(mountClaim),
      authClaim(environment),
      ...common.flatMap(auditClaims),
      ...common.flatMap(quotaClaims),
      ...releaseClaims(environment),
      ...namespaceClaims(environment),
      ...[...new Set([...common, environment])].flatMap(stateClaims),
      ...common.flatMap(databaseClaims),
      ...oncePerName(environment.services).flatMap((service) => serviceClaims(environment, service)),
      ...common.flatMap((whole) => oncePerName(whole.services).flatMap((each) => policyClaims(whole, each))),
      ...common.flatMap(peopleClaims),
    ];
  });
}

function databaseClaims(environment: Environment): Claim[] {
  return [
    ...environment.databases.flatMap((database) => loginClaims(environment, database)),
    ...oncePerName(environment.databases).flatMap((database) => groupRoleClaims(environment, database)),
  ];
}

/** Two of one name are told as that alone. */
function oncePerName<T extends { readonly name: string }>(named: readonly T[]): T[] {
  return [...new Map(named.map((each) => [each.name, each])).values()];
}

function mountClaim(environment: Environment): Claim {
  return pathClaim(environment, "vault.mountPath", "mount", vaultPaths(environment).mountPath);
}

function authClaim(environment: Environment): Claim {
  return pathClaim(environment, "vault.authPath", "auth method", vaultPaths(environment).authPath);
}

/** Vault's routes: none of two mounts may lie below the other. */
function pathClaim(environment: Environment, property: string, kind: string, path: string): Claim {
  const { name } = environment;
  return {
    environment: name,
    path: name,
    property,
    got: path,
    keys: vaultNames(environment).map((vault) => `${kind} ${path} of ${vault}`),
    under: vaultNames(environment).flatMap((vault) =>
      above(path).map((each) => `${kind} ${each} of ${vault}`),
    ),
    must: "be this environment's own, and below no other's, where environments share a Vault",
    fix: `name it after the environment, such as "${path}-${name}"`,
  };
}

function above(path: string): string[] {
  const segments = path.split("/");
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join("/"));
}

function auditClaims(environment: Environment): Claim[] {
  const { name, vault } = environment;
  return vault.audit.map((device) => ({
    environment: name,
    path: name,
    property: "vault.audit",
    got: device.name ?? device.kind,
    keys: vaultNames(environment).map((each) => `audit device ${device.name ?? device.kind} of ${each}`),
    must: "be declared by the one environment that owns Vault: audit devices belong to Vault as a whole",
    fix: "leave it empty here (vault.audit: []), or there",
  }));
}

function quotaClaims({ name, ...environment }: Environment): Claim[] {
  const { refused } = environment.vault.rateLimits ?? {};
  if (refused === undefined) return [];
  return [
    {
      environment: name,
      path: name,
      property: "vault.rateLimits.refused",
      got: refused,
      keys: vaultNames({ name, ...environment }).map((each) => `configuration of quotas of ${each}`),
      must: "be said by the one environment that owns Vault: there is one such setting in all of it",
      fix: "leave it out here, or there",
    },
  ];
}

function releaseClaims(environment: Environment): Claim[] {
  const { name, vault } = environment;
  return [
    {
      environment: name,
      path: vaultStackName(environment),
      property: "vault.mode",
      got: vault.mode,
      keys: releaseNames(environment).map((cluster) => `release in ${cluster}`),
      must: "install Vault's chart once in a cluster: its webhook and its roles are the whole cluster's",
      fix: 'let one environment install it, and write mode: "external" with injector: { kind: "existing" } in the other',
    },
  ];
}

function namespaceClaims(environment: Environment): Claim[] {
  return ownNamespaces(environment).map((namespace) => ({
    environment: environment.name,
    path: environment.name,
    property: "cluster.namespaces",
    got: namespace,
    keys: clusterNames(environment).map((cluster) => `namespace ${namespace} in ${cluster}`),
    must: "be made by one environment of a cluster: the second apply fails, and whoever destroys one destroys what others run there",
    fix: 'name it in cluster.namespaces: { kind: "create", except: [...] } of all but one',
  }));
}

/** Also where the one would keep a state that the other keeps its lock. */
function stateClaims(environment: Environment): Claim[] {
  const stacks = [
    vaultStackName(environment),
    platformStackName(environment),
    ...servicesByStack(environment).keys(),
    ...peopleStackNames(environment),
  ];
  return [...new Set(stacks)].map((stack) => ({
    environment: environment.name,
    path: stack,
    property: "state",
    got: stack,
    keys: stateNames(environment, stack),
    must: "be a place of this stack alone: two that write one state destroy what the other has made",
    fix: "give the environment a prefix, directory or address of its own",
  }));
}

function loginClaims(environment: Environment, database: Database): Claim[] {
  const { name, username, connections } = withDefaults(database);
  return connectionsOf(name, username, connections).map(({ login }) => ({
    environment: environment.name,
    path: `${platformStackName(environment)}/${name}`,
    property: "username",
    got: login,
    keys: roleKeys(environment, database, login),
    must: "be a login of this connection alone: Vault rotates its password, which locks out any other",
    fix: `give each database of one server a login of its own, such as "vault_admin_${name}"`,
  }));
}

function groupRoleClaims(environment: Environment, database: Database): Claim[] {
  const { name } = database;
  return oncePerName(bootstrapInput(environment, database).roles).map(({ name: role }) => ({
    environment: environment.name,
    path: `${platformStackName(environment)}/${name}`,
    property: "name",
    got: role,
    keys: roleKeys(environment, database, role),
    must: "make group roles of this environment alone: a role <service>-<database> is of the whole server, and each bootstrap would change what the services of the other may do",
    fix: `name the database differently here, such as "${name}-${environment.name}" (its name in PostgreSQL stays), or rename the services`,
  }));
}

/** Roles are of the whole PostgreSQL server, whatever database they are used in. */
function roleKeys(environment: Environment, database: Database, role: string): string[] {
  return serverNames(environment, database).map((server) => `role ${role} on ${server}`);
}

function serviceClaims(environment: Environment, service: EnvironmentService): Claim[] {
  const { name, namespace, workload, migration = { stage: "complete" } } = service;
  const base = {
    environment: environment.name,
    path: `${servicesStackName(environment, service)}/${name}`,
    property: "name",
  };
  const suffixes = migration.stage === "canary" ? ["-canary"] : [];
  const governing = workload.kind === "stateful-set" ? [governingServiceName("")] : [];
  return [...new Set(["", ...suffixes, ...governing])].map((suffix) => ({
    ...base,
    got: `${name}${suffix}`,
    keys: clusterNames(environment).map((cluster) => `${namespace}/${name}${suffix} in ${cluster}`),
    must: "be the name of one service in its namespace: both would write one ServiceAccount and one workload",
    fix: "rename the service, or give it another namespace",
  }));
}

function policyClaims(environment: Environment, service: EnvironmentService): Claim[] {
  const { name, migration = { stage: "complete" } } = service;
  if (!usesVault(migration)) return [];
  const policyName = policyNameOf(environment.name, name);
  return [
    {
      environment: environment.name,
      path: `${servicesStackName(environment, service)}/${name}`,
      property: "name",
      got: policyName,
      keys: vaultNames(environment).map((vault) => `policy ${policyName.toLowerCase()} of ${vault}`),
      must: "make a policy <environment>-<service> of another name than any in the same Vault",
      fix: "rename the service or the environment",
    },
  ];
}

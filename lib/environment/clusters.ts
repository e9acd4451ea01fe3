import type { Cluster, NamedCluster } from "./cluster";
import type {
  ClusterService,
  Database,
  DeclaredEnvironment,
  Environment,
  MultiClusterEnvironment,
} from "./environment";

/**
 * An environment as it is in one cluster, which is what is rendered and proven: with several clusters there is one of
 * these for each, called `<environment>-<cluster>`.
 */
export interface ClusterEnvironment extends Environment {
  /**
   * What the clusters have in common: databases with their roles, and all services. It lies in stacks of its own.
   * @default - there is one cluster, and nothing lies apart
   */
  readonly whole?: Environment;
}

/** Environments, each in each of its clusters. */
export function inClusters(declared: readonly DeclaredEnvironment[]): ClusterEnvironment[] {
  return declared.flatMap((environment) => partsOf(environment, declared));
}

/**
 * One environment in each of its clusters.
 *
 * @param all the environments of which it names some
 */
export function partsOf(
  environment: DeclaredEnvironment,
  all: readonly DeclaredEnvironment[],
): ClusterEnvironment[] {
  if (!hasClusters(environment)) return [{ ...environment, ...provenBefore(environment, undefined, all) }];
  const whole = inCommon(environment);
  return environment.clusters.map((cluster) => inCluster(environment, cluster, whole, all));
}

/** What there is once of an environment: where it has one cluster, that is all of it. */
export function wholeOf(environment: DeclaredEnvironment | ClusterEnvironment): Environment {
  if ("whole" in environment && environment.whole !== undefined) return environment.whole;
  return hasClusters(environment) ? inCommon(environment) : environment;
}

/** Whether an environment says in which of several clusters it runs. */
export function hasClusters(environment: DeclaredEnvironment): environment is MultiClusterEnvironment {
  return "clusters" in environment && environment.clusters !== undefined;
}

/** Path of the auth method of one of several clusters. */
export function authPathOf({ name, authPath = `kubernetes-${name}` }: NamedCluster): string {
  return authPath;
}

/** Whether a service runs in a cluster. */
export function runsIn({ clusters }: ClusterService, cluster: string): boolean {
  return clusters === undefined || clusters.includes(cluster);
}

function inCluster(
  environment: MultiClusterEnvironment,
  cluster: NamedCluster,
  whole: Environment,
  all: readonly DeclaredEnvironment[],
): ClusterEnvironment {
  // People log in to Vault, from wherever they are.
  const { clusters: _, services, people: ___, ...common } = environment;
  const { rateLimits: { creds: __, refused: ____, ...logins } = {}, reviewer, ...vault } = common.vault;
  const own = services.filter((service) => runsIn(service, cluster.name));
  const names = own.map(({ name }) => name);
  return {
    ...common,
    ...provenBefore(environment, cluster.name, all),
    name: partName(environment, cluster),
    cluster,
    vault: {
      ...vault,
      authPath: authPathOf(cluster),
      reviewer: cluster.reviewer ?? reviewer,
      audit: [],
      ...(logins.login !== undefined && { rateLimits: logins }),
    },
    databases: common.databases.map((database) => reachedFrom(cluster.name, database)),
    services: own.map((service) => ({
      ...anywhere(service),
      // A Job of another cluster is waited for by the order of the stacks.
      ...(service.after && { after: service.after.filter((name) => names.includes(name)) }),
    })),
    whole,
  };
}

function inCommon({ clusters: _, services, ...environment }: MultiClusterEnvironment): Environment {
  const { rateLimits: { login: __, ...reads } = {}, ...vault } = environment.vault;
  return {
    ...environment,
    cluster: NO_CLUSTER,
    vault: { ...vault, ...((reads.creds ?? reads.refused) !== undefined && { rateLimits: reads }) },
    services: services.map(anywhere),
  };
}

/** A database as pods of a cluster reach it. */
function reachedFrom(cluster: string, { endpoints, ...database }: Database): Database {
  if (endpoints === undefined) return database;
  const own = endpoints.map(({ hostIn = {}, ...endpoint }) => ({
    ...endpoint,
    host: new Map(Object.entries(hostIn)).get(cluster) ?? endpoint.host,
  }));
  return { ...database, endpoints: own };
}

/** Nothing of what clusters have in common is in one of them. */
const NO_CLUSTER: Cluster = {
  connection: { kind: "in-cluster" },
  apiServer: "https://kubernetes.default.svc",
};

function anywhere({ clusters: _, ...service }: ClusterService) {
  return service;
}

function partName({ name }: MultiClusterEnvironment, cluster: Pick<NamedCluster, "name">): string {
  return `${name}-${cluster.name}`;
}

function provenBefore(
  { provenIn }: DeclaredEnvironment,
  cluster: string | undefined,
  all: readonly DeclaredEnvironment[],
): Pick<Environment, "provenIn"> {
  return provenIn === undefined ? {} : { provenIn: counterpart(provenIn, cluster, all) };
}

/** Changes are proven in the cluster of the same name; where there is none, in the first. */
function counterpart(name: string, cluster: string | undefined, all: readonly DeclaredEnvironment[]): string {
  const other = all.find((each) => each.name === name);
  if (other === undefined || !hasClusters(other)) return name;
  const [first] = other.clusters;
  const same = other.clusters.find((each) => each.name === cluster) ?? first;
  return same === undefined ? name : partName(other, same);
}

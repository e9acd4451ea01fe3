import { kubernetesAuthProblems } from "../auth";
import {
  certificateProblems,
  groupBy,
  integerProblems,
  labelProblems,
  protectionProblems,
  repeated,
  urlProblems,
  vaultPathProblems,
  type LocatedProblem,
  type Problem,
} from "../core";
import { asSound } from "../core/props";
import { connectionProblems, connectionsOf, databaseRoleName } from "../postgres";
import { PGBOUNCER, servicePlatformProblems, serviceProblems } from "../service";
import { auditProblems, rateLimitsProblems, vaultProblems } from "../vault";
import { clashProblems } from "./clash-problems";
import { clusterProblems } from "./cluster-problems";
import { hasClusters, inClusters, partsOf, wholeOf } from "./clusters";
import { readEnvironments, type Declared } from "./declaration";
import {
  authMethod,
  commonStackNames,
  databaseRoles,
  ownStackNames,
  platformStackName,
  rateLimits,
  servicePlatform,
  servicesStackName,
  vaultPaths,
  vaultStackName,
  withDefaults,
  type Holder,
} from "./derive";
import type { Database, DeclaredEnvironment, Environment } from "./environment";
import { guaranteeProblems } from "./guarantee-problems";
import { grantVersionProblems } from "./grant-version-problems";
import { joinProblems } from "./join-problems";
import { orderProblems } from "./order";
import { peopleProblemsOf } from "./people-problems";
import { ownersByMistake } from "./owner-problems";
import { vaultConnectionProblems } from "./vault-connections";
import { retirementProblems } from "./retirement-problems";

/**
 * Everything that is wrong with the literals, of all environments, before the first construct: each
 * construct throws at its first, and only its own. A service of which nothing is wrong is not checked again there.
 */
export function configurationProblems(written: readonly DeclaredEnvironment[]): readonly LocatedProblem[] {
  return configurationOf(written).problems;
}

/** The same, with the environments as they were read. */
export function configurationOf(written: readonly DeclaredEnvironment[]): Declared {
  const read = readEnvironments(written);
  return { ...read, problems: allProblems(read) };
}

function allProblems({ environments, problems }: Declared): LocatedProblem[] {
  const own = environments.flatMap((environment) => problemsOf(environment, environments));
  // What spans environments is asked once all of them can be read.
  if (problems.length > 0) return [...problems, ...own];
  return [
    ...own,
    ...stackNameProblems(environments),
    ...predecessorProblems(environments),
    ...clashProblems(environments),
    ...retirementProblems(inClusters(environments)),
  ];
}

/** What is wrong in several clusters in the same way is told once, of the environment. */
function problemsOf(environment: DeclaredEnvironment, all: readonly DeclaredEnvironment[]): LocatedProblem[] {
  if (!hasClusters(environment)) return environmentProblems(environment);
  const told = [
    ...commonProblems(wholeOf(environment)).map((problem) => ({ problem, ofEnvironment: problem })),
    ...partsOf(environment, all).flatMap((part) =>
      environmentProblems(part).map((problem) => ({
        problem,
        ofEnvironment: { ...problem, path: problem.path.replace(part.name, environment.name) },
      })),
    ),
  ];
  const same = groupBy(told, ({ ofEnvironment }) => JSON.stringify(ofEnvironment));
  return [
    ...located(environment.name, clusterProblems(environment)),
    ...[...same.values()].flatMap(([first, ...more]) =>
      first === undefined ? [] : [more.length > 0 ? first.ofEnvironment : first.problem],
    ),
  ];
}

function environmentProblems(environment: Environment): LocatedProblem[] {
  return [...commonProblems(environment), ...authProblems(environment)];
}

/** What is asked of an environment in whatever cluster. */
function commonProblems(environment: Environment): LocatedProblem[] {
  return [
    ...located(environment.name, ownProblems(environment)),
    ...located(`${vaultStackName(environment)}/Vault`, vaultProblems(environment.vault)),
    ...platformProblems(environment),
    ...databaseProblems(environment),
    ...allServiceProblems(environment),
    ...peopleProblemsOf(environment),
    ...joinProblems(environment),
    ...orderProblems(environment),
  ];
}

function ownProblems(environment: Environment): Problem[] {
  const { cluster, vault, protection, databases, services, people = [] } = environment;
  // The name and the promises are the environment's: a promise may name what runs in another of its clusters.
  const whole = wholeOf(environment);
  const { authPath, mountPath } = vaultPaths({ vault } as Environment);
  return [
    ...labelProblems("name", whole.name, 30),
    ...urlProblems("cluster.apiServer", cluster.apiServer, ["https"]),
    ...(cluster.caCertificate ? certificateProblems("cluster.caCertificate", cluster.caCertificate) : []),
    ...vaultPathProblems("vault.authPath", authPath),
    ...vaultPathProblems("vault.mountPath", mountPath),
    ...(protection ? protectionProblems("protection", protection) : []),
    ...duplicates("databases", databases),
    ...duplicates("services", services),
    ...ambiguousRoles([...services, ...people]),
    ...exceptedNamespaces(cluster, services),
    ...ownersByMistake(databases, services, people),
    ...grantVersionProblems(environment),
    ...guaranteeProblems(whole),
  ];
}

/** A name that no service has is most likely misspelt, and the namespace that was meant would be made. */
function exceptedNamespaces(
  { namespaces }: Environment["cluster"],
  services: Environment["services"],
): Problem[] {
  const except = namespaces?.kind === "create" ? (namespaces.except ?? []) : [];
  const known = [...new Set(services.map(({ namespace }) => namespace))];
  return except
    .filter((name) => !known.includes(name))
    .map((name) => ({
      property: "cluster.namespaces.except",
      must: `name namespaces of the services (${known.join(", ")})`,
      got: name,
      fix: "correct the name, or take it out",
    }));
}

/** Service `a-b` on database `c` and service `a` on `b-c` would share the role `a-b-c`. */
function ambiguousRoles(holders: readonly Holder[]): Problem[] {
  const uses = holders.flatMap(({ name, access }) =>
    [...new Set(access.map(({ database }) => database))].map((database) => ({ name, database })),
  );
  const pairs = [...new Map(uses.map((use) => [`${use.name}/${use.database}`, use])).values()];
  return repeated(pairs.map(({ name, database }) => databaseRoleName(name, database))).map((role) => ({
    property: "services",
    must: "have roles of different names; a role is named <service>-<database>",
    got: role,
    fix: "rename one of the services or databases",
  }));
}

function duplicates(property: string, named: readonly { readonly name: string }[]): Problem[] {
  return repeated(named.map(({ name }) => name)).map((name) => ({
    property,
    must: "have different names",
    got: name,
    fix: `rename or remove one of the ${property} named ${JSON.stringify(name)}`,
  }));
}

function platformProblems(environment: Environment): LocatedProblem[] {
  const stack = platformStackName(environment);
  const limits = rateLimits(environment);
  return [
    ...located(`${stack}/Audit`, auditProblems("devices", environment.vault.audit)),
    ...located(`${stack}/RateLimits`, limits ? rateLimitsProblems(limits, environment.providers ?? {}) : []),
  ];
}

function authProblems(environment: Environment): LocatedProblem[] {
  const path = `${platformStackName(environment)}/KubernetesAuth`;
  return located(path, kubernetesAuthProblems(authMethod(environment), environment.providers ?? {}));
}

function databaseProblems(environment: Environment): LocatedProblem[] {
  const databases = environment.databases.map(withDefaults);
  return databases.flatMap((database) =>
    located(`${platformStackName(environment)}/${database.name}`, [
      ...connectionProblems({ ...database, allowedRoles: databaseRoles(environment, database.name) }),
      ...integerProblems("maxConnections", database.maxConnections, 1, 262_143),
      ...vaultConnectionProblems(environment, database),
      ...duplicates("endpoints", database.endpoints ?? []),
      ...poolerLogins(database),
      ...mixedStrategies(environment, database.name),
    ]),
  );
}

/** Whoever asks for users must be nobody whose password Vault changes. */
function poolerLogins({ name, endpoints = [], ...database }: Database): Problem[] {
  const { username, connections } = withDefaults({ name, ...database });
  const vaults = connectionsOf(name, username, connections).map(({ login }) => login);
  const logins = endpoints.flatMap((each) =>
    each.kind === "pgbouncer" ? [each.authUser ?? PGBOUNCER.authUser] : [],
  );
  const shared = vaults.find((login) => logins.includes(login));
  if (shared === undefined) return [];
  return [
    {
      property: "endpoints",
      must: "have logins of their own: Vault's is changed by Vault",
      got: shared,
      fix: "write another 'authUser', such as \"pgbouncer\"",
    },
  ];
}

/** The bootstrap SQL takes CONNECT from PUBLIC, and grants it to group roles alone. */
function mixedStrategies({ services, people = [] }: Environment, database: string): Problem[] {
  const strategies = [...services, ...people].flatMap(({ access }) =>
    access.filter((entry) => entry.database === database).map(({ strategy = "group" }) => strategy),
  );
  if (new Set(strategies).size < 2) return [];
  return [
    {
      property: "strategy",
      must: 'be the same for all services of a database: the bootstrap SQL for "group" shuts out credentials of "direct"',
      got: [...new Set(strategies)],
      fix: 'take "group" for all of them, or "direct" where nobody may run the bootstrap SQL',
    },
  ];
}

function allServiceProblems(environment: Environment): LocatedProblem[] {
  const platform = servicePlatform(environment);
  const isSound = servicePlatformProblems(platform).length === 0;
  return environment.services.flatMap((service) => {
    const problems = serviceProblems({ ...service, platform });
    if (isSound && problems.length === 0) asSound(service);
    return located(`${servicesStackName(environment, service)}/${service.name}`, [
      ...(service.team === undefined ? [] : labelProblems("team", service.team, 30)),
      ...problems,
    ]);
  });
}

/** Stacks are told apart by name alone: environment `a` with team `b` and environment `a-b` are one. */
function stackNameProblems(environments: readonly DeclaredEnvironment[]): LocatedProblem[] {
  const names = environments.flatMap((environment) => {
    const parts = partsOf(environment, environments);
    return [...parts.slice(0, 1).flatMap(commonStackNames), ...parts.flatMap(possibleStackNames)];
  });
  return repeated(names).map((name) => ({
    path: name,
    property: "name",
    must: "be the name of one stack only; stacks are named <environment>, <environment>-<team>, <environment>-vault, <environment>-platform and <environment>-people, and with several clusters <environment>-<cluster> and the same behind it",
    got: name,
    fix: "rename the environment, the team or the cluster",
  }));
}

/** Also of those that may be there tomorrow. */
function possibleStackNames(environment: Environment): string[] {
  const vault = vaultStackName(environment);
  return [vault, ...ownStackNames(environment).filter((name, index) => index > 0 || name !== vault)];
}

/** A name that there is not would leave the environment without the comparison that it asks for. */
function predecessorProblems(environments: readonly DeclaredEnvironment[]): LocatedProblem[] {
  return environments
    .filter(({ name, provenIn }) => provenIn !== undefined && !isOther(provenIn, name, environments))
    .map(({ name, provenIn }) => ({
      path: name,
      property: "provenIn",
      must: "be the name of another environment",
      got: provenIn,
      fix: `choose one of ${environments.flatMap((other) => (other.name === name ? [] : [JSON.stringify(other.name)])).join(", ") || "none: leave it out"}`,
    }));
}

function isOther(name: string, own: string, environments: readonly DeclaredEnvironment[]): boolean {
  return name !== own && environments.some((environment) => environment.name === name);
}

function located(path: string, problems: readonly Problem[]): LocatedProblem[] {
  return problems.map((problem) => ({ ...problem, path }));
}

import {
  asText,
  connectionNumber,
  known,
  type AccessGraph,
  type Bootstrap,
  type Connection,
} from "../../../access";
import { groupBy, readDatabaseUrl } from "../../../core";
import { POLICY, ROLE, AUTH_ROLE_HEAD, BOUND } from "../../example-parts";
import { networkLetsIn } from "../../lifecycle/network-policy-cuts-off";
import { injected } from "../../lifecycle/pods";
import { methodTtls } from "../../ttl/method";
import { rolesWithCredentials } from "../../ttl/roles";
import type { Rule, Violation } from "../../rule";
import { duration, show } from "../../words";
import { autoscaled } from "./autoscaled";
import { stacksApart } from "./stacks-apart";
import { placeOf } from "./place";
import { providerVersions } from "./provider-versions";
import { vaultNamespaces } from "./vault-namespaces";

export const disagreement: Rule = {
  id: "proof/disagreement",
  severity: "error",
  title: "two places that say different things of one",
  why: "Each of the two is right by itself, and together they do not work: a token that ends before its lease takes the lease with it, a login that nobody has made cannot log in, and a second stack writes into another Vault than the first.",
  example: {
    language: "hcl",
    text: `${POLICY}

${ROLE}

${AUTH_ROLE_HEAD}
${BOUND}
  token_policies                   = ["orders"]
  token_period                     = 900
}`,
  },
  *check(graph) {
    yield* periods(graph);
    yield* bounds(graph);
    yield* quotas(graph);
    yield* logins(graph);
    yield* allowances(graph);
    yield* certificates(graph);
    yield* sources(graph);
    yield* stacksApart(graph);
    yield* autoscaled(graph);
    yield* vaultNamespaces(graph);
    yield* providerVersions(graph);
  },
};

/** A token ends with its leases: sooner it takes them along, later it delays the clean-up after a lost node. */
function* periods(graph: AccessGraph): Iterable<Violation> {
  const longest = new Map<AccessGraph["authRoles"][number], number>();
  for (const { authRole, databaseRole } of rolesWithCredentials(graph))
    longest.set(authRole, Math.max(longest.get(authRole) ?? 0, known(databaseRole.defaultTtl) ?? 0));
  for (const [role, lease] of longest) {
    const period = known(role.tokenPeriod) ?? 0;
    if (period === lease) continue;
    yield {
      at: role.origin,
      message: `token_period is ${duration(period)}, and the leases of the role are of ${duration(lease)}`,
      fix: `set token_period = ${lease}`,
    };
  }
}

/** What a mount and a method allow is the same, and no more than the longest that a role asks for. */
function* bounds(graph: AccessGraph): Iterable<Violation> {
  const { mounts, authMethods, databaseRoles, workloads } = graph;
  const isStatic = workloads.some(({ pod }) => known(pod.labels["leasehold/credentials"]) === "static");
  for (const mount of mounts) {
    const own = databaseRoles.filter(
      ({ origin, mount: path }) => placeOf(origin, path) === placeOf(mount.origin, mount.path),
    );
    const asked = Math.max(0, ...own.map(({ maxTtl }) => known(maxTtl) ?? 0));
    const most = known(mount.maxLeaseTtl) ?? 0;
    if (own.length > 0 && asked < most && !isStatic)
      yield {
        at: mount.origin,
        message: `the mount allows leases of ${duration(most)}, and its roles ask for ${duration(asked)} at most`,
        fix: `set max_lease_ttl_seconds = ${asked}, or the maximum of the role that should have it`,
      };
    for (const method of authMethods) {
      if (method.origin.vault !== mount.origin.vault) continue;
      const { shortest, longest } = methodTtls(graph, method);
      const isOne = shortest === known(mount.defaultLeaseTtl) && longest === most;
      if (isOne) continue;
      yield {
        at: method.origin,
        message: `its tokens have ${duration(shortest ?? 0)} and at most ${duration(longest ?? 0)}, and leases of ${show(mount.path)} ${duration(known(mount.defaultLeaseTtl) ?? 0)} and at most ${duration(most)}`,
        fix: "give both the same default and the same maximum",
      };
    }
  }
}

/** A pod logs in once and reads once: two quotas over different times let more of the one through. */
function* quotas({ rateLimits, terraform }: AccessGraph): Iterable<Violation> {
  for (const { type, origin: at, body } of terraform.resources) {
    if (type !== "vault_quota_rate_limit") continue;
    const [name, where] = [known(asText(body.name)), known(asText(body.path))];
    const kind = where?.endsWith("/login") === true ? "login" : "creds";
    if (name === undefined || name.endsWith(`-${kind}`)) continue;
    yield {
      at,
      message: `its name is ${show(name)}, and it limits ${show(where)}: whoever reads the name in a metric looks at the wrong place`,
      fix: `call it after the environment and what it limits, ENVIRONMENT-${kind}`,
    };
  }
  const [first, ...more] = rateLimits;
  for (const each of more) {
    if (first === undefined || (known(each.interval) ?? 1) === (known(first.interval) ?? 1)) continue;
    yield {
      at: each.origin,
      message: `it counts over ${duration(known(each.interval) ?? 1)}, and ${first.origin.address} over ${duration(known(first.interval) ?? 1)}`,
      fix: "count logins and reads over the same time",
    };
  }
}

/** Vault's login and its database are those that the bootstrap SQL has made. */
function* logins({ connections, bootstraps }: AccessGraph): Iterable<Violation> {
  for (const connection of connections) {
    const { origin: at, username, url } = connection;
    const bootstrap = bootstrapOf(connection, bootstraps);
    if (bootstrap === undefined) continue;
    const { logins: made, database } = bootstrap;
    const login = made[connectionNumber(connection) - 1];
    const { database: named } = readDatabaseUrl(known(url) ?? "");
    if (login !== known(username))
      yield {
        at,
        message: `Vault logs in as ${show(username)}, and ${bootstrap.file} makes ${show(login)}`,
        fix: "name the login that the bootstrap SQL makes",
      };
    if (database !== undefined && named !== undefined && database !== named)
      yield {
        at,
        message: `Vault works in the database ${show(named)}, and ${bootstrap.file} is for ${show(database)}`,
        fix: "name the database that the bootstrap SQL has prepared",
      };
  }
  for (const bootstrap of bootstraps) {
    const own = connections.filter((each) => bootstrapOf(each, bootstraps) === bootstrap);
    const used = new Set(own.map(({ username }) => known(username)));
    for (const login of bootstrap.logins) {
      if (own.length === 0 || used.has(login)) continue;
      yield {
        at: { address: login, file: bootstrap.file },
        message: `${show(login)} may create roles, and no connection logs in as it`,
        fix: "make a connection of it, or leave the login out",
      };
    }
  }
}

/** The SQL of a connection's database. */
function bootstrapOf({ database }: Connection, bootstraps: AccessGraph["bootstraps"]): Bootstrap | undefined {
  return bootstraps.find((each) => each.file.endsWith(`/${String(known(database))}.sql`));
}

/** A role is made by a login of its own database. Several connections to that one have the same powers, and a role may move between them. */
function* allowances({ connections, databaseRoles }: AccessGraph): Iterable<Violation> {
  const roles = groupBy(databaseRoles, ({ origin, mount, name }) => placeOf(origin, mount, name));
  for (const { origin: at, mount, name, database, allowedRoles } of connections) {
    for (const allowed of known(allowedRoles) ?? []) {
      const all = roles.get(placeOf(at, mount, allowed) ?? "") ?? [];
      if (all.length === 0 || all.some((role) => role.database === database)) continue;
      yield {
        at,
        message: `${show(name)} allows ${show(allowed)}, whose credentials ${show(all[0]?.connection)} makes`,
        fix: `take ${show(allowed)} out of allowed_roles`,
      };
    }
  }
}

/** Addresses in Vault's network policy are of nobody in the cluster: pods come to it by their namespace. */
function* sources(graph: AccessGraph): Iterable<Violation> {
  for (const workload of injected(graph)) {
    // What no source lets in has a rule of its own.
    if (networkLetsIn(graph, workload, false) !== false || networkLetsIn(graph, workload) === false) continue;
    yield {
      at: workload.origin,
      message: `Vault's network policy has addresses, and not the namespace ${show(known(workload.namespace))} of these pods`,
      fix: "let their namespace in: addresses are of those outside of the cluster",
    };
  }
}

/** The application checks the server by the same CA as Vault does. */
function* certificates({ connections, configMaps }: AccessGraph): Iterable<Violation> {
  for (const { origin: at, database, caCertificate } of connections) {
    const key = `${String(known(database))}-ca.crt`;
    for (const { origin, data } of configMaps) {
      const given = Object.hasOwn(data, key) ? known(data[key]) : undefined;
      if (given === undefined || given === known(caCertificate)) continue;
      yield {
        at,
        message: `tls_ca is not the CA by which ${origin.address} has the application check the same server`,
        fix: "give both the CA that signed the server's certificate",
      };
      break;
    }
  }
}

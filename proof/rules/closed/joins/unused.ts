import { isUnknown, known, type AccessGraph, type Known, type Origin } from "../../../access";
import {
  AUTH_ROLE_HEAD,
  BOUND,
  DEPLOYMENT_ANNOTATIONS,
  DEPLOYMENT_END,
  DEPLOYMENT_METADATA,
  POLICY,
  ROLE,
} from "../../example-parts";
import { blockKey } from "../../identities";
import type { Rule, Violation } from "../../rule";
import { show } from "../../words";
import { blockOf, placeOf } from "./place";

export const unused: Rule = {
  id: "proof/unused",
  severity: "error",
  title: "something that is declared and that nobody uses",
  why: "A role, a policy or a group of nobody is a way to the tables that no service needs and nobody misses; and the service that it was made for reads something else.",
  example: {
    language: "hcl",
    text: `${POLICY}

resource "vault_policy" "orders_old" {
  name   = "orders-old"
  policy = "path \\"database/creds/orders\\" { capabilities = [\\"read\\"] }"
}

${ROLE}

${DEPLOYMENT_METADATA}
    replicas = 2
${DEPLOYMENT_ANNOTATIONS}
${DEPLOYMENT_END}

${AUTH_ROLE_HEAD}
${BOUND}
  token_policies                   = ["orders"]
  token_period                     = 3600
}`,
  },
  *check(graph, { siblings = [] }) {
    yield* ofPods(graph, siblings);
    yield* ofRoles(graph, siblings);
    yield* ofCredentials(graph);
    yield* ofPeople(graph);
  },
};

function told(at: Origin, message: string): Violation {
  return { at, message, fix: "remove it, or name it where it was meant to be used" };
}

/** Roles that a pod logs in with, and that it reads; a database role may be read in another cluster alone. */
function* ofPods(
  { chains, people, databaseRoles, authRoles }: AccessGraph,
  siblings: readonly AccessGraph[],
): Iterable<Violation> {
  const everywhere = [chains, ...siblings.map((each) => each.chains)].flat();
  const readers = [...everywhere, ...people.flatMap(({ accesses }) => accesses)];
  const read = new Set(readers.flatMap(({ databaseRole: role }) => (role ? [blockKey(role.origin)] : [])));
  const loggedIn = new Set(chains.map(({ authRole }) => authRole));
  for (const role of databaseRoles)
    if (!read.has(blockKey(role.origin)))
      yield told(role.origin, `nobody reads credentials of ${show(role.name)}`);
  for (const role of authRoles)
    if (!loggedIn.has(role)) yield told(role.origin, `no pod logs in as ${show(role.name)}`);
}

/** What roles are made of; where there is no role at all nothing is expected to be used. */
function* ofRoles(graph: AccessGraph, siblings: readonly AccessGraph[]): Iterable<Violation> {
  const { policies, authRoles, authMethods, mounts, connections, databaseRoles } = graph;
  // A policy may be carried in another cluster alone.
  const carried = new Set(
    [authRoles, graph.identityGroups, ...siblings.map((each) => each.authRoles)]
      .flat()
      .flatMap(({ origin, policies: names }) => (known(names) ?? []).map((name) => placeOf(origin, name))),
  );
  for (const { origin, name } of policies)
    if (!carried.has(placeOf(origin, name)))
      yield told(origin, `no auth role and no group carries ${show(name)}`);
  const methods = new Set(authRoles.map(({ origin, authPath }) => placeOf(origin, authPath)));
  const engines = new Set(connections.map(({ origin, mount }) => placeOf(origin, mount)));
  const served = new Set(
    databaseRoles.map(({ origin, mount, database }) => placeOf(origin, mount, database)),
  );
  if (authRoles.length > 0)
    for (const { origin, path } of authMethods)
      if (!methods.has(placeOf(origin, path))) yield told(origin, `no role is of ${show(path)}`);
  if (connections.length > 0)
    for (const { origin, path } of mounts)
      if (!engines.has(placeOf(origin, path))) yield told(origin, `no connection is of ${show(path)}`);
  for (const { origin, mount, name, database, allowedRoles } of connections)
    if ((known(allowedRoles) ?? []).length > 0 && !served.has(placeOf(origin, mount, database)))
      yield told(origin, `no database role is of ${show(name)}`);
}

/** Groups that nobody comes to, people whom no group knows, and auth methods that nothing asks for. */
function* ofPeople(graph: AccessGraph): Iterable<Violation> {
  const { people, identityGroups, identityEntities, identityEntityAliases, authAccessors } = graph;
  for (const { origin, name } of identityGroups) {
    const own = people.find(({ group }) => group.origin === origin);
    if (own === undefined) yield told(origin, `${show(name)} reads no credentials`);
    else if (own.logins.length === 0) yield told(origin, `nobody comes to be in ${show(name)} by a login`);
  }
  const members = new Set(
    identityGroups.flatMap(({ members: ids }) => (known(ids) ?? []).map((id) => idOf(id))),
  );
  const loggedIn = new Set(identityEntityAliases.map(({ of }) => idOf(of)));
  for (const { origin, name } of identityEntities) {
    if (!members.has(origin.address)) yield told(origin, `${show(name)} is in no group`);
    if (!loggedIn.has(origin.address)) yield told(origin, `no user logs in as ${show(name)}`);
  }
  const asked = new Set(
    [...graph.identityGroupAliases, ...identityEntityAliases].map(({ accessor }) => idOf(accessor)),
  );
  for (const { origin, path } of authAccessors)
    if (!asked.has(origin.address)) yield told(origin, `nobody logs in at ${show(path)}`);
}

/** Address of the resource that a reference names. */
function idOf(value: Known<string>): string {
  return isUnknown(value) ? blockOf(value.expression.replace(/^\$\{|\}$/g, "")) : "";
}

/** Groups of the bootstrap SQL that no credential is a member of. */
function* ofCredentials({ databaseRoles, bootstraps }: AccessGraph): Iterable<Violation> {
  const joined = new Set(
    databaseRoles.flatMap(({ statements }) =>
      (statements?.creation.memberships ?? []).map(({ role }) => role),
    ),
  );
  for (const { file, groups } of bootstraps)
    for (const { role, retired } of groups)
      if (!retired && !joined.has(role))
        yield told({ address: role, file }, `no credential is a member of ${show(role)}`);
  const acting = new Set(
    databaseRoles.map(
      ({ name, statements }) => `${String(known(name))} ${statements?.creation.actsAs ?? ""}`,
    ),
  );
  for (const { file, owners } of bootstraps)
    for (const { role, owner } of owners)
      if (!acting.has(`${role} ${owner}`))
        yield told(
          { address: role, file },
          `${show(role)} may become ${show(owner)}, and no credential does`,
        );
}

import { type AccessGraph, asObject, isUnknown, known, type Known, type Origin } from "../../../access";
import { BOUND, POLICY } from "../../example-parts";
import type { Rule, Violation } from "../../rule";
import { listed, show } from "../../words";
import { blockOf, placeOf, references } from "./place";
import { configured } from "./configured";

export const missing: Rule = {
  id: "proof/missing",
  severity: "error",
  title: "something that is named and that nothing declares",
  why: "Vault takes a role of a connection, a method or a mount that is not there, or refuses it at apply; either way nobody gets a credential. What is meant may also be somewhere else, where nobody has proven anything.",
  example: {
    language: "hcl",
    text: `resource "vault_auth_backend" "kubernetes" {
  type        = "kubernetes"
  path        = "k8s"
  description = "Configured out of band"
}

${POLICY}

resource "vault_kubernetes_auth_backend_role" "orders" {
  backend                          = "kubernetes"
  role_name                        = "orders"
${BOUND}
  token_policies                   = ["orders"]
  token_period                     = 3600
}`,
  },
  *check(graph) {
    yield* named(graph);
    yield* configured(graph);
    yield* limited(graph);
    yield* groups(graph);
    yield* waitedFor(graph);
    yield* identities(graph);
  },
};

interface Named {
  readonly at: Origin;
  readonly argument: string;
  readonly what: string;
  readonly name: Known<string>;
  readonly place: string | undefined;
}

function* named(graph: AccessGraph): Iterable<Violation> {
  const { authMethods, authRoles, authConfigurations, mounts, connections, databaseRoles, policies } = graph;
  const methods = new Set(authMethods.map(({ origin, path }) => placeOf(origin, path)));
  const engines = new Set(mounts.map(({ origin, path }) => placeOf(origin, path)));
  const servers = new Set(connections.map(({ origin, mount, name }) => placeOf(origin, mount, name)));
  yield* notAmong(
    methods,
    [...authRoles, ...authConfigurations].map(({ origin: at, authPath: name }) => {
      const place = placeOf(at, name);
      return { at, argument: "backend", what: "a Kubernetes auth method", name, place };
    }),
  );
  yield* notAmong(
    engines,
    [...connections, ...databaseRoles].map(({ origin: at, mount: name }) => {
      const place = placeOf(at, name);
      return { at, argument: "backend", what: "a mount of the database secrets engine", name, place };
    }),
  );
  yield* notAmong(
    servers,
    databaseRoles.map(({ origin: at, mount, connection: name }) => {
      const place = placeOf(at, mount, name);
      return { at, argument: "db_name", what: "a connection of its mount", name, place };
    }),
  );
  yield* notAmong(servers, rotations(graph));
  yield* notAmong(
    new Set(policies.map(({ origin, name }) => placeOf(origin, name))),
    [
      ...authRoles.map((role) => ({ ...role, argument: "token_policies" })),
      ...graph.identityGroups.map((group) => ({ ...group, argument: "policies" })),
    ].flatMap(({ origin: at, policies: names, argument }) =>
      (known(names) ?? [])
        .filter((name) => name !== "default")
        .map((name) => ({ at, argument, what: "a policy", name, place: placeOf(at, name) })),
    ),
  );
}

/** Ids and accessors of Vault's identities, each of a resource of the same stack. */
function* identities(graph: AccessGraph): Iterable<Violation> {
  const { identityGroups, identityGroupAliases, identityEntities, identityEntityAliases } = graph;
  const aliases = [
    ...identityGroupAliases.map((alias) => ({ alias, owners: identityGroups, what: "a group" })),
    ...identityEntityAliases.map((alias) => ({ alias, owners: identityEntities, what: "an entity" })),
  ];
  const wanted = [
    ...aliases.flatMap(({ alias: { origin: at, of, accessor }, owners, what }) => [
      { at, argument: "canonical_id", value: of, owners, what },
      {
        at,
        argument: "mount_accessor",
        value: accessor,
        owners: graph.authAccessors,
        what: "an auth method that is looked up",
      },
    ]),
    ...identityGroups.flatMap(({ origin: at, members }) =>
      (known(members) ?? []).map((value) => ({
        at,
        argument: "member_entity_ids",
        value,
        owners: identityEntities,
        what: "an entity",
      })),
    ),
  ];
  for (const { at, argument, value, owners, what } of wanted) {
    const named = isUnknown(value) ? blockOf(value.expression.replace(/^\$\{|\}$/g, "")) : undefined;
    if (owners.some(({ origin }) => origin.address === named && origin.root === at.root)) continue;
    yield {
      at,
      message: `${argument} is ${show(value)}, which is not ${what} of the stack`,
      fix: "name one that the stack has",
    };
  }
}

/** Connections whose login is to be rotated. */
function rotations({ terraform }: AccessGraph): Named[] {
  return terraform.resources.flatMap(({ type, origin: at, body }) => {
    const path = String(body.path).replace(/^\/+|\/+$/g, "");
    const [, mount, name] = /^(.+)\/rotate-root\/([^/]+)$/.exec(path) ?? [];
    if (type !== "vault_generic_endpoint" || name === undefined) return [];
    return { at, argument: "path", what: "a connection", name, place: placeOf(at, mount, name) };
  });
}

function* notAmong(declared: ReadonlySet<string | undefined>, all: readonly Named[]): Iterable<Violation> {
  for (const { at, argument, what, name, place } of all) {
    if (place !== undefined && declared.has(place)) continue;
    const there = [...declared].map((each) => show(each?.replace(/^[^ ]* /, "")));
    yield {
      at,
      message: `${argument} names ${show(name)}, which is not ${what} that is declared`,
      fix: there.length === 0 ? `declare it` : `name one that is declared: ${listed(there)}`,
    };
  }
}

/** A quota limits logins of a method, or reads of a mount's credentials. */
function* limited({ rateLimits, authMethods, mounts }: AccessGraph): Iterable<Violation> {
  const paths = [
    ...authMethods.map(({ path }) => `auth/${String(known(path))}/login`),
    ...mounts.map(({ path }) => `${String(known(path))}/creds/*`),
  ];
  for (const { origin: at, path } of rateLimits) {
    if (paths.includes(String(known(path)))) continue;
    yield {
      at,
      message: `it limits ${show(path)}, where nothing logs in and nothing is read`,
      fix: `limit ${listed(paths)}`,
    };
  }
}

/** Groups that a credential is a member of, and that the SQL of the database has to make. */
function* groups({ databaseRoles, bootstraps }: AccessGraph): Iterable<Violation> {
  const made = new Set(
    bootstraps.flatMap(({ groups: all }) => all.flatMap(({ role, retired }) => (retired ? [] : role))),
  );
  for (const { origin: at, statements } of databaseRoles) {
    for (const { role } of statements?.creation.memberships ?? []) {
      if (made.has(role)) continue;
      yield {
        at,
        message: `a credential is a member of ${show(role)}, and no bootstrap SQL makes that role`,
        fix: "name the group of the service, and run the bootstrap SQL that makes it",
      };
    }
  }
  for (const { file, granted } of bootstraps) {
    for (const role of new Set(granted)) {
      if (made.has(role)) continue;
      yield {
        at: { address: role, file },
        message: `${show(role)} is granted something and is not among the roles that are made`,
        fix: "put it into leasehold_role, or take its grants out",
      };
    }
  }
}

/** References that only order: Terraform refuses those to nothing. */
function* waitedFor({ terraform }: AccessGraph): Iterable<Violation> {
  const blocks = new Set(
    terraform.resources.map(({ origin, place }) => `${origin.root ?? ""} ${place?.block ?? ""}`),
  );
  for (const { origin: at, written, place, body } of terraform.resources) {
    if (place === undefined) continue;
    const lifecycle = asObject(body.lifecycle);
    const all = [...references(written.depends_on), ...references(lifecycle.replace_triggered_by)];
    for (const reference of all) {
      if (/^(module|local|var)\./.test(reference)) continue;
      if (blocks.has(`${at.root ?? ""} ${blockOf(reference)}`)) continue;
      yield {
        at,
        message: `it waits for ${reference}, and its stack has no such resource`,
        fix: "name a resource of the stack",
      };
    }
  }
}

import {
  effectivePrivileges,
  known,
  mergedRoles,
  referred,
  type AccessGraph,
  type DatabaseRole,
  type People,
} from "../../access";
import { groupBy } from "../../core";
import { CREATE, DROP, POLICY } from "../example-parts";
import { blockKey } from "../identities";
import type { Rule, Violation } from "../rule";
import { duration, listed, show } from "../words";
import { placeOf } from "./joins/place";

/** The longest that a credential of a person lives, in seconds. */
const LONGEST = 3600;

export const people: Rule = {
  id: "proof/people",
  severity: "error",
  title: "people who may more, or for longer, than was said",
  why: "What a person holds is copied into tools, tickets and the history of a shell: it ends within the hour by itself, it reads unless a reason says why it writes, and it is a credential of theirs alone, so that Vault's audit log names who it was.",
  example: {
    language: "hcl",
    text: `${POLICY}

resource "vault_database_secret_backend_role" "orders" {
  backend               = "database"
  name                  = "orders"
  db_name               = "shop"
  default_ttl           = 28800
  max_ttl               = 28800
${CREATE}
${DROP}
}

resource "vault_identity_group" "orders" {
  name     = "orders"
  type     = "external"
  policies = ["orders"]
  metadata = { leasehold-credentials = "3" }
}`,
  },
  *check(graph, { siblings = [] }) {
    yield* shared(graph, siblings);
    for (const each of graph.people) {
      for (const { databaseRole } of each.accesses) yield* lives(databaseRole, each);
      yield* writes(each, graph);
      yield* called(each);
      yield* logins(each, graph);
    }
    yield* methods(graph);
  },
};

/** One length, which nothing renews on: what a person does not use any more is gone. */
function* lives({ origin: at, defaultTtl, maxTtl }: DatabaseRole, { group }: People): Iterable<Violation> {
  const [ttl, most] = [known(defaultTtl) ?? 0, known(maxTtl) ?? 0];
  if (ttl > 0 && ttl === most && most <= LONGEST) return;
  yield {
    at,
    message: `credentials of ${show(group.name)} live ${duration(ttl)} and at most ${duration(most)}, and people's live ${duration(LONGEST)} at most, of which nothing is renewed`,
    fix: `set default_ttl and max_ttl to one value of up to ${LONGEST}`,
  };
}

/** What a credential may do beside reading tables, and whether the group says why. */
function* writes({ group, accesses }: People, graph: AccessGraph): Iterable<Violation> {
  const reason = known(group.metadata["leasehold-writes"]);
  const more = accesses.map(({ databaseRole }) => ({
    databaseRole,
    verbs: writingVerbs(databaseRole, graph),
  }));
  const writing = more.filter(({ verbs }) => verbs.length > 0);
  if (reason === undefined)
    for (const { databaseRole, verbs } of writing)
      yield {
        at: databaseRole.origin,
        message: `people of ${show(group.name)} may ${listed(verbs)}, and no reason is said`,
        fix: "let them read, or declare writes: { reason }",
      };
  if (reason !== undefined && writing.length === 0)
    yield {
      at: group.origin,
      message: `${show(group.name)} says why its people write, and they read`,
      fix: "take the reason out, or grant what it is about",
    };
}

const CREDENTIAL = "{{name}}";

/** What lets nobody change anything by itself. */
const READING = new Set(["SELECT", "CONNECT"]);

function writingVerbs({ statements }: DatabaseRole, { sqlRoles }: AccessGraph): string[] {
  const creation = statements?.creation;
  if (creation === undefined) return [];
  const roles = mergedRoles([sqlRoles, creation.roles]);
  const { privileges } = effectivePrivileges(roles, CREDENTIAL, creation.actsAs);
  const verbs = privileges
    .filter(({ role }) => role !== "PUBLIC")
    .filter(({ on, verb }) => !READING.has(verb) && !(on === "SCHEMA" && verb === "USAGE"))
    .map(({ verb, on, name }) => `${verb} on ${name ?? on.toLowerCase()}`);
  return [...new Set(verbs)].sort();
}

/** A role is read by the one group that it was made for, and by no pod: the audit log shall know whose it was. */
function* shared(
  { people: all, chains }: AccessGraph,
  siblings: readonly AccessGraph[],
): Iterable<Violation> {
  const pods = new Map(
    [chains, ...siblings.map((each) => each.chains)]
      .flat()
      .flatMap(({ databaseRole, workload }) =>
        databaseRole ? [[blockKey(databaseRole.origin), workload.origin.address] as const] : [],
      ),
  );
  const readers = all.flatMap(({ group, accesses }) =>
    accesses.map(({ databaseRole }) => ({ group, databaseRole })),
  );
  for (const own of groupBy(readers, ({ databaseRole }) => blockKey(databaseRole.origin)).values()) {
    const [{ databaseRole }] = own as [(typeof own)[0]];
    const pod = pods.get(blockKey(databaseRole.origin));
    const who = [...own.map(({ group }) => group.origin.address), ...(pod === undefined ? [] : [pod])];
    if (who.length < 2) continue;
    yield {
      at: databaseRole.origin,
      message: `credentials of ${show(databaseRole.name)} are read by ${listed(who)}`,
      fix: "let each group read the role that was made for it",
    };
  }
}

/** Group and policy are called after each other: who finds one in an audit log looks for the other. */
function* called({ group, policies }: People): Iterable<Violation> {
  for (const { name } of policies)
    if (known(name) !== known(group.name)?.toLowerCase())
      yield {
        at: group.origin,
        message: `the group ${show(group.name)} carries the policy ${show(name)}, which is called after others`,
        fix: "let the group carry the policy of its own name",
      };
}

/** By whom people are known stands with their group and in the name of each entity, and is the same there. */
function* logins({ group, logins: all }: People, { identityEntities }: AccessGraph): Iterable<Violation> {
  for (const { kind, name, mount, alias } of all) {
    const at = `${String(known(mount))}/${String(known(name))}`;
    if (kind === "group") {
      const told = known(group.metadata["leasehold-login"]);
      if (told !== at)
        yield {
          at: alias.origin,
          message: `${show(at)} leads to ${show(group.name)}, which is for ${show(told)}`,
          fix: "declare the login, from which both come",
        };
      continue;
    }
    const entity = referred(alias.of, "id", alias.origin, identityEntities);
    if (known(entity?.name)?.endsWith(`-${at.replaceAll("/", "-")}`) !== true)
      yield {
        at: alias.origin,
        message: `${show(at)} leads to the entity ${show(entity?.name)}, which is called after somebody else`,
        fix: "call it <environment>-<auth method>-<user>",
      };
  }
}

/** Pods have a method of their own: an alias there would make one of them a person. */
function* methods({ authAccessors, authMethods }: AccessGraph): Iterable<Violation> {
  const pods = new Set(authMethods.map(({ origin, path }) => placeOf(origin, path)));
  for (const { origin: at, path } of authAccessors)
    if (pods.has(placeOf(at, path)))
      yield {
        at,
        message: `people log in at ${show(path)}, where the pods do`,
        fix: "name the auth method of people",
      };
}

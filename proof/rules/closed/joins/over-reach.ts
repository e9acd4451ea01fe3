import {
  capabilitiesAt,
  credsPath,
  isWildcard,
  known,
  type AccessGraph,
  type Origin,
  type PolicyRule,
} from "../../../access";
import { groupBy } from "../../../core";
import { AUTH_ROLE_HEAD, BOUND, POLICY } from "../../example-parts";
import type { Rule, Violation } from "../../rule";
import { listed, show } from "../../words";
import { placeOf } from "./place";

/**
 * What every token may do by Vault's policy `default`, and what the agent needs of it: renew the lease, renew the
 * token, revoke it when the pod ends, and look at itself. A policy may say it once more.
 */
const OF_EVERY_TOKEN: Readonly<Record<string, readonly string[]>> = {
  "sys/leases/renew": ["update"],
  "auth/token/renew-self": ["update"],
  "auth/token/revoke-self": ["update"],
  "auth/token/lookup-self": ["read"],
};

export const overReach: Rule = {
  id: "proof/over-reach",
  severity: "error",
  title: "a service that may do more than read its own credentials",
  why: "Whoever gets into one pod has all that its token may do: credentials of other services, tokens that outlive the pod, Vault's own storage, its own policy. What a service needs is read on the paths of its own roles; renewal and revocation come with the policy default. (Vault, policies)",
  example: {
    language: "hcl",
    text: `${POLICY}

resource "vault_policy" "orders_storage" {
  name   = "orders-storage"
  policy = "path \\"sys/raw/*\\" { capabilities = [\\"read\\"] }"
}

${AUTH_ROLE_HEAD}
${BOUND}
  token_policies                   = ["orders", "orders-storage"]
  token_period                     = 3600
}`,
  },
  *check(graph) {
    yield* ofTokens(graph);
    yield* ofGroups(graph);
    yield* ofCredentials(graph);
  },
};

function* ofTokens(graph: AccessGraph): Iterable<Violation> {
  const { authRoles, policies, chains } = graph;
  const own = groupBy(chains, ({ authRole }) => authRole && addressOf(authRole));
  const byPlace = groupBy(policies, ({ origin, name }) => placeOf(origin, name));
  for (const authRole of authRoles) {
    const carried = (known(authRole.policies) ?? []).flatMap(
      (name) => byPlace.get(placeOf(authRole.origin, name) ?? "") ?? [],
    );
    const paths = new Set((own.get(addressOf(authRole)) ?? []).map(({ use }) => known(use.path)));
    // Without a pod in sight what a service reads is what its policy is called after.
    const isOwn = (path: string) => (paths.size === 0 ? /\/creds\/[^*+/]+$/.test(path) : paths.has(path));
    const rules = carried.flatMap((policy) => policy.rules ?? []);
    for (const { origin: at, rules: written = [] } of carried)
      for (const rule of written) {
        const who = `pods that log in as ${show(authRole.name)}`;
        yield* beyond(rule, { who, at, isOwn, rules });
      }
  }
}

/** A person's token has besides what the company gives it; by a group of ours it reads credentials alone. */
function* ofGroups({ identityGroups, policies }: AccessGraph): Iterable<Violation> {
  const byPlace = groupBy(policies, ({ origin, name }) => placeOf(origin, name));
  for (const group of identityGroups) {
    const carried = (known(group.policies) ?? []).flatMap(
      (name) => byPlace.get(placeOf(group.origin, name) ?? "") ?? [],
    );
    const rules = carried.flatMap((policy) => policy.rules ?? []);
    const isOwn = (path: string) => /^[^*+]+\/creds\/[^*+/]+$/.test(path);
    const who = `people of the group ${show(group.name)}`;
    for (const { origin: at, rules: written = [] } of carried)
      for (const rule of written) yield* beyond(rule, { who, at, isOwn, rules });
  }
}

/** One resource of one stack. */
function addressOf({ origin }: { readonly origin: Origin }): string {
  return `${origin.root ?? ""} ${origin.address}`;
}

interface Asked {
  /** In words. */
  readonly who: string;
  readonly at: Violation["at"];
  readonly isOwn: (path: string) => boolean;
  readonly rules: readonly PolicyRule[];
}

function* beyond(rule: PolicyRule, { who, at, isOwn, rules }: Asked): Iterable<Violation> {
  const { path, unread = [] } = rule;
  if (unread.length > 0)
    yield {
      at,
      message: `${show(path)} has ${listed(unread.map((each) => show(each)))}, which Vault does not know or the proof does not follow`,
      fix: 'write capabilities = ["read"], and nothing beside it',
    };
  // Of an exact path all rules add up, and deny takes all away.
  const given = isWildcard(path) ? rule.capabilities : capabilitiesAt(rules, path);
  const allowed = isOwn(path) ? ["read"] : Object.hasOwn(OF_EVERY_TOKEN, path) ? OF_EVERY_TOKEN[path] : [];
  const more = [...given].filter((each) => each !== "deny" && allowed?.includes(each) !== true);
  if (more.length === 0) return;
  yield {
    at,
    message: `${who} may ${listed(more.map(show))} ${show(path)}`,
    fix: "let the policy read the service's own credentials alone",
  };
}

/** A group of PostgreSQL is what one service may do: a second role in it may do the same. */
function* ofCredentials({ databaseRoles }: AccessGraph): Iterable<Violation> {
  const members = databaseRoles.flatMap((role) =>
    (role.statements?.creation.memberships ?? []).map(({ role: group }) => ({ role, group })),
  );
  const byGroup = groupBy(members, ({ role, group }) => placeOf(role.origin, role.database, group));
  for (const all of byGroup.values()) {
    const paths = [...new Set(all.map(({ role }) => known(credsPath(role))))];
    if (paths.length < 2) continue;
    for (const { role, group } of all)
      yield {
        at: role.origin,
        message: `credentials of ${listed(paths.map((path) => show(path)))} are members of ${show(group)}`,
        fix: "give each service a group of its own",
      };
  }
  for (const groups of groupBy(members, ({ role }) => addressOf(role)).values()) {
    const names = [...new Set(groups.map(({ group }) => group))];
    const [first] = groups;
    if (first === undefined || names.length < 2) continue;
    yield {
      at: first.role.origin,
      message: `a credential is a member of ${listed(names.map((name) => show(name)))}, of which one alone is its service's`,
      fix: "leave the service's own group",
    };
  }
}

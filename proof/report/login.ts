import {
  isUnknown,
  known,
  type AccessGraph,
  type AuthRole,
  type DatabaseRole,
  type PolicyRule,
} from "../access";
import { credsPath } from "../access";
import { reachOf } from "../rules/reach";
import { certain, notKnown, type Certain } from "./answer";
import type { LoginReport } from "./model";
import { byText, knownTexts, placeOf, textOf, textsOf } from "./words";

/** What the roles of the auth methods open. */
export interface Logins {
  readonly reports: ReadonlyMap<AuthRole, LoginReport>;
  /** Database roles whose credentials the login may read. */
  readonly opened: (role: AuthRole) => readonly DatabaseRole[];
}

/** @param serviceOf ids of the services whose pods log in with a role */
export function loginsOf(graph: AccessGraph, servicesOf: (role: AuthRole) => readonly string[]): Logins {
  const byName = new Map(graph.policies.map((policy) => [known(policy.name), policy.rules ?? []]));
  const reach = reachOf(graph.databaseRoles);
  const rulesKnown = new Map(graph.policies.map(({ name, rules }) => [known(name), rules !== undefined]));
  const opened = new Map(
    graph.authRoles.map((role) => {
      const rules: PolicyRule[] = knownTexts(role.policies).flatMap((name) => byName.get(name) ?? []);
      return [role, reach(rules)] as const;
    }),
  );
  const reports = new Map(
    graph.authRoles.map(
      (role) =>
        [
          role,
          loginReport(role, opened.get(role) ?? [], servicesOf(role), opensWhole(role, rulesKnown)),
        ] as const,
    ),
  );
  return { reports, opened: (role) => opened.get(role) ?? [] };
}

function loginReport(
  role: AuthRole,
  opened: readonly DatabaseRole[],
  services: readonly string[],
  whole: Certain,
): LoginReport {
  return {
    place: placeOf(role.origin),
    authPath: textOf(role.authPath),
    name: textOf(role.name),
    audience: textOf(role.audience),
    serviceAccounts: textsOf(role.serviceAccounts),
    namespaces: textsOf(role.namespaces),
    namespaceSelector: textOf(role.namespaceSelector),
    policies: textsOf(role.policies),
    opens: opened.flatMap((each) => textOf(credsPath(each)) ?? []).sort(byText),
    opensWhole: whole,
    services,
    tokenTtl: tokenTtl(role),
    tokenLimit: tokenLimit(role),
  };
}

/** Vault's own maximum, for tokens without a period. */
const SYSTEM_TTL = 768 * 3600;

/** A policy that was not read may open anything; `default`, which Vault adds to every token, opens no credential. */
function opensWhole({ policies }: AuthRole, rulesKnown: ReadonlyMap<string | undefined, boolean>): Certain {
  if (isUnknown(policies)) return notKnown(`its policies are ${policies.expression}, known only at apply`);
  return certain(
    (policies ?? []).flatMap((name) => {
      if (isUnknown(name)) return [`one of its policies is ${name.expression}, known only at apply`];
      if (name === undefined || name === "default" || rulesKnown.get(name) === true) return [];
      return [
        rulesKnown.has(name)
          ? `the text of its policy ${name} is known only at apply`
          : `its policy ${name} was not read`,
      ];
    }),
  );
}

function tokenTtl({ tokenPeriod, tokenTtl: ttl }: AuthRole): LoginReport["tokenTtl"] {
  const unknown = [tokenPeriod, ttl].find(isUnknown);
  if (unknown !== undefined) return notKnown(`${unknown.expression} is known only at apply`);
  return known(tokenPeriod) || known(ttl) || null;
}

/** A token with a period is renewed without end unless the role says an explicit maximum. */
function tokenLimit({ tokenExplicitMaxTtl, tokenMaxTtl, tokenPeriod }: AuthRole): LoginReport["tokenLimit"] {
  const unknown = [tokenExplicitMaxTtl, tokenPeriod, tokenMaxTtl].find(isUnknown);
  if (unknown !== undefined) return notKnown(`${unknown.expression} is known only at apply`);
  const explicit = known(tokenExplicitMaxTtl) || null;
  if (explicit !== null || known(tokenPeriod)) return explicit;
  return known(tokenMaxTtl) || SYSTEM_TTL;
}

/** `auth/kubernetes/role/orders`. */
export function shownLogin({ authPath, name }: Pick<LoginReport, "authPath" | "name">): string {
  return `auth/${authPath ?? "?"}/role/${name ?? "?"}`;
}

/** `namespace/name` of everybody who may log in; what is chosen by labels is said in words. */
export function accountsOf({ serviceAccounts, namespaces, namespaceSelector }: LoginReport): string[] {
  const where = [
    ...namespaces,
    ...(namespaceSelector === null ? [] : [`namespaces with ${namespaceSelector}`]),
  ];
  return where.flatMap((namespace) => serviceAccounts.map((account) => `${namespace}/${account}`));
}

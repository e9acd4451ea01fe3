import {
  isOneVault,
  isUnknown,
  known,
  type AccessGraph,
  type AuthRole,
  type DatabaseRole,
  type Policy,
  type PolicyRule,
} from "../access";
import { credsPath } from "../access";
import { reachOf } from "../rules/reach";
import { certain, notKnown, type Certain } from "./answer";
import type { LoginReport } from "./model";
import { byText, groupedBy, knownTexts, placeOf, textOf, textsOf } from "./words";

/** What the roles of the auth methods open. */
export interface Logins {
  readonly reports: ReadonlyMap<AuthRole, LoginReport>;
  /** Database roles whose credentials the login may read. */
  readonly opened: (role: AuthRole) => readonly DatabaseRole[];
}

/** @param serviceOf ids of the services whose pods log in with a role */
export function loginsOf(graph: AccessGraph, servicesOf: (role: AuthRole) => readonly string[]): Logins {
  const byName = groupedBy(graph.policies, ({ name }) => String(known(name)));
  const policiesOf = (role: AuthRole, name: string) =>
    (byName.get(name) ?? []).filter((policy) => isOneVault(policy, role));
  const reach = reachOf(graph.databaseRoles);
  const opened = new Map(
    graph.authRoles.map((role) => {
      const rules: PolicyRule[] = knownTexts(role.policies).flatMap((name) =>
        policiesOf(role, name).flatMap((policy) => policy.rules ?? []),
      );
      return [role, reach(rules).filter((each) => isOneVault(each, role))] as const;
    }),
  );
  const reports = new Map(
    graph.authRoles.map(
      (role) =>
        [
          role,
          loginReport(role, opened.get(role) ?? [], servicesOf(role), opensWhole(role, policiesOf)),
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
function opensWhole(
  role: AuthRole,
  policiesOf: (role: AuthRole, name: string) => readonly Policy[],
): Certain {
  const { policies } = role;
  if (isUnknown(policies)) return notKnown(`its policies are ${policies.expression}, known only at apply`);
  return certain(
    (policies ?? []).flatMap((name) => {
      if (isUnknown(name)) return [`one of its policies is ${name.expression}, known only at apply`];
      if (name === undefined || name === "default") return [];
      const own = policiesOf(role, name);
      if (own.length > 0 && own.every(({ rules }) => rules !== undefined)) return [];
      return [
        own.length > 0
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

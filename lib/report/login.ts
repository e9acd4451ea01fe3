import { known, type AccessGraph, type AuthRole, type DatabaseRole, type PolicyRule } from "../access";
import { credsPath } from "../access";
import { reachOf } from "../rules/reach";
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
  const opened = new Map(
    graph.authRoles.map((role) => {
      const rules: PolicyRule[] = knownTexts(role.policies).flatMap((name) => byName.get(name) ?? []);
      return [role, reach(rules)] as const;
    }),
  );
  const reports = new Map(
    graph.authRoles.map(
      (role) => [role, loginReport(role, opened.get(role) ?? [], servicesOf(role))] as const,
    ),
  );
  return { reports, opened: (role) => opened.get(role) ?? [] };
}

function loginReport(
  role: AuthRole,
  opened: readonly DatabaseRole[],
  services: readonly string[],
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
    services,
    tokenTtl: known(role.tokenPeriod) || known(role.tokenTtl) || null,
    tokenLimit: tokenLimit(role),
  };
}

/** Vault's own maximum, for tokens without a period. */
const SYSTEM_TTL = 768 * 3600;

/** A token with a period is renewed without end unless the role says an explicit maximum. */
function tokenLimit({ tokenExplicitMaxTtl, tokenMaxTtl, tokenPeriod }: AuthRole): number | null {
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

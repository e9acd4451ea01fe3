import { credsPath, isUnknown, known, matches, type Chain } from "../access";
import { loginMismatches } from "../rules/access/pod-login-refused";
import { allowsRole } from "../rules/access/role-not-allowed";
import { listed, show } from "../rules/words";
import { hopsOf } from "./hops";
import type { Logins } from "./login";
import type { AccessReport, DatabaseRoleReport, PolicyReport } from "./model";
import type { RolePrivileges } from "./privileges";
import { timelineOf } from "./timeline";
import { placeOf, textOf, textsOf } from "./words";

/** The way of a chain, as far as it goes. */
export function accessOf(chain: Chain, logins: Logins, given: RolePrivileges | undefined): AccessReport {
  const missing = missingOf(chain);
  const undecided = chain.allowed === undefined || isUnknown(chain.use.path);
  const login = chain.authRole && logins.reports.get(chain.authRole);
  const report = {
    name: chain.use.name,
    reaches: missing.length > 0 ? "no" : undecided ? "unknown" : "yes",
    missing,
    credsPath: textOf(chain.use.path),
    file: textOf(chain.use.file),
    login: login ?? null,
    policies: policiesOf(chain),
    role: roleOf(chain, given),
    privileges: given?.privileges ?? [],
    timeline: timelineOf(chain) ?? null,
  } as const;
  return { ...report, hops: hopsOf(chain, report) };
}

function missingOf(chain: Chain): string[] {
  const { workload, use, authRole, allowed, databaseRole, connection } = chain;
  const injection = workload.pod.injection;
  if (isUnknown(use.path) || isUnknown(injection?.role) || isUnknown(injection?.authPath)) return [];
  const path = known(use.path) ?? "nothing";
  const refused = authRole
    ? [...loginMismatches(authRole, workload, injection?.tokenVolume)].map(({ message }) => message)
    : [];
  return [
    ...(authRole ? refused : [`auth/${textOf(injection?.authPath)} has no role ${show(injection?.role)}`]),
    ...(authRole && allowed === false ? [`no policy of the role lets it read ${path}`] : []),
    ...(databaseRole ? [] : [`no database role issues credentials at ${path}`]),
    ...(databaseRole && !connection
      ? [`the connection ${show(databaseRole.connection)} of the database role is not there`]
      : []),
    ...(databaseRole && connection && !allowsRole(connection, known(databaseRole.name) ?? "")
      ? [`the connection ${show(connection.name)} does not allow the role ${show(databaseRole.name)}`]
      : []),
  ];
}

function policiesOf({ policies, use }: Chain): PolicyReport[] {
  const path = known(use.path) ?? "";
  return policies.map(({ origin, name, rules }) => ({
    place: placeOf(origin),
    name: textOf(name),
    rules: (rules ?? [])
      .filter((rule) => matches(rule.path, path))
      .map((rule) => ({ path: rule.path, capabilities: [...rule.capabilities] })),
  }));
}

function roleOf(
  { databaseRole: role, connection }: Chain,
  given: RolePrivileges | undefined,
): DatabaseRoleReport | null {
  if (role === undefined) return null;
  return {
    place: placeOf(role.origin),
    mount: textOf(role.mount),
    name: textOf(role.name),
    connection: connection
      ? {
          name: textOf(connection.name),
          place: placeOf(connection.origin),
          login: textOf(connection.username),
        }
      : null,
    creation: textsOf(role.creation),
    revocation: textsOf(role.revocation),
    groupRoles: role.statements?.creation.memberships.map((each) => each.role) ?? [],
    unread: given?.unread ?? [],
  };
}

/** What a database role issues, in words: `database/creds/orders`. */
export function shownCreds(role: Parameters<typeof credsPath>[0]): string {
  return textOf(credsPath(role)) ?? "?";
}

/** Texts as a sentence has them. */
export function listedOr(texts: readonly string[], none: string): string {
  return texts.length === 0 ? none : listed(texts);
}

import { credsPath, isUnknown, known, matches, type AccessGraph, type Chain, type Known } from "../access";
import { loginMismatches } from "../rules/access/pod-login-refused";
import { allowsRole } from "../rules/access/role-not-allowed";
import { listed, show } from "../rules/words";
import { certain, NO, notKnown, YES, type Answer, type Certain } from "./answer";
import { deliveredBy, deliveryOf } from "./delivery";
import { hopsOf } from "./hops";
import type { Logins } from "./login";
import type { AccessReport, DatabaseRoleReport, PolicyReport } from "./model";
import type { RolePrivileges } from "./privileges";
import { timelineOf } from "./timeline";
import { placeOf, textOf, textsOf } from "./words";

/** The way of a chain, as far as it goes. */
export function accessOf(
  chain: Chain,
  graph: AccessGraph,
  logins: Logins,
  given: RolePrivileges | undefined,
): AccessReport {
  const unread = unreadOn(chain, graph);
  const missing = missingOf(chain, unread);
  const login = chain.authRole && logins.reports.get(chain.authRole);
  const delivery = deliveryOf(graph, chain.workload);
  const report = {
    name: chain.use.name,
    reaches: reachesOf(missing, unread),
    missing,
    delivered: deliveredBy(delivery),
    credsPath: textOf(chain.use.path),
    file: textOf(chain.use.file),
    login: login ?? null,
    policies: policiesOf(chain),
    role: roleOf(chain),
    privileges: given?.privileges ?? [],
    whole: wholeOf(given),
    timeline: timelineOf(chain),
  } as const;
  return { ...report, hops: hopsOf(chain, report, delivery) };
}

function reachesOf(missing: readonly string[], unread: readonly Unread[]): Answer {
  if (missing.length > 0) return NO;
  return unread.length > 0 ? notKnown(unread.map(({ text }) => text).join("; ")) : YES;
}

function wholeOf(given: RolePrivileges | undefined): Certain {
  return given === undefined
    ? notKnown("the database role that issues its credentials was not read")
    : certain(given.unread);
}

/** A part of the way that was not read: that it is not there is then no news. */
interface Unread {
  readonly part: "pod" | "login" | "policy" | "mount" | "connection";
  readonly text: string;
}

function unreadOn(
  { workload, use, authRole, allowed, databaseRole, connection }: Chain,
  graph: AccessGraph,
): Unread[] {
  const injection = workload.pod.injection;
  const applied = [use.path, injection?.role, injection?.authPath].find(isUnknown);
  if (applied !== undefined) return [{ part: "pod", text: `${applied.expression} is known only at apply` }];
  const path = known(use.path) ?? "";
  const parts: (Unread | false)[] = [
    authRole === undefined &&
      !isAmong(injection?.authPath, [...paths(graph.authMethods), ...graph.authRoles.map(authPathOf)]) && {
        part: "login",
        text: `auth/${textOf(injection?.authPath)} and its roles were not read`,
      },
    authRole !== undefined &&
      allowed === undefined && {
        part: "policy",
        text: "a policy of its login was not read, or is known only at apply",
      },
    databaseRole === undefined &&
      !isAmong(path.split("/creds/")[0], [...paths(graph.mounts), ...graph.databaseRoles.map(mountOf)]) && {
        part: "mount",
        text: `the database roles at ${path} were not read`,
      },
    databaseRole !== undefined &&
      connection === undefined &&
      !isAmong(databaseRole.mount, graph.connections.map(mountOf)) && {
        part: "connection",
        text: `the connection ${show(databaseRole.connection)} was not read`,
      },
  ];
  return parts.filter((part) => part !== false);
}

const paths = (nodes: readonly { readonly path: Known<string> }[]) => nodes.map(({ path }) => path);
const mountOf = ({ mount }: { readonly mount: Known<string> }) => mount;
const authPathOf = ({ authPath }: { readonly authPath: Known<string> }) => authPath;

/** One that is known only at apply may be it. */
function isAmong(text: Known<string>, all: readonly Known<string>[]): boolean {
  return all.some((each) => !isUnknown(each) && each === text);
}

function missingOf(chain: Chain, unread: readonly Unread[]): string[] {
  const { workload, use, authRole, allowed, databaseRole, connection } = chain;
  const injection = workload.pod.injection;
  const wasRead = (part: Unread["part"]) => !unread.some((each) => each.part === part);
  if (!wasRead("pod")) return [];
  const path = known(use.path) ?? "nothing";
  if (authRole === undefined)
    return [
      ...(wasRead("login")
        ? [`auth/${textOf(injection?.authPath)} has no role ${show(injection?.role)}`]
        : []),
      ...databaseMissing(chain, path, wasRead),
    ];
  const refused = [...loginMismatches(authRole, workload, injection?.tokenVolume)];
  return [
    ...refused.map(({ message }) => message),
    ...(allowed === false ? [`no policy of the role lets it read ${path}`] : []),
    ...databaseMissing({ databaseRole, connection }, path, wasRead),
  ];
}

function databaseMissing(
  { databaseRole, connection }: Pick<Chain, "databaseRole" | "connection">,
  path: string,
  wasRead: (part: Unread["part"]) => boolean,
): string[] {
  if (databaseRole === undefined)
    return wasRead("mount") ? [`no database role issues credentials at ${path}`] : [];
  if (connection === undefined)
    return wasRead("connection")
      ? [`the connection ${show(databaseRole.connection)} of the database role is not there`]
      : [];
  return allowsRole(connection, known(databaseRole.name) ?? "")
    ? []
    : [`the connection ${show(connection.name)} does not allow the role ${show(databaseRole.name)}`];
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

function roleOf({ databaseRole: role, connection }: Chain): DatabaseRoleReport | null {
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

import { isNotKnown } from "../answer";
import { duration, listed } from "../../rules/words";
import type { AccessReport, EnvironmentReport, LoginReport, ServiceReport } from "../model";
import { groupedBy, shownVerb, tableId } from "../words";
import { shownLogin } from "../login";
import { doubts, livesOnStatic } from "./who-can";

/** What somebody gets who takes over a pod, a ServiceAccount token or a credential of a service, and for how long. */
export function blastRadius(report: EnvironmentReport, service: ServiceReport): string {
  const accesses = service.accesses.filter(({ reaches }) => reaches.value !== "no");
  if (accesses.length === 0)
    return [
      service.accesses.length === 0
        ? `${service.id} asks for no leased credentials`
        : `${service.id} reaches no database by leased credentials: ${service.accesses.flatMap(({ missing }) => missing).join("; ")}`,
      ...indented(livesOnStatic(service) ? [STATIC] : []),
      ...doubts(report),
    ].join("\n");
  const logins = [
    ...new Map(
      accesses.flatMap(({ login }) => (login ? [[shownLogin(login), login] as const] : [])),
    ).values(),
  ];
  return [
    `${service.id} in ${report.name}`,
    "",
    "if a pod is taken over:",
    ...indented([
      ...accesses.flatMap((access) => reachLines(access)),
      ...besides(report, service),
      ...accesses.map(podEnd),
      ...(livesOnStatic(service) ? [STATIC] : []),
    ]),
    "",
    "if its ServiceAccount token leaks:",
    ...indented(logins.flatMap((login) => tokenLines(login, accesses))),
    "",
    "if a credential leaks:",
    ...indented(accesses.flatMap(leaseLines)),
    ...doubts(report),
  ].join("\n");
}

/** Worse than anything leased. */
const STATIC =
  "some of its pods live on a password that never changes: whoever has read it may what its user may, until somebody changes it by hand";

function reachLines({ privileges, name, reaches, whole }: AccessReport): string[] {
  const byTable = groupedBy(
    privileges,
    (each) => `${each.object === "table" ? "" : `${each.object} `}${tableId(each)}`,
  );
  const more = [
    ...(isNotKnown(reaches) ? [`whether it reaches ${name} is not known: ${reaches.reason}`] : []),
    ...(isNotKnown(whole) ? [`${name}: what else is not known: ${whole.reason}`] : []),
  ];
  if (byTable.size === 0) return more.length > 0 ? more : [`${name}: no table`];
  return [...[...byTable].map(([table, own]) => `${own.map(shownVerb).join(", ")} on ${table}`), ...more];
}

function besides({ tables }: EnvironmentReport, { id, opensBesides, accesses }: ServiceReport): string[] {
  const unread = new Set(
    accesses.flatMap(({ login }) => (login && isNotKnown(login.opensWhole) ? [login.opensWhole.reason] : [])),
  );
  const rest = [...unread].map((reason) => `what its login opens besides is not known: ${reason}`);
  if (opensBesides.length === 0) return rest;
  const could = tables.flatMap((table) =>
    table.reachedBy
      .filter(({ service, how }) => service === id && how === "could")
      .map(({ verbs }) => `${verbs.map(shownVerb).join(", ")} on ${table.id}`),
  );
  return [
    `besides, its login opens ${listed(opensBesides)}: ${could.join("; ") || "no table that is known"}`,
    ...rest,
  ];
}

function podEnd({ name, timeline }: AccessReport): string {
  if (isNotKnown(timeline)) return `${name}: for how long is not known: ${timeline.reason}`;
  const { defaultTtl, revoke } = timeline.numbers;
  const revoked = timeline.shutdown.some(({ kind }) => kind === "revoke");
  const rest = duration(defaultTtl.value);
  return revoked
    ? `${name}: as long as the pod runs; when it ends its credential is revoked within ${duration(revoke.value)}, and where that fails it ends within ${rest}`
    : `${name}: as long as the pod runs, and then for the rest of the lease, up to ${rest}: nothing revokes it`;
}

function tokenLines(login: LoginReport, accesses: readonly AccessReport[]): string[] {
  const own = accesses.filter(
    (access) => access.login !== null && shownLogin(access.login) === shownLogin(login),
  );
  const timeline = own.map((access) => access.timeline).find((each) => !isNotKnown(each));
  const token = timeline && !isNotKnown(timeline) ? timeline.numbers.serviceAccountToken : undefined;
  const { tokenLimit: limit, tokenTtl: ttl } = login;
  const kept =
    ttl === null
      ? ""
      : isNotKnown(ttl)
        ? `, and when it dies without renewal is not known: ${ttl.reason}`
        : `, and dies ${duration(ttl)} after the last renewal`;
  return [
    token
      ? `the token logs in for ${duration(token.value)} at most, at ${shownLogin(login)}${login.audience === null ? ", and as it is bound to no audience a token for anybody does" : `, and nowhere else: its audience is ${login.audience}`}`
      : `the pod's own token logs in at ${shownLogin(login)} as long as the pod lives`,
    `it gives new credentials at ${listed(login.opens) || "no path that was read"}`,
    isNotKnown(limit)
      ? `when a Vault token from such a login ends is not known: ${limit.reason}`
      : limit === null
        ? `a Vault token from such a login can be renewed without end${kept}: deleting the ServiceAccount does not end it, delete the auth role or revoke the token by its accessor`
        : `a Vault token from such a login ends after ${duration(limit)}${kept}`,
  ];
}

function leaseLines({ name, timeline, role }: AccessReport): string[] {
  if (isNotKnown(timeline)) return [`${name}: for how long is not known: ${timeline.reason}`];
  const { defaultTtl, maxTtl } = timeline.numbers;
  const groups = role?.groupRoles ?? [];
  return [
    `${name}: the same tables, for whoever reaches PostgreSQL itself`,
    `while the pod runs its agent renews the credential, up to ${duration(maxTtl.value)} after issue; without it the user ends ${duration(defaultTtl.value)} after the last renewal`,
    `to end it now: vault lease revoke -prefix ${role?.mount}/creds/${role?.name}${groups.length > 0 ? ` (all pods of the service get new ones; ${listed(groups)} keeps its grants)` : ""}`,
  ];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  - ${line}`);
}

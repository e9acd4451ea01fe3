import { credsPath, isUnknown, known, type AccessGraph, type People } from "../access";
import { duration, listed } from "../rules/words";
import { certain, isNotKnown } from "./answer";
import type { EnvironmentReport, PeopleReport, Privilege } from "./model";
import { databaseOf, type RolePrivileges } from "./privileges";
import {
  groupedBy,
  placeOf,
  shownPlace,
  shownVerb,
  textOf,
  textsOf,
  tableId,
  shownPeopleLogins,
} from "./words";

/** Everybody who reads credentials by a group of Vault's identities. */
export function peopleReports(
  { people }: AccessGraph,
  privileges: (role: People["accesses"][number]["databaseRole"]) => RolePrivileges,
): PeopleReport[] {
  return people.map((each) => peopleReport(each, privileges));
}

function peopleReport(
  { group, logins, policies, accesses }: People,
  privileges: Parameters<typeof peopleReports>[1],
): PeopleReport {
  const { metadata } = group;
  const name = textOf(group.name) ?? group.origin.address;
  return {
    id: idOfPeople(name),
    name,
    place: placeOf(group.origin),
    logins: logins.map(({ kind, mount, name: own, alias }) => ({
      kind,
      mount: textOf(mount),
      name: textOf(own),
      place: placeOf(alias.origin),
    })),
    credentials: Number(known(metadata["leasehold-credentials"])) || null,
    writes: textOf(metadata["leasehold-writes"]),
    policies: policies.map(({ name: own, origin }) => ({ name: textOf(own), place: placeOf(origin) })),
    accesses: accesses.map(({ databaseRole: role, connection }) => {
      const given = privileges(role);
      return {
        name: databaseOf(role),
        credsPath: textOf(credsPath(role)),
        role: placeOf(role.origin),
        connection: connection ? placeOf(connection.origin) : null,
        groupRoles: (role.statements?.creation.memberships ?? []).map((each) => each.role),
        creation: textsOf(role.creation),
        ttl: isUnknown(role.maxTtl) ? null : (known(role.maxTtl) ?? null),
        privileges: given.privileges,
        whole: certain(given.unread),
      };
    }),
  };
}

/** Ids of services are `namespace/name`, and no service has the name of people. */
export function idOfPeople(name: string): string {
  return `people/${name}`;
}

/** People of a name, or of the name that the environment has in front of it. */
export function peopleNamed(report: EnvironmentReport, name: string): PeopleReport | undefined {
  const { people = [], services } = report;
  if (services.some((each) => each.name === name || each.id === name)) return undefined;
  return people.find((each) => each.name === name || each.id === name || each.name.endsWith(`-${name}`));
}

/** How people come to what they may do, each step with the place where it stands. */
export function explainPeople(people: PeopleReport, asked: (privilege: Privilege) => boolean): string {
  const { id, accesses } = people;
  const about = accesses
    .map((access) => ({ access, held: access.privileges.filter(asked) }))
    .filter(({ held }) => held.length > 0);
  if (about.length === 0) return `${id} may do none of it`;
  return about
    .flatMap(({ access, held }) => [`${id} may ${mayDo(held)}`, ...steps(people, access, held)])
    .join("\n");
}

function mayDo(held: readonly Privilege[]): string {
  return [...groupedBy(held, tableId)]
    .map(([table, own]) => `${own.map(shownVerb).join(", ")} on ${table}`)
    .join("; ");
}

function steps(
  people: PeopleReport,
  access: PeopleReport["accesses"][number],
  held: readonly Privilege[],
): string[] {
  const { name, place, logins, policies } = people;
  const lives = access.ttl === null ? "" : `, for ${duration(access.ttl)}, which nothing renews`;
  const all = [
    ...logins.map((each) => ({
      text: `auth/${each.mount ?? "?"} has the ${each.kind} ${each.name ?? "?"} for ${name}`,
      at: each.place,
    })),
    {
      text: `the group ${name} carries ${listed(policies.map((each) => `the policy ${each.name ?? "?"}`))}`,
      at: place,
    },
    ...policies.map((each) => ({ text: `the policy opens ${access.credsPath ?? "?"}`, at: each.place })),
    {
      text: `Vault creates a user in ${access.name}${lives}; each is a member of ${listed(access.groupRoles) || "no group"}`,
      at: access.role,
    },
    ...[...groupedBy(held, ({ statement }) => statement).values()].flatMap(([first]) =>
      first ? [{ text: first.statement, at: first.place }] : [],
    ),
  ];
  return all.flatMap(({ text, at }, index) => [
    `${String(index + 1).padStart(2)}. ${text}`,
    `    ${shownPlace(at)}`,
  ]);
}

/** What somebody gets who takes over a person's login or a credential of theirs, and for how long. */
export function peopleBlastRadius(environment: string, people: PeopleReport): string {
  const { id, accesses, writes } = people;
  return [
    `${id} in ${environment}`,
    "",
    "if a login of theirs is taken over:",
    ...accesses.map(({ privileges, name }) => `  - ${mayDo(privileges) || `${name}: no table`}`),
    `  - as long as ${shownPeopleLogins(people)} lets it in, and Vault's token lives: that the auth method says, which is not ours`,
    ...(writes === null ? [] : [`  - it writes because ${writes}`]),
    "",
    "if a credential leaks:",
    ...accesses.flatMap(({ name, ttl, credsPath: path, whole }) => [
      `  - ${name}: the same tables, for ${ttl === null ? "how long is not known" : `${duration(ttl)} from its issue, which nothing renews`}`,
      ...(isNotKnown(whole) ? [`  - ${name}: what else is not known: ${whole.reason}`] : []),
      `  - to end it now: vault lease revoke -prefix ${path ?? "?"} (everybody of the group reads a new one)`,
    ]),
  ].join("\n");
}

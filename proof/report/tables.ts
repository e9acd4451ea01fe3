import { credsPath, known, type AccessGraph, type AuthRole } from "../access";
import { shownLogin } from "./login";
import type { Certain } from "./answer";
import type {
  Matrix,
  ObjectReport,
  PeopleReport,
  Privilege,
  Reach,
  ServiceReport,
  TableReport,
} from "./model";
import type { Services } from "./services";
import { byText, groupedBy, shownVerb, textOf, shownPeopleLogins, tableId } from "./words";

/** A privilege, and who has it. */
interface Held {
  readonly privilege: Privilege;
  readonly reach: Omit<Reach, "verbs" | "via" | "path">;
}

/** Every table that somebody reaches, and whatever else somebody was granted something on. */
export function reachedIn(
  graph: AccessGraph,
  services: Services,
  people: readonly PeopleReport[],
): { readonly tables: TableReport[]; readonly objects: ObjectReport[] } {
  const byId = new Map(services.reports.map((each) => [each.id, each]));
  const held = [
    ...used(services),
    ...people.flatMap(ofPeople),
    ...graph.authRoles.flatMap((role) => possible(role, services, byId)),
  ];
  const byObject = groupedBy(held, ({ privilege }) => privilege.object);
  const of = (object: Privilege["object"]) => reportsOf(byObject.get(object) ?? [], graph);
  return {
    tables: of("table"),
    objects: (["sequence", "function", "database"] as const).flatMap((object) =>
      of(object).map((each) => ({ ...each, object })),
    ),
  };
}

function reportsOf(held: readonly Held[], graph: AccessGraph): TableReport[] {
  const byTable = groupedBy(held, ({ privilege }) => tableId(privilege));
  return [...byTable]
    .map(([id, own]) => {
      const { database, schema, table, scope } = (own[0] as Held).privilege;
      const owner = ownerOf(own);
      return {
        id,
        database,
        schema,
        table,
        scope,
        owner,
        reachedBy: reaches(own),
        grantors: grantorsOf(own, graph),
      };
    })
    .sort((a, b) => byText(a.id, b.id));
}

function used({ reports }: Services): Held[] {
  return reports.flatMap((service) =>
    service.accesses.flatMap((access) =>
      access.reaches.value === "no"
        ? []
        : access.privileges.map((privilege) => ({
            privilege,
            reach: {
              service: service.id,
              how: "uses" as const,
              holds: both(access.reaches as Certain, privilege.holds),
              login: access.login === null ? NO_LOGIN : shownLogin(access.login),
              credsPath: access.credsPath ?? "",
            },
          })),
    ),
  );
}

function ofPeople(people: PeopleReport): Held[] {
  return people.accesses.flatMap(({ privileges, credsPath: path }) =>
    privileges.map((privilege) => ({
      privilege,
      reach: {
        service: people.id,
        how: "uses" as const,
        holds: privilege.holds,
        login: shownPeopleLogins(people),
        credsPath: path ?? "",
      },
    })),
  );
}

/** What a login opens although no pod that uses it asks for it. */
function possible(
  role: AuthRole,
  { logins, privileges }: Services,
  reports: ReadonlyMap<string | null, ServiceReport>,
): Held[] {
  const login = logins.reports.get(role);
  if (login === undefined) return [];
  const users = login.services.length > 0 ? login.services : [null];
  return logins.opened(role).flatMap((opened) => {
    const path = textOf(credsPath(opened)) ?? "";
    return users
      .filter((service) => !asks(reports.get(service)?.accesses ?? [], path))
      .flatMap((service) =>
        privileges(opened).privileges.map((privilege) => ({
          privilege,
          reach: {
            service,
            how: "could" as const,
            holds: privilege.holds,
            login: shownLogin(login),
            credsPath: path,
          },
        })),
      );
  });
}

function asks(accesses: Services["reports"][number]["accesses"], path: string): boolean {
  return accesses.some(({ credsPath: own, reaches }) => own === path && reaches.value !== "no");
}

const NO_LOGIN = "a login that was not read";

function both(a: Certain, b: Certain): Certain {
  return a.value === "yes" ? b : a;
}

function reasonOf({ holds }: Pick<Reach, "holds">): string {
  return holds.value === "yes" ? "" : holds.reason;
}

function reaches(held: readonly Held[]): Reach[] {
  const groups = groupedBy(held, ({ reach, privilege }) =>
    [reach.how, reach.service, reach.login, reach.credsPath, privilege.path.join("/"), reasonOf(reach)].join(
      "\n",
    ),
  );
  return [...groups.values()].map((own) => {
    const [{ reach, privilege }] = own as [Held];
    return {
      ...reach,
      verbs: own.map(({ privilege: { verb, columns, except } }) => ({ verb, columns, except })),
      via: privilege.via,
      path: privilege.path,
    };
  });
}

/** As far as a privilege says it. */
function ownerOf(held: readonly Held[]): string | null {
  return held.map(({ privilege }) => privilege.owner).find((each) => each !== null) ?? null;
}

function grantorsOf(held: readonly Held[], graph: AccessGraph): TableReport["grantors"] {
  const owner = ownerOf(held);
  const [{ privilege }] = held as [Held];
  const logins = graph.connections
    .filter(({ name }) => known(name) === privilege.database)
    .flatMap(({ username }) => textOf(username) ?? []);
  const groups = [...new Set(held.flatMap(({ privilege: { via } }) => via ?? []))];
  const direct = held.some(({ privilege: { via } }) => via === null);
  const actors = [
    ...new Set(
      held.flatMap(({ privilege: { by }, reach: { service, login } }) =>
        by === "ownership" || by === "superuser" ? (service ?? login) : [],
      ),
    ),
  ];
  return [
    {
      who: owner ?? `the owner of the ${privilege.object}`,
      how:
        owner === null
          ? "an owner may grant; the configuration does not say who owns it"
          : "owns the tables, and may grant",
    },
    ...actors.map((who) => ({ who, how: "its credentials act as the owner, and may grant" })),
    ...logins.flatMap((who) => [
      ...(groups.length > 0
        ? [
            {
              who,
              how: `Vault's login makes members of ${groups.sort(byText).join(", ")} and grants nothing else, as far as the configuration says`,
            },
          ]
        : []),
      ...(direct
        ? [
            {
              who,
              how: "Vault's login grants the table to each credential, and so holds it with grant option or owns it",
            },
          ]
        : []),
    ]),
  ];
}

/** Services × tables, from what was found for the tables. */
export function matrixOf(
  services: readonly ServiceReport[],
  people: readonly PeopleReport[],
  tables: readonly TableReport[],
): Matrix {
  const cells = tables.flatMap((table) =>
    [
      ...groupedBy(
        table.reachedBy.filter(({ service }) => service !== null),
        ({ service, how, holds }) => `${service} ${how} ${holds.value}`,
      ).values(),
    ].map((own) => ({
      service: own[0]?.service as string,
      table: table.id,
      verbs: [...new Set(own.flatMap(({ verbs }) => verbs.map(shownVerb)))],
      how: own[0]?.how as Reach["how"],
      holds: own[0]?.holds as Certain,
    })),
  );
  const unknown = [
    ...services,
    ...people.flatMap(({ id, accesses }) => accesses.map(({ whole }) => ({ id, whole }))),
  ].flatMap(({ id, whole }) => (whole.value === "yes" ? [] : [{ service: id, reason: whole.reason }]));
  return {
    services: [...services, ...people].map(({ id }) => id),
    tables: tables.map(({ id }) => id),
    cells,
    notKnown: unknown,
  };
}

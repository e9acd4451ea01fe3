import {
  effectivePrivileges,
  known,
  mergedRoles,
  ownValue,
  type AccessGraph,
  type DatabaseRole,
  type EffectivePrivilege,
} from "../access";
import { groupBy } from "../core";
import { notKnown, YES } from "./answer";
import { ALL_VERBS, type Privilege } from "./model";
import { byText, placeOf, tableId } from "./words";

/** What one credential of a role may do. */
export interface RolePrivileges {
  readonly privileges: readonly Privilege[];
  /** What it may do besides that nobody can read here, in words. */
  readonly unread: readonly string[];
}

/** Reads what each database role gives, from its statements and from the SQL of the roles behind it. */
export function privilegesBy({ sqlRoles }: AccessGraph): (role: DatabaseRole) => RolePrivileges {
  const read = new Map<DatabaseRole, RolePrivileges>();
  const reachedFrom = reachedParts(sqlRoles);
  return (role) => {
    const privileges = read.get(role) ?? privilegesOf(role, reachedFrom);
    read.set(role, privileges);
    return privileges;
  };
}

/** As the statements of a database role call whoever they create. */
const CREDENTIAL = "{{name}}";

type SqlRoles = AccessGraph["sqlRoles"];

/**
 * What SQL says of the roles that some users reach by it and by what they join. There may be thousands of roles, of
 * which each credential reaches a few. Who owns a table, and who acts as an owner, is told to all.
 */
function reachedParts(all: SqlRoles): (users: readonly string[], joined: SqlRoles) => SqlRoles {
  const byRole = ({ role }: { readonly role?: string }) => role;
  const [held, memberships, taken] = [
    groupBy(all.held, byRole),
    groupBy(all.memberships, byRole),
    groupBy(all.taken, byRole),
  ];
  const owning = all.held.filter(({ statement }) => statement === "ownership");
  const [named, superusers, replicating] = [all.named, all.superusers, all.replicating].map(
    (each) => new Set(each),
  ) as [Set<string>, Set<string>, Set<string>];
  return (users, joined) => {
    const join = groupBy(joined.memberships, byRole);
    // A set is gone through to its end, also where it grows on the way.
    const reached = new Set([...users, "PUBLIC"]);
    for (const role of reached)
      for (const { of } of [...(memberships.get(role) ?? []), ...(join.get(role) ?? [])]) reached.add(of);
    const roles = [...reached];
    const of = <T>(groups: ReadonlyMap<string, T[]>) => roles.flatMap((role) => groups.get(role) ?? []);
    return {
      held: [...of(held), ...owning.filter(({ role }) => !reached.has(role))],
      memberships: of(memberships),
      taken: of(taken),
      doubts: all.doubts.filter(({ role }) => role === undefined || reached.has(role)),
      owners: all.owners,
      named: roles.filter((role) => named.has(role)),
      superusers: roles.filter((role) => superusers.has(role)),
      replicating: roles.filter((role) => replicating.has(role)),
    };
  };
}

function privilegesOf(role: DatabaseRole, reachedFrom: ReturnType<typeof reachedParts>): RolePrivileges {
  const creation = role.statements?.creation;
  if (creation === undefined)
    return { privileges: [], unread: ["its creation statements are known only at apply"] };
  const users = [CREDENTIAL, ...(creation.actsAs === undefined ? [] : [creation.actsAs])];
  const roles = mergedRoles([reachedFrom(users, creation.roles), creation.roles]);
  const { privileges, unread } = effectivePrivileges(roles, CREDENTIAL, creation.actsAs);
  const login =
    creation.login === undefined ? ["its creation statements create no user that could be read"] : [];
  return {
    privileges: sorted(privileges.flatMap((each) => privilegeOf(each, role))),
    unread: [...login, ...unread],
  };
}

/** What people call the database. */
export function databaseOf({ database }: DatabaseRole): string {
  return known(database) ?? "unknown";
}

const OBJECTS: Readonly<Record<string, Privilege["object"]>> = {
  TABLE: "table",
  SEQUENCE: "sequence",
  SCHEMA: "table",
  FUNCTION: "function",
  DATABASE: "database",
};

function privilegeOf(held: EffectivePrivilege, role: DatabaseRole): Privilege[] {
  const { on, verb, columns, except, by, owner, path, doubt } = held;
  const object = ownValue(OBJECTS, on);
  // A schema is told by what it lets people do with tables; to look into it is nothing by itself.
  if (object === undefined || (on === "SCHEMA" && verb === "USAGE")) return [];
  // Of the database itself: what every credential needs says nothing of one.
  if (object === "database" && verb !== "TEMPORARY") return [];
  const own = held.role === CREDENTIAL || held.role === "{{username}}";
  const isOwn = held.file === null || held.file === "creation_statements";
  const privilege = {
    database: databaseOf(role),
    schema: object === "database" ? null : (held.schema ?? null),
    table: object === "database" ? databaseOf(role) : (held.name ?? "*"),
    scope: object === "database" ? "table" : scopeOf(held),
    except,
    owner: owner ?? (by === "ownership" ? held.role : null),
    object,
    verb,
    columns,
    via: own ? null : held.role,
    path: own ? [] : path,
    by,
    holds: doubt === undefined ? YES : notKnown(doubt),
    place: isOwn ? placeOf(role.origin) : { address: held.role, path: null, file: held.file, line: null },
  } as const;
  return [{ ...privilege, statement: statementOf(privilege, held) }];
}

function scopeOf({ name, owner, schema, by }: EffectivePrivilege): Privilege["scope"] {
  if (name !== undefined) return "table";
  if (owner !== undefined) return "owner";
  return schema === undefined && by !== "grant" ? "everything" : "schema";
}

type Granted = Pick<
  Privilege,
  "schema" | "table" | "scope" | "owner" | "object" | "verb" | "columns" | "by" | "via"
>;

function statementOf(granted: Granted, { on, statement, becomes }: EffectivePrivilege): string {
  const { schema, scope, owner, verb, by, via } = granted;
  const role = via ?? CREDENTIAL;
  if (by === "predefined") return `IN ROLE ${role}`;
  if (by === "replication") return `CREATE ROLE ${via === null ? "…" : quoted(role)} REPLICATION`;
  if (by === "superuser") return `CREATE ROLE ${via === null ? "…" : quoted(role)} SUPERUSER`;
  if (statement === "ownership") return membershipStatement(owner ?? "", role);
  if (on === "SCHEMA")
    return verb === "DROP"
      ? `ALTER SCHEMA ${quoted(schema ?? "")} OWNER TO ${quoted(role)}`
      : `GRANT ${verb} ON SCHEMA ${quoted(schema ?? "")} TO ${quoted(role)}`;
  if (by === "ownership" && scope === "table")
    return `ALTER TABLE ${targetOf(granted)} OWNER TO ${quoted(role)}${becomes ? ", and SET ROLE to it" : ""}`;
  return grantStatement(granted, role);
}

function targetOf({ schema, table }: Pick<Granted, "schema" | "table">): string {
  return [schema, table].flatMap((part) => (part === null ? [] : quoted(part))).join(".");
}

function grantStatement(granted: Granted, role: string): string {
  const { schema, scope, owner, object, verb, columns, table } = granted;
  const what = columns.length === 0 ? verb : `${verb} (${columns.map(quoted).join(", ")})`;
  const kind = object === "function" ? "ROUTINE" : object.toUpperCase();
  const to = role === "PUBLIC" ? role : quoted(role);
  if (scope === "owner") {
    const where = schema === null ? "" : ` IN SCHEMA ${quoted(schema)}`;
    return `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoted(owner ?? "")}${where} GRANT ${what} ON ${kind}S TO ${to}, and the same on those there are`;
  }
  const target =
    scope === "schema"
      ? `ALL ${kind}S IN SCHEMA ${quoted(schema ?? "")}`
      : `${kind} ${object === "function" ? routineOf(schema, table) : targetOf(granted)}`;
  return `GRANT ${what} ON ${target} TO ${to}`;
}

/** The types of the arguments stay as they are written. */
function routineOf(schema: string | null, signature: string): string {
  const [, name = signature, types = ""] = /^([^(]*)(\(.*)$/s.exec(signature) ?? [];
  return `${schema === null ? "" : `${quoted(schema)}.`}${quoted(name)}${types}`;
}

/** Inheriting nothing: only a session that has become the owner has what the owner has. */
function membershipStatement(owner: string, role: string): string {
  return `GRANT ${quoted(owner)} TO ${quoted(role)} WITH INHERIT FALSE, SET TRUE`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function sorted(privileges: readonly Privilege[]): Privilege[] {
  const rank = (verb: string) => (ALL_VERBS as readonly string[]).indexOf(verb);
  const place = (object: Privilege["object"]) => OBJECT_ORDER.indexOf(object);
  const unique = new Map<string, Privilege>();
  for (const each of privileges) {
    const key = `${each.object} ${tableId(each)} ${each.verb} ${each.columns.join()} ${each.via} ${each.except.join()}`;
    // One that is certain makes the others of its kind certain.
    if (unique.get(key)?.holds.value !== "yes") unique.set(key, each);
  }
  return [...unique.values()].sort(
    (a, b) =>
      place(a.object) - place(b.object) || byText(tableId(a), tableId(b)) || rank(a.verb) - rank(b.verb),
  );
}

const OBJECT_ORDER: readonly Privilege["object"][] = ["table", "sequence", "function", "database"];

import { known, type AccessGraph, type DatabaseRole, type Privileges, type RoleGrants } from "../access";
import { VERBS, type Privilege } from "./model";
import { byText, placeOf } from "./words";

/** What one credential of a role may do. */
export interface RolePrivileges {
  readonly privileges: readonly Privilege[];
  /** What it may do besides that nobody can read here, in words. */
  readonly unread: readonly string[];
}

/** Reads what each database role gives, from its statements and from the SQL of its group roles. */
export function privilegesBy({ roleGrants }: AccessGraph): (role: DatabaseRole) => RolePrivileges {
  const byRole = new Map<string, RoleGrants[]>();
  for (const grant of roleGrants) byRole.set(grant.role, [...(byRole.get(grant.role) ?? []), grant]);
  const read = new Map<DatabaseRole, RolePrivileges>();
  return (role) => {
    const privileges = read.get(role) ?? privilegesOf(role, byRole);
    read.set(role, privileges);
    return privileges;
  };
}

function privilegesOf(
  role: DatabaseRole,
  byRole: ReadonlyMap<string, readonly RoleGrants[]>,
): RolePrivileges {
  const creation = role.statements?.creation;
  if (creation === undefined)
    return { privileges: [], unread: ["its creation statements are known only at apply"] };
  const base = { database: databaseOf(role), place: placeOf(role.origin) };
  const memberships = creation.memberships.map(({ role: name }) => name);
  const owners = memberships.flatMap((name) => ownersOf(byRole.get(name) ?? []));
  const { actsAs } = creation;
  // Whoever may become the owner by what is declared needs no other SQL that says what the owner may.
  const groups = [...memberships, ...(actsAs === undefined || owners.includes(actsAs) ? [] : [actsAs])];
  const given = groups.flatMap((name) => [
    ...(byRole.get(name) ?? []).flatMap((grant) => ofGroup(grant, base.database)),
    ...predefined(name, base),
  ]);
  const powers = (creation.login?.attributes ?? []).includes("SUPERUSER")
    ? VERBS.map((verb) => everything(verb, base, null, "CREATE ROLE … SUPERUSER"))
    : [];
  return {
    privileges: sorted([...given, ...powers, ...creation.grants.flatMap((each) => ofStatement(each, base))]),
    unread: [
      ...groups
        .filter((name) => !byRole.has(name) && PREDEFINED[name] === undefined)
        .map((name) => `it is a member of ${name}, and no SQL that was read says what that role may do`),
      ...(creation.dynamic ? ["it is granted by SQL that is put together when it runs"] : []),
    ],
  };
}

function ownersOf(grants: readonly RoleGrants[]): string[] {
  return grants.flatMap(({ statement, owner }) => (statement === "ownership" ? (owner ?? []) : []));
}

/** Name of the connection, which is what people call the database. */
export function databaseOf({ connection }: DatabaseRole): string {
  return known(connection) ?? "unknown";
}

type Base = Pick<Privilege, "database" | "place">;

/** PostgreSQL's own roles that reach every table. */
const PREDEFINED: Readonly<Record<string, readonly string[]>> = {
  pg_read_all_data: ["SELECT"],
  pg_write_all_data: ["INSERT", "UPDATE", "DELETE"],
};

function predefined(role: string, base: Base): Privilege[] {
  return (PREDEFINED[role] ?? []).map((verb) => everything(verb, base, role, `IN ROLE ${role}`));
}

function everything(verb: string, base: Base, via: string | null, statement: string): Privilege {
  return {
    ...base,
    schema: null,
    table: "*",
    scope: "everything",
    owner: null,
    object: "table",
    verb,
    columns: [],
    via,
    by: "grant",
    statement,
  };
}

function ofGroup(grant: RoleGrants, database: string): Privilege[] {
  const { role, file, schema, tables, columns, privileges, owner, allInSchema, on } = grant;
  const scope = allInSchema ? "schema" : owner === undefined ? "table" : "owner";
  const object = on === "SEQUENCE" ? "sequence" : "table";
  const place = { address: role, path: null, file, line: null };
  return (scope === "table" ? tables : ["*"]).flatMap((table) =>
    privileges.flatMap(verbs).map((verb) => {
      const privilege = {
        schema: schema ?? null,
        table,
        scope,
        owner: owner ?? null,
        object,
        verb,
        columns,
      } as const;
      const owns = grant.statement === "ownership";
      return {
        database,
        ...privilege,
        via: role,
        by: owns ? "ownership" : "grant",
        place,
        statement: owns ? membershipStatement(owner ?? "", role) : grantStatement(privilege, role),
      };
    }),
  );
}

/** What the statements grant to each credential itself. */
function ofStatement({ privileges, on, objects, allInSchema }: Privileges, base: Base): Privilege[] {
  if (on !== "TABLE" && on !== "SEQUENCE") return [];
  const given = privileges.length === 0 ? [{ name: "ALL", columns: [] }] : privileges;
  const object = on === "SEQUENCE" ? "sequence" : "table";
  return given.flatMap(({ name, columns }) =>
    verbs(name).flatMap((verb) =>
      objects.map((each) => {
        const where = allInSchema
          ? ({ schema: each.name, table: "*", scope: "schema" } as const)
          : ({ schema: each.schema ?? null, table: each.name, scope: "table" } as const);
        const privilege = { ...where, owner: null, object, verb, columns } as const;
        return {
          ...base,
          ...privilege,
          via: null,
          by: "grant" as const,
          statement: grantStatement(privilege, "{{name}}"),
        };
      }),
    ),
  );
}

function verbs(name: string): readonly string[] {
  return name === "ALL" ? VERBS : [name];
}

type Granted = Pick<Privilege, "schema" | "table" | "scope" | "owner" | "object" | "verb" | "columns">;

function grantStatement(
  { schema, table, scope, owner, object, verb, columns }: Granted,
  role: string,
): string {
  const what = columns.length === 0 ? verb : `${verb} (${columns.map(quoted).join(", ")})`;
  const kind = object.toUpperCase();
  if (scope === "owner") {
    const where = schema === null ? "" : ` IN SCHEMA ${quoted(schema)}`;
    return `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoted(owner ?? "")}${where} GRANT ${what} ON ${kind}S TO ${quoted(role)}, and the same on those there are`;
  }
  const target =
    scope === "schema"
      ? `ALL ${kind}S IN SCHEMA ${quoted(schema ?? "")}`
      : `${kind} ${[schema, table].flatMap((part) => (part === null ? [] : quoted(part))).join(".")}`;
  return `GRANT ${what} ON ${target} TO ${quoted(role)}`;
}

/** Inheriting nothing: only a session that has become the owner has what the owner has. */
function membershipStatement(owner: string, role: string): string {
  return `GRANT ${quoted(owner)} TO ${quoted(role)} WITH INHERIT FALSE, SET TRUE`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function sorted(privileges: readonly Privilege[]): Privilege[] {
  const rank = (verb: string) => (VERBS as readonly string[]).indexOf(verb);
  const unique = new Map(
    privileges.map((each) => [
      `${each.object} ${tableId(each)} ${each.verb} ${each.columns.join()} ${each.via}`,
      each,
    ]),
  );
  return [...unique.values()].sort(
    (a, b) =>
      byText(a.object === "table" ? "" : "1", b.object === "table" ? "" : "1") ||
      byText(tableId(a), tableId(b)) ||
      rank(a.verb) - rank(b.verb),
  );
}

/** `database.schema.table`; what stands for many says of which. */
export function tableId({
  database,
  schema,
  table,
  scope,
  owner,
}: Omit<Granted, "object" | "verb" | "columns"> & { database: string }): string {
  const name = scope === "owner" ? `* of ${owner}` : table;
  return [database, ...(schema === null ? [] : [schema]), name].join(".");
}

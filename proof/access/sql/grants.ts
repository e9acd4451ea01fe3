import type { Fields, Node, Privileges } from "./actions";
import { readBootstrap, type Bootstrap } from "./bootstrap";
import { readRoles, type HeldPrivilege, type SqlRoles } from "./roles";
import { readScript } from "./script";

/** What one statement of a file gives to a role. */
export interface RoleGrants {
  readonly role: string;
  readonly file: string;
  /** Name of the schema; absent: the search path decides. */
  readonly schema?: string;
  /** Names of tables, or of what `on` says; empty where `owner` or `allInSchema` says which, and for the database. */
  readonly tables: readonly string[];
  readonly columns: readonly string[];
  /** In upper case. */
  readonly privileges: readonly string[];
  /** Every table of this owner, also those to come. */
  readonly owner?: string;
  readonly allInSchema: boolean;
  /** `TABLE`, `SEQUENCE`, `FUNCTION` or `DATABASE`. */
  readonly on: string;
  /**
   * `GRANT` as it stands in the file; `declaration` where leasehold's SQL grants it, sequences included;
   * `ownership` where the role may become the owner.
   */
  readonly statement: "GRANT" | "declaration" | "ownership";
}

/** What a file of SQL says: the grants as they are written, and what all statements come to. */
export interface ReadGrants {
  readonly grants: readonly RoleGrants[];
  readonly roles: SqlRoles;
  /** What leasehold's SQL says of itself; absent where it is somebody else's. */
  readonly bootstrap: Bootstrap | undefined;
  /** Statements that are no SQL; the others are read all the same. */
  readonly failures: readonly { readonly line: number; readonly message: string }[];
}

/** The privileges that a file of SQL gives, as plain GRANTs or as leasehold's bootstrap SQL declares them. */
export function readGrants(sql: string, file: string): ReadGrants {
  const script = readScript(sql);
  const written = script.statements.flatMap(({ line, actions }) =>
    actions.flatMap((action): (RoleGrants & { line: number })[] => {
      if (action.kind === "grant") return plainGrants(action, file).map((each) => ({ ...each, line }));
      const rows =
        action.kind === "other" && action.type === "InsertStmt" ? declared(action.fields, file) : [];
      return rows.map((each) => ({ ...each, line }));
    }),
  );
  const roles = readRoles(script, file);
  const rows = written.filter(({ statement }) => statement !== "GRANT");
  return {
    grants: written.map(({ line, ...grant }) => grant),
    roles: {
      ...roles,
      held: [...roles.held, ...rows.flatMap(heldByDeclaration)],
      named: [...new Set([...roles.named, ...rows.map(({ role }) => role)])],
    },
    bootstrap: readBootstrap(script, file),
    failures: script.unread.filter(({ isError }) => isError).map(({ line, message }) => ({ line, message })),
  };
}

/** An owner of tables is not always the owner of their schema. */
const CREATES = "the SQL that was read does not say whether the owner may create in the schema";

function heldByDeclaration(grant: RoleGrants & { readonly line: number }): HeldPrivilege[] {
  const { role, file, line, schema, tables, columns, privileges, owner, on, statement } = grant;
  const base = { role, file, line, on, columns, except: [], statement, ...(schema && { schema }) };
  if (statement === "ownership" && owner !== undefined)
    return [
      ...[...privileges, "ALTER", "DROP"].map((verb) => ({ ...base, verb, owner })),
      { ...base, verb: "CREATE", owner, doubt: CREATES },
    ];
  return privileges.flatMap((verb): HeldPrivilege[] => {
    if (on === "DATABASE") return [{ ...base, verb }];
    return owner === undefined ? tables.map((name) => ({ ...base, verb, name })) : [{ ...base, verb, owner }];
  });
}

function plainGrants(
  { privileges, on, allInSchema, objects, roles }: Privileges,
  file: string,
): RoleGrants[] {
  if (on !== "TABLE" && on !== "SEQUENCE" && on !== "FUNCTION") return [];
  const given = privileges.length === 0 ? [{ name: "ALL", columns: [] }] : privileges;
  const base = { file, on, allInSchema, statement: "GRANT" as const };
  return roles.flatMap((role) =>
    given.flatMap(({ name, columns }) =>
      objects.map(({ schema, name: object }) => ({
        ...base,
        role,
        columns,
        privileges: [name],
        ...(allInSchema ? { schema: object, tables: [] } : { ...(schema && { schema }), tables: [object] }),
      })),
    ),
  );
}

/** Rows of the tables in which leasehold's bootstrap SQL keeps what it will grant. */
function declared({ relation, cols, selectStmt }: Fields, file: string): RoleGrants[] {
  const table = String(relation?.relname);
  if (!isDeclaration(table)) return [];
  const rows = (selectStmt?.SelectStmt?.valuesLists ?? []) as { List: { items: Node[] } }[];
  const columns = ((cols ?? []) as Node[]).map(({ ResTarget }) => String(ResTarget?.name));
  const names = columns.length > 0 ? columns : COLUMNS[table];
  return rows.map(({ List: { items } }) => {
    const row = Object.fromEntries(items.map((item, index) => [names[index], constant(item)]));
    const [role, schema] = [text(row.role_name), text(row.schema_name)];
    return {
      role,
      file,
      ...(schema !== "" && { schema }),
      tables: texts(row.table_names ?? row.object_names),
      columns: texts(row.column_names),
      privileges: table === "leasehold_owner" ? OF_AN_OWNER : texts(row.privileges),
      ...(row.owner_name !== undefined && { owner: text(row.owner_name) }),
      allInSchema: false,
      on: text(row.kind) || "TABLE",
      statement: table === "leasehold_owner" ? ("ownership" as const) : ("declaration" as const),
    };
  });
}

/** What an owner may do with a table, beside changing and dropping it. */
const OF_AN_OWNER = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];

/** The columns of the tables, in their order. */
const COLUMNS = {
  leasehold_grant: ["role_name", "schema_name", "table_names", "column_names", "privileges"],
  leasehold_owner_grant: ["role_name", "schema_name", "owner_name", "privileges"],
  leasehold_object_grant: ["role_name", "kind", "schema_name", "object_names", "privileges"],
  leasehold_owner: ["role_name", "owner_name"],
} as const;

function isDeclaration(table: string): table is keyof typeof COLUMNS {
  return Object.hasOwn(COLUMNS, table);
}

function constant(node: Node): string | string[] | undefined {
  const inner = (node.TypeCast?.arg ?? node) as Node;
  const list = inner.A_ArrayExpr?.elements as Node[] | undefined;
  if (list !== undefined) return list.map((each) => text(constant(each)));
  const value: unknown = inner.A_Const?.sval?.sval;
  return typeof value === "string" ? value : undefined;
}

function text(value: string | string[] | undefined): string {
  return typeof value === "string" ? value : "";
}

function texts(value: string | string[] | undefined): string[] {
  return Array.isArray(value) ? value : [];
}

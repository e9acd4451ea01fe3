import { ownValue } from "../own";

/** A node of PostgreSQL's parse tree: `{ CreateRoleStmt: … }`. */
export type Node = { readonly [key: string]: Fields };

// The parse tree has some hundred kinds of nodes, and we read fields of a dozen.
export type Fields = { readonly [key: string]: any }; // eslint-disable-line @typescript-eslint/no-explicit-any

/** Where a password comes from; the password itself is not kept. */
export type PasswordSource = "placeholder" | "literal";

export interface CreateRole {
  readonly kind: "create-role";
  readonly role: string;
  /** `SUPERUSER`, `CREATEROLE`, … as far as they are switched on. */
  readonly attributes: readonly string[];
  readonly login: boolean;
  readonly password?: PasswordSource;
  readonly validUntil?: string;
  readonly memberOf: readonly string[];
  /** Roles that become members of it, by ROLE or ADMIN. */
  readonly members: readonly string[];
  /** Whether it says INHERIT or NOINHERIT; absent: neither. */
  readonly inherits?: boolean;
}

export interface AlterRole {
  readonly kind: "alter-role";
  readonly role: string;
  readonly attributes: readonly string[];
  /** Whether it says SUPERUSER or NOSUPERUSER; absent: neither. */
  readonly superuser?: boolean;
  /** Whether it says REPLICATION or NOREPLICATION; absent: neither. */
  readonly replication?: boolean;
  readonly inherits?: boolean;
  /** Of ALTER GROUP. */
  readonly members: { readonly added: readonly string[]; readonly dropped: readonly string[] };
  readonly validUntil?: string;
  readonly password?: PasswordSource;
  /** Whether it says NOLOGIN. */
  readonly refusesLogin: boolean;
}

export interface Privileges {
  readonly kind: "grant" | "revoke";
  /** In upper case; empty: ALL. */
  readonly privileges: readonly { readonly name: string; readonly columns: readonly string[] }[];
  /** `TABLE`, `SEQUENCE`, `SCHEMA`, `DATABASE`, …; procedures are a `FUNCTION` too. */
  readonly on: string;
  /** Whether it is about all objects of schemas, which `objects` then names. */
  readonly allInSchema: boolean;
  readonly objects: readonly { readonly schema?: string; readonly name: string }[];
  readonly roles: readonly string[];
  /** Of a REVOKE: that it takes the option alone, and leaves the privilege. */
  readonly grantOption: boolean;
  /** Whether it says GRANTED BY. */
  readonly byAnother: boolean;
}

export interface Membership {
  readonly kind: "grant-role" | "revoke-role";
  readonly granted: readonly string[];
  readonly roles: readonly string[];
  /** What WITH says; of a REVOKE, the options that alone it takes. */
  readonly options: Readonly<Partial<Record<"admin" | "inherit" | "set", boolean>>>;
  readonly byAnother: boolean;
}

export interface RoleStatement {
  readonly kind: "drop-role" | "drop-owned" | "reassign-owned";
  readonly roles: readonly string[];
  readonly ifExists: boolean;
  /** Who owns everything then, of REASSIGN OWNED. */
  readonly to?: string;
}

/** `ALTER ROLE … SET role TO …`: whoever logs in becomes somebody else. */
export interface SetRole {
  readonly kind: "set-role";
  /** Who that is. */
  readonly role: string;
}

export interface Block {
  readonly kind: "block";
  readonly actions: readonly SqlAction[];
  /** Texts of its expressions. */
  readonly expressions: readonly string[];
  /** Those of EXECUTE, which are SQL only when they run. */
  readonly dynamic: readonly string[];
  /** Whether a condition, a loop or a handler decides what of it runs, and what stays. */
  readonly conditional: boolean;
}

export interface Other {
  readonly kind: "other";
  /** Name of the node, such as `VacuumStmt`. */
  readonly type: string;
  readonly fields: Fields;
}

export type SqlAction =
  CreateRole | AlterRole | Privileges | Membership | RoleStatement | SetRole | Block | Other;

/** What a statement does. */
export function actionOf(node: Node, block: () => Omit<Block, "kind">): SqlAction[] {
  return Object.entries(node).flatMap(([type, fields]): SqlAction[] => {
    switch (type) {
      case "CreateRoleStmt":
        return [createRole(fields)];
      case "AlterRoleStmt":
        return [alterRole(fields)];
      case "GrantStmt":
        return [privileges(fields)];
      case "GrantRoleStmt":
        return [membership(fields)];
      case "DropRoleStmt":
        return [roleStatement("drop-role", fields, fields.missing_ok === true)];
      case "DropOwnedStmt":
        return [roleStatement("drop-owned", fields, false)];
      case "ReassignOwnedStmt":
        return [{ ...roleStatement("reassign-owned", fields, false), to: roleName(fields.newrole) }];
      case "AlterRoleSetStmt":
        return fields.setstmt?.name === "role"
          ? [{ kind: "set-role", role: String(fields.setstmt.args?.[0]?.A_Const?.sval?.sval ?? "") }]
          : [];
      case "DoStmt":
        return [{ kind: "block", ...block() }];
      default:
        return [{ kind: "other", type, fields }];
    }
  });
}

const ATTRIBUTES = ["superuser", "createrole", "createdb", "isreplication", "bypassrls"];

function options(list: readonly Node[] = []) {
  const of = (name: string) => list.map(({ DefElem }) => DefElem).find((each) => each?.defname === name)?.arg;
  const on = (name: string) => of(name)?.Boolean?.boolval === true;
  const password: unknown = of("password")?.String?.sval;
  const validUntil: unknown = of("validUntil")?.String?.sval;
  return {
    attributes: ATTRIBUTES.filter(on).map((name) => name.replace(/^is/, "").toUpperCase()),
    login: on("canlogin"),
    ...(typeof password === "string" && {
      password: password === "{{password}}" ? ("placeholder" as const) : ("literal" as const),
    }),
    ...(typeof validUntil === "string" && { validUntil }),
    ...(of("inherit") && { inherits: on("inherit") }),
    ...(of("superuser") && { superuser: on("superuser") }),
    ...(of("isreplication") && { replication: on("isreplication") }),
    memberOf: names(of("addroleto")?.List?.items),
    members: ["rolemembers", "adminmembers"].flatMap((each) => names(of(each)?.List?.items)),
  };
}

function createRole(fields: Fields): CreateRole {
  const { login, superuser, replication, ...rest } = options(fields.options);
  const isUser = fields.stmt_type === "ROLESTMT_USER";
  return { kind: "create-role", role: String(fields.role), login: login || isUser, ...rest };
}

function alterRole(fields: Fields): AlterRole {
  const { members, ...given } = options(fields.options);
  const saysLogin = ((fields.options ?? []) as Node[]).some(({ DefElem }) => DefElem?.defname === "canlogin");
  return {
    kind: "alter-role",
    role: roleName(fields.role),
    ...given,
    members: { added: fields.action === -1 ? [] : members, dropped: fields.action === -1 ? members : [] },
    refusesLogin: saysLogin && !given.login,
  };
}

function privileges(fields: Fields): Privileges {
  return {
    kind: fields.is_grant === true ? "grant" : "revoke",
    privileges: (fields.privileges ?? []).map(({ AccessPriv: each }: Node) => ({
      name: String(each?.priv_name ?? "ALL").toUpperCase(),
      columns: (each?.cols ?? []).map((column: Node) => String(column.String?.sval)),
    })),
    on: String(fields.objtype)
      .replace(/^OBJECT_/, "")
      .replace(/^(ROUTINE|PROCEDURE)$/, "FUNCTION"),
    allInSchema: fields.targtype === "ACL_TARGET_ALL_IN_SCHEMA",
    objects: (fields.objects ?? []).map(objectName),
    roles: names(fields.grantees),
    grantOption: fields.grant_option === true,
    byAnother: fields.grantor !== undefined,
  };
}

function objectName(node: Node): { schema?: string; name: string } {
  const { RangeVar: relation, String: text, ObjectWithArgs: routine } = node;
  if (routine !== undefined) return routineName(routine);
  return relation === undefined ? { name: String(text?.sval ?? "") } : relationName(relation);
}

/** Name of a function with the types of its arguments, as far as the statement says them. */
function routineName({ objname, objargs, args_unspecified }: Fields): { schema?: string; name: string } {
  const [name = "", schema] = textsOf(objname).reverse();
  const types = ((objargs ?? []) as Node[]).map(({ TypeName }) => typeText(TypeName ?? {}));
  const signature = args_unspecified === true ? name : `${name}(${types.join(", ")})`;
  return { name: signature, ...(schema !== undefined && { schema }) };
}

function typeText({ names, arrayBounds }: Fields): string {
  const [name = "", schema] = textsOf(names).reverse();
  const own = schema === undefined || schema === "pg_catalog";
  return `${own ? (ownValue(NAMES_OF_TYPES, name) ?? name) : `${schema}.${name}`}${arrayBounds === undefined ? "" : "[]"}`;
}

function textsOf(list: unknown): string[] {
  return ((list ?? []) as Node[]).map(({ String: text }) => String(text?.sval ?? ""));
}

/** What `format_type` calls PostgreSQL's own types that have another name in the catalog. */
const NAMES_OF_TYPES: Readonly<Record<string, string>> = {
  bool: "boolean",
  bpchar: "character",
  char: '"char"',
  float4: "real",
  float8: "double precision",
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  time: "time without time zone",
  timestamp: "timestamp without time zone",
  timestamptz: "timestamp with time zone",
  timetz: "time with time zone",
  varbit: "bit varying",
  varchar: "character varying",
};

/** Name of a table, with the schema where it is written. */
export function relationName(relation: Fields): { schema?: string; name: string } {
  return {
    name: String(relation.relname),
    ...(relation.schemaname && { schema: relation.schemaname as string }),
  };
}

function membership(fields: Fields): Membership {
  return {
    kind: fields.is_grant === true ? "grant-role" : "revoke-role",
    granted: (fields.granted_roles ?? []).map(({ AccessPriv: each }: Node) => String(each?.priv_name)),
    roles: names(fields.grantee_roles),
    options: Object.fromEntries(
      ((fields.opt ?? []) as Node[]).map(({ DefElem }) => [
        String(DefElem?.defname),
        DefElem?.arg?.Boolean?.boolval === true,
      ]),
    ),
    byAnother: fields.grantor !== undefined,
  };
}

function roleStatement(kind: RoleStatement["kind"], fields: Fields, ifExists: boolean): RoleStatement {
  return { kind, roles: names(fields.roles), ifExists };
}

function names(list: readonly Node[] = []): string[] {
  return list.map(({ RoleSpec }) => roleName(RoleSpec));
}

export function roleName(spec: Fields | undefined): string {
  const { rolename, roletype = "" } = spec ?? {};
  return String(rolename ?? String(roletype).replace("ROLESPEC_", ""));
}

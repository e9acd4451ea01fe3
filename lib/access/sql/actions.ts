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
}

export interface AlterRole {
  readonly kind: "alter-role";
  readonly role: string;
  readonly attributes: readonly string[];
  readonly validUntil?: string;
  readonly password?: PasswordSource;
  /** Whether it says NOLOGIN. */
  readonly refusesLogin: boolean;
}

export interface Privileges {
  readonly kind: "grant" | "revoke";
  /** In upper case; empty: ALL. */
  readonly privileges: readonly { readonly name: string; readonly columns: readonly string[] }[];
  /** `TABLE`, `SEQUENCE`, `SCHEMA`, `DATABASE`, … */
  readonly on: string;
  /** Whether it is about all objects of schemas, which `objects` then names. */
  readonly allInSchema: boolean;
  readonly objects: readonly { readonly schema?: string; readonly name: string }[];
  readonly roles: readonly string[];
  readonly grantOption: boolean;
}

export interface Membership {
  readonly kind: "grant-role" | "revoke-role";
  readonly granted: readonly string[];
  readonly roles: readonly string[];
}

export interface RoleStatement {
  readonly kind: "drop-role" | "drop-owned" | "reassign-owned";
  readonly roles: readonly string[];
  readonly ifExists: boolean;
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
export function actionOf(node: Node, block: () => Pick<Block, "actions" | "expressions">): SqlAction[] {
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
        return [roleStatement("reassign-owned", fields, false)];
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
    memberOf: names(of("addroleto")?.List?.items),
  };
}

function createRole(fields: Fields): CreateRole {
  const { login, ...rest } = options(fields.options);
  const isUser = fields.stmt_type === "ROLESTMT_USER";
  return { kind: "create-role", role: String(fields.role), login: login || isUser, ...rest };
}

function alterRole(fields: Fields): AlterRole {
  const given = options(fields.options);
  const saysLogin = ((fields.options ?? []) as Node[]).some(({ DefElem }) => DefElem?.defname === "canlogin");
  return {
    kind: "alter-role",
    role: roleName(fields.role),
    ...given,
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
    on: String(fields.objtype).replace("OBJECT_", ""),
    allInSchema: fields.targtype === "ACL_TARGET_ALL_IN_SCHEMA",
    objects: (fields.objects ?? []).map(objectName),
    roles: names(fields.grantees),
    grantOption: fields.grant_option === true,
  };
}

function objectName(node: Node): { schema?: string; name: string } {
  const { RangeVar: relation, String: text } = node;
  if (relation === undefined) return { name: String(text?.sval ?? "") };
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
  };
}

function roleStatement(kind: RoleStatement["kind"], fields: Fields, ifExists: boolean): RoleStatement {
  return { kind, roles: names(fields.roles), ifExists };
}

function names(list: readonly Node[] = []): string[] {
  return list.map(({ RoleSpec }) => roleName(RoleSpec));
}

function roleName(spec: Fields | undefined): string {
  const { rolename, roletype = "" } = spec ?? {};
  return String(rolename ?? String(roletype).replace("ROLESPEC_", ""));
}

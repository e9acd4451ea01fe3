import { ownValue } from "../../own";
import type { Fields, Node, SqlAction } from "../actions";
import { roleName } from "../actions";
import { parseSql } from "../parser";
import type { SqlScript } from "../script";
import { DOUBTS, type SqlRoles } from "./model";
import { dropOwned, OWNERSHIP, reassignOwned } from "./ownership";
import { RolesState, type At } from "./state";

/** What the statements of a file, or of a database role, do to roles and their privileges. */
export function readRoles({ statements, unread }: SqlScript, file: string): SqlRoles {
  const state = new RolesState();
  const declares = statements.some(({ actions }) => actions.some(isDeclaration));
  for (const { line, text, actions } of statements) {
    // Leasehold's own SQL is told by what it declares, which another reader reads.
    if (declares && /\bleasehold_/.test(text)) continue;
    for (const action of actions) apply(state, action, { file, line });
  }
  for (const { line, message } of unread) state.unreadable({ file, line }, `a part is not read: ${message}`);
  return state.result();
}

function isDeclaration(action: SqlAction): boolean {
  return (
    action.kind === "other" &&
    action.type === "CreateStmt" &&
    action.fields.relation?.relname === "leasehold_role" &&
    action.fields.relation?.relpersistence === "t"
  );
}

function apply(state: RolesState, action: SqlAction, at: At): void {
  switch (action.kind) {
    case "create-role":
      return state.createRole(action, at);
    case "alter-role":
      return state.alterRole(action, at);
    case "grant":
    case "revoke":
      return state.privileges(action, at);
    case "grant-role":
    case "revoke-role":
      return state.membership(action, at);
    case "drop-role":
      return state.dropRoles(action.roles, at);
    case "drop-owned":
      return dropOwned(state, action.roles, at);
    case "reassign-owned":
      return reassignOwned(state, action.roles, action.to ?? "", at);
    case "block":
      action.actions.forEach((each) =>
        apply(state, each, action.conditional ? { ...at, doubt: DOUBTS.condition } : at),
      );
      return action.dynamic.forEach((text) => dynamic(state, text, at));
    case "other":
      return other(state, action.type, action.fields, at);
    default:
  }
}

/** SQL that is put together when it runs: its shape says what it cannot do, and the rest nobody can read. */
function dynamic(state: RolesState, text: string, at: At): void {
  const shape = shapeOf(text);
  if (shape !== undefined && shape.every(isHarmless)) return;
  const gives = shape?.every(({ kind }) => /^(grant|grant-role|create-role)$/.test(kind)) === true;
  state.unreadable(at, "SQL is put together when it runs, and nobody can read here what it does", !gives);
}

/** What EXECUTE runs, with a name in place of each that is put in. */
export function shapeOf(expression: string): readonly SqlAction[] | undefined {
  const literal = /^\s*(?:(?:pg_catalog\.)?format\s*\(\s*)?'((?:[^']|'')*)'\s*(?:,[^']*)?\)?\s*$/i.exec(
    expression,
  )?.[1];
  if (literal === undefined) return undefined;
  const { actions, error } = parseSql(
    literal
      .replaceAll("''", "'")
      .replace(/%(?:\d+\$)?[sI]/g, "put_in")
      .replace(/%(?:\d+\$)?L/g, "'put in'"),
  );
  return error === undefined && actions.length > 0 ? actions : undefined;
}

function isHarmless(action: SqlAction): boolean {
  return (
    (action.kind === "grant" || action.kind === "revoke") && action.on !== "TABLE" && action.on !== "SCHEMA"
  );
}

function other(state: RolesState, type: string, fields: Fields, at: At): void {
  ownValue(OWNERSHIP, type)?.(state, fields, at);
  const place = { file: at.file, line: at.line };
  if (type === "AlterDefaultPrivilegesStmt") defaultPrivileges(state, fields, at);
  if (type === "VariableSetStmt") settings(state, fields);
  if (type === "CallStmt") state.unreadable(place, "a procedure is called, and what it does is not known");
  if (type === "SelectStmt" && fields.intoClause)
    OWNERSHIP.CreateTableAsStmt?.(state, { into: fields.intoClause }, at);
  const called = type === "SelectStmt" ? functionsIn(fields).filter((name) => !KNOWN.test(name)) : [];
  for (const name of new Set(called))
    state.unreadable(place, `the function ${name} is called, and what it does is not known`);
}

/** Functions of PostgreSQL that grant nothing. */
const KNOWN =
  /^(pg_\w+|set_config|setval|nextval|currval|now|version|format|quote_\w+|count|max|min|sum|avg|\w+_agg|coalesce|current_\w+|to_\w+|has_\w+_privilege|unnest|generate_series|array_\w+|lower|upper|length|concat(_ws)?|replace|regexp_\w+|random|gen_random_uuid|clock_timestamp|exists)$/;

function functionsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "FuncCall"
      ? [String((inner as Fields).funcname?.at(-1)?.String?.sval), ...functionsIn((inner as Fields).args)]
      : functionsIn(inner),
  );
}

function defaultPrivileges(state: RolesState, { action, options }: Fields, { file, line }: At): void {
  if (action?.is_grant !== true || action.objtype !== "OBJECT_TABLE") return;
  const option = (name: string): Node[] =>
    ((options ?? []) as Node[]).find(({ DefElem }) => DefElem?.defname === name)?.DefElem?.arg?.List?.items ??
    [];
  const owners = option("roles").map(({ RoleSpec }) => roleName(RoleSpec));
  const schemas = option("schemas").map(({ String: name }) => String(name?.sval));
  const verbs = ((action.privileges ?? []) as Node[]).map(({ AccessPriv }) =>
    String(AccessPriv?.priv_name).toUpperCase(),
  );
  const where = schemas.length === 0 ? "" : ` in ${schemas.join(" and ")}`;
  for (const role of ((action.grantees ?? []) as Node[]).map(({ RoleSpec }) => roleName(RoleSpec)))
    state.doubts.push({
      file,
      line,
      role,
      text: `${role} is given ${verbs.join(", ") || "ALL"} on tables that ${owners.join(" and ") || "whoever ran this"} creates${where}, and which those are is not known`,
    });
}

function settings(state: RolesState, { name, kind, args }: Fields): void {
  const values = ((args ?? []) as Node[]).map(({ A_Const }) => String(A_Const?.sval?.sval ?? ""));
  const value = kind === "VAR_SET_VALUE" && values.length === 1 ? values[0] : undefined;
  if (name === "search_path" || kind === "VAR_RESET_ALL")
    state.searchPath = value === "" || value === '"$user"' ? undefined : value;
  if (name === "role" || name === "session_authorization" || kind === "VAR_RESET_ALL")
    state.actor = value === "none" ? undefined : value;
}

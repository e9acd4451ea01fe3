import type { Fields, Node } from "../actions";
import { relationName, roleName } from "../actions";
import { DOUBTS, isSame, isWithin, touches, type SqlTarget } from "./model";
import { withoutTarget, type At, type RolesState } from "./state";

/** Statements about tables and schemas themselves, of which the parser tells the kind and the fields. */
export const OWNERSHIP: Readonly<Record<string, (state: RolesState, fields: Fields, at: At) => void>> = {
  CreateStmt: (state, { relation, if_not_exists }, at) =>
    created(state, relation, if_not_exists === true, at),
  CreateTableAsStmt: (state, { into, if_not_exists }, at) =>
    created(state, into?.rel, if_not_exists === true, at),
  ViewStmt: (state, { view, replace }, at) => created(state, view, replace === true, at),
  CreateSchemaStmt: (state, fields, at) => {
    if ((fields.schemaElts ?? []).length > 0) doubt(state, at, "creates objects inside of CREATE SCHEMA");
    const owner = fields.authrole ? state.roleOf(roleName(fields.authrole)) : state.actor;
    const schema = String(fields.schemaname ?? owner ?? "");
    if (owner !== undefined) ownsSchema(state, owner, schema, at);
  },
  AlterOwnerStmt: (state, { objectType, object, newowner }, at) => {
    if (objectType === "OBJECT_SCHEMA")
      ownsSchema(state, state.roleOf(roleName(newowner)), String(object?.String?.sval), at);
  },
  AlterTableStmt: (state, { relation, cmds, objtype }, at) => {
    const changes = ((cmds ?? []) as Node[]).map(({ AlterTableCmd }) => AlterTableCmd);
    const owner = changes.find((each) => each?.subtype === "AT_ChangeOwner")?.newowner as Fields | undefined;
    if (owner === undefined || /INDEX|TYPE/.test(String(objtype))) return;
    const on = objtype === "OBJECT_SEQUENCE" ? "SEQUENCE" : "TABLE";
    own(state, state.targetOf(on, relationName(relation)), state.roleOf(roleName(owner)), at);
  },
  DropStmt: (state, { objects, removeType }, at) => {
    const names = ((objects ?? []) as Node[]).map((each) =>
      ((each.List?.items ?? [each]) as Node[]).map(({ String: text }) => String(text?.sval)),
    );
    if (/TABLE$|VIEW$/.test(String(removeType)))
      for (const [name = "", schema] of names.map((each) => each.reverse()))
        dropped(state, state.targetOf("TABLE", { name, ...(schema !== undefined && { schema }) }), at);
    if (removeType === "OBJECT_SCHEMA")
      for (const [schema = ""] of names)
        ["TABLE", "SEQUENCE", "SCHEMA"].forEach((on) => dropped(state, { on, schema }, at));
  },
  RenameStmt: (state, { renameType, relation, subname, newname }, at) => {
    if (renameType === "OBJECT_ROLE") return state.renameRole(String(subname), String(newname));
    if (/TABLE$|VIEW$/.test(String(renameType)))
      moved(state, state.targetOf("TABLE", relationName(relation)), { name: String(newname) }, at);
    if (renameType === "OBJECT_SCHEMA") doubt(state, at, `renames the schema ${subname}`);
  },
  AlterObjectSchemaStmt: (state, { relation, newschema }, at) => {
    if (relation !== undefined)
      moved(state, state.targetOf("TABLE", relationName(relation)), { schema: String(newschema) }, at);
  },
};

/** `REASSIGN OWNED BY … TO …`. */
export function reassignOwned(state: RolesState, roles: readonly string[], newOwner: string, at: At): void {
  const to = state.roleOf(newOwner);
  for (const from of roles.map((role) => state.roleOf(role))) {
    state.owners
      .filter(({ role }) => role === from)
      .forEach((each) => own(state, each, to, asDoubtfulAs(each, at)));
    state.doubts.push({
      ...place(at),
      role: to,
      text: `${to} owns what ${from} owned, which no statement lists`,
    });
  }
}

/** `DROP OWNED BY …`: what somebody owns goes, and every privilege of theirs. */
export function dropOwned(state: RolesState, roles: readonly string[], at: At): void {
  for (const role of roles.map((each) => state.roleOf(each))) {
    state.owners
      .filter((each) => each.role === role)
      .forEach((each) => dropped(state, each, asDoubtfulAs(each, at)));
    state.held = state.held.flatMap((each) =>
      each.role !== role ? [each] : at.doubt === undefined ? [] : [{ ...each, doubt: at.doubt }],
    );
  }
}

/** What is done to whatever somebody owns is as doubtful as that they own it. */
function asDoubtfulAs({ doubt: why }: { readonly doubt?: string }, at: At): At {
  return why === undefined || at.doubt !== undefined ? at : { ...at, doubt: why };
}

function place({ file, line }: At): Pick<At, "file" | "line"> {
  return { file, line };
}

function doubt(state: RolesState, at: At, text: string): void {
  state.doubts.push({ ...place(at), text });
}

/** A new table has none of the privileges that its schema's tables were given before. */
function created(state: RolesState, relation: Fields | undefined, mayExist: boolean, at: At): void {
  if (relation === undefined || relation.relpersistence === "t") return;
  const table = state.targetOf("TABLE", relationName(relation));
  const why = at.doubt ?? (mayExist ? "the statement creates it only where it is not there" : undefined);
  state.held = state.held.flatMap((each) =>
    each.name === undefined ? withoutTarget(each, table, [], why) : [each],
  );
  if (state.actor !== undefined)
    own(state, table, state.actor, why === undefined ? at : { ...at, doubt: why });
}

/** What the owner before held goes with the table, and so do its own limits. */
function own(state: RolesState, target: SqlTarget, role: string, at: At): void {
  const table: SqlTarget = {
    on: target.on,
    ...(target.schema !== undefined && { schema: target.schema }),
    name: target.name,
  };
  const before = state.owners.filter((each) => isSame(each, table) !== "no");
  const certain = before.find((each) => isSame(each, table) === "yes" && each.doubt === undefined);
  if (certain?.role === role) return;
  const previous = new Set(before.map((each) => each.role));
  const limits = certain && at.doubt === undefined ? certain.revoked : [];
  // What the owner before took from itself goes to the next one: of which table that was must be known.
  const isLimited = certain === undefined && before.some((each) => each.revoked.length > 0);
  const why = at.doubt ?? (isLimited ? DOUBTS.schema : undefined);
  const held = state.held.filter(
    (each) => each.role === role && isSame(each, table) === "yes" && each.columns.length === 0,
  );
  state.held = state.held.flatMap((each) =>
    previous.has(each.role)
      ? withoutTarget(each, table, [], certain === undefined ? DOUBTS.schema : at.doubt)
      : [each],
  );
  state.owners = state.owners.flatMap((each) => {
    if (isSame(each, table) === "no") return [each];
    const doubt = at.doubt ?? (isSame(each, table) === "maybe" ? DOUBTS.schema : undefined);
    return doubt === undefined ? [] : [{ ...each, doubt }];
  });
  const revoked = limits.filter((verb) => !held.some((each) => each.verb === verb));
  state.owners.push({
    ...table,
    ...place(at),
    role,
    revoked,
    ...(why !== undefined && { doubt: why }),
  });
}

function dropped(state: RolesState, target: SqlTarget, at: At): void {
  state.held = state.held.flatMap((each) => {
    const isAll = each.name === undefined && target.name !== undefined;
    return isAll && isWithin(target, each) !== "yes" ? [each] : withoutTarget(each, target, [], at.doubt);
  });
  state.owners = state.owners.flatMap((each) => {
    const hit = touches(each, target);
    if (hit === "no") return [each];
    const why = at.doubt ?? (hit === "maybe" ? DOUBTS.schema : undefined);
    return why === undefined ? [] : [{ ...each, doubt: why }];
  });
}

/** Privileges follow a table to its new name; what was given on all of a schema does so too, and is told apart. */
function moved(state: RolesState, table: SqlTarget, to: Partial<SqlTarget>, at: At): void {
  const follow = <T extends SqlTarget & { doubt?: string }>(each: T): T => {
    const hit = isSame(each, table);
    if (hit === "no") return each;
    const why = at.doubt ?? (hit === "maybe" ? DOUBTS.schema : undefined);
    return { ...each, ...to, ...(why !== undefined && { doubt: why }) };
  };
  const all = state.held.filter((each) => each.name === undefined && isWithin(table, each) !== "no");
  state.held = [
    ...state.held.map(follow),
    ...all.map((each) => ({
      ...each,
      except: [],
      ...table,
      ...to,
      ...(at.doubt !== undefined && { doubt: at.doubt }),
    })),
  ];
  state.owners = state.owners.map(follow);
}

/** Whoever owns a schema creates tables in it and drops whatever there is. */
function ownsSchema(state: RolesState, role: string, schema: string, at: At): void {
  for (const verb of ["USAGE", "CREATE", "DROP"]) state.give(role, { on: "SCHEMA", schema }, verb, [], at);
}

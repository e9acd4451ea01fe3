import { sqlNodes, type Fields, type Node } from "../../../access";
import { listed, show } from "../../words";

/** What is wrong with a statement, and what happens. */
export type Objection = string;

/** What a creation is held to. */
export interface Expected {
  /** Name of the role in Vault, which is that of its group. */
  readonly role: string;
  /** The connections that a pod opens by one credential at most; absent where no pod says it. */
  readonly pool?: number;
  /** Roles that the group may become. */
  readonly owners: readonly string[];
  /** Attributes that are declared, as the parse tree calls them; absent: none. */
  readonly attributes?: readonly "isreplication"[];
}

const NAME = "{{name}}";

/** What a creation does beside making a login that may do what its service declares. */
export function* creationObjections(elements: readonly string[], expected: Expected): Iterable<Objection> {
  const [first, ...more] = elements.map(nodesOf);
  const create = first?.[0]?.CreateRoleStmt;
  if (first?.length !== 1 || create === undefined) {
    yield 'the first one is not CREATE ROLE "{{name}}" alone: what stands before it has no role yet, or changes who runs it';
    return;
  }
  yield* roleObjections(create, expected);
  for (const [index, nodes] of more.entries()) {
    const where = `the ${index + 2}. statement`;
    if (nodes?.length !== 1) yield `${where} is not one statement`;
    else yield* laterObjections(nodes[0] as Node, where, expected);
  }
  const isMember = memberships(create).length > 0;
  const isGranted = more.some((nodes) => nodes?.[0]?.GrantStmt !== undefined);
  if (isMember === isGranted)
    yield isMember
      ? "the credential is a member of a group and holds privileges of its own, which its revocation does not take back"
      : "the credential is given nothing: it may log in and reads no table";
}

function nodesOf(text: string): readonly Node[] | undefined {
  return sqlNodes(text);
}

function memberships(create: Fields): string[] {
  return (create.options ?? []).flatMap(({ DefElem }: Node) =>
    DefElem?.defname === "addroleto" ? rolesOf(DefElem.arg?.List?.items) : [],
  );
}

function rolesOf(list: readonly Node[] = []): string[] {
  return list.map(({ RoleSpec }) => String(RoleSpec?.rolename ?? RoleSpec?.roletype));
}

/** Options of CREATE ROLE that a credential has, each once. */
function* roleObjections(create: Fields, { role, pool, attributes = [] }: Expected): Iterable<Objection> {
  if (create.role !== NAME) yield `it makes ${show(String(create.role))}, and Vault gives out {{name}}`;
  const options = ((create.options ?? []) as Node[]).map(({ DefElem }) => DefElem ?? {});
  const given = (name: string) => options.find(({ defname }) => defname === name)?.arg;
  if (given("canlogin")?.Boolean?.boolval !== true) yield "the role may not log in";
  if (given("password")?.String?.sval !== "{{password}}") yield "its password is not {{password}}";
  if (given("validUntil")?.String?.sval !== "{{expiration}}")
    yield "its login does not end at {{expiration}}";
  yield* limitObjections(given("connectionlimit")?.Integer?.ival as number | undefined, pool);
  for (const group of memberships(create))
    if (group !== role) yield `it is a member of ${show(group)}, and the group of this role is ${show(role)}`;
  for (const { defname, arg } of options) {
    if (["canlogin", "password", "validUntil", "connectionlimit", "addroleto"].includes(String(defname)))
      continue;
    if (attributes.some((each) => each === defname) && arg?.Boolean?.boolval === true) continue;
    yield optionObjection(String(defname), arg?.Boolean?.boolval === true);
  }
  for (const each of attributes)
    if (given(each)?.Boolean?.boolval !== true)
      yield `${inSql(each)} is declared, and the credential has not got it: the server refuses to stream`;
}

function* limitObjections(limit: number | undefined, pool: number | undefined): Iterable<Objection> {
  if (limit === undefined) yield "CONNECTION LIMIT is not set: one credential may use up the server";
  else if (pool !== undefined && limit <= pool)
    yield `CONNECTION LIMIT is ${limit}, and the pool of a pod opens ${pool} connections: the next one is opened before the server has closed the last, and there are too many connections for role`;
  else if (pool !== undefined && limit > pool + MOST_SPARE)
    yield `CONNECTION LIMIT is ${limit}, and the pool of a pod opens ${pool} connections: whoever has the credential may open the others`;
}

/** Connections beside the pool: a person who looks, a check at the start. */
const MOST_SPARE = 5;

function inSql(option: string): string {
  return option.replace(/^is/, "").toUpperCase();
}

function optionObjection(name: string, on: boolean): Objection {
  const written = `${on ? "" : "NO"}${inSql(name)}`;
  if (name === "inherit" && !on)
    return "NOINHERIT: it has none of its group's privileges, and every statement is refused";
  return `${written} is nothing that a credential has`;
}

function* laterObjections(node: Node, where: string, { role, owners }: Expected): Iterable<Objection> {
  const [[type, fields] = ["", {}]] = Object.entries(node);
  switch (type) {
    case "GrantStmt":
      return yield* grantObjections(fields, where);
    case "AlterRoleSetStmt":
      return yield* settingObjections(fields, where, owners, role);
    case "DoStmt":
      return yield* blockObjections(fields, where);
    case "CreateRoleStmt":
      return yield `${where} makes a second role, which no revocation drops`;
    case "AlterRoleStmt":
      return yield `${where} changes the login after it is made: what CREATE ROLE says no longer holds`;
    case "GrantRoleStmt":
      return yield `${where} makes somebody a member of a role: say IN ROLE in CREATE ROLE, which always inherits`;
    default:
      return yield `${where} is ${type.replace(/Stmt$/, "")}, which is no part of making a credential`;
  }
}

const OBJECTS: Readonly<Record<string, readonly string[]>> = {
  OBJECT_TABLE: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"],
  OBJECT_SCHEMA: ["USAGE"],
  OBJECT_SEQUENCE: ["USAGE", "SELECT", "UPDATE"],
  OBJECT_ROUTINE: ["EXECUTE"],
};

function* grantObjections(fields: Fields, where: string): Iterable<Objection> {
  const grantees = rolesOf(fields.grantees);
  const allowed = OBJECTS[String(fields.objtype)] ?? [];
  const privileges = ((fields.privileges ?? []) as Node[]).map(({ AccessPriv: each }) =>
    String(each?.priv_name ?? "").toUpperCase(),
  );
  const strange = privileges.filter((each) => !allowed.includes(each));
  if (fields.is_grant !== true) yield `${where} takes something away`;
  if (grantees.length !== 1 || grantees[0] !== NAME)
    yield `${where} grants to ${listed(grantees.map((each) => show(each)))}, which outlives the credential`;
  if (fields.grant_option === true) yield `${where} lets the credential hand its privilege on`;
  if (fields.targtype !== "ACL_TARGET_OBJECT") yield `${where} grants on more than the objects that it names`;
  if (privileges.length === 0 || strange.length > 0)
    yield `${where} grants ${strange.length > 0 ? listed(strange) : "all"} on ${String(fields.objtype).replace("OBJECT_", "").toLowerCase()}s`;
}

function* settingObjections(
  { role: spec, setstmt, database }: Fields,
  where: string,
  owners: readonly string[],
  group: string,
): Iterable<Objection> {
  const value = String(setstmt?.args?.[0]?.A_Const?.sval?.sval ?? "");
  const isOwn = spec?.rolename === NAME && database === undefined && setstmt?.kind === "VAR_SET_VALUE";
  if (!isOwn || setstmt?.name !== "role")
    yield `${where} sets ${String(setstmt?.name ?? "everything")} for each session, which the application does not know`;
  else if (!owners.includes(value))
    yield `${where} makes each session ${show(value)}, and ${show(group)} may not become that`;
}

const SEQUENCES = /^pg_catalog\.format\('GRANT USAGE ON SEQUENCE %s TO "\{\{name\}\}"', number_source\)$/;

/** The one block that a creation has: usage of the sequences that number its tables. */
function* blockObjections(fields: Fields, where: string): Iterable<Objection> {
  const body = ((fields.args ?? []) as Node[])
    .map(({ DefElem }) => String(DefElem?.arg?.String?.sval ?? ""))
    .join("\n");
  const executed = [...body.matchAll(/\bEXECUTE\s+([^;]+);/gi)].map(([, text = ""]) => text.trim());
  const isKnown =
    executed.length === 1 &&
    SEQUENCES.test(executed[0] ?? "") &&
    /BEGIN\s+FOR number_source IN\s+SELECT used\.sequence_id FROM \(/.test(body) &&
    body.split(";").length === 4;
  if (!isKnown) yield `${where} is a block that grants something else than the sequences of the tables`;
}

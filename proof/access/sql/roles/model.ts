import { ownValue } from "../../own";

/**
 * What SQL says of PostgreSQL's roles, after every statement that takes something back. It is read as if all
 * statements succeed, run by somebody who may run them.
 */
export interface SqlRoles {
  readonly held: readonly HeldPrivilege[];
  readonly memberships: readonly RoleMembership[];
  readonly owners: readonly TableOwner[];
  readonly superusers: readonly string[];
  /** Roles with REPLICATION, which reads what no grant says. */
  readonly replicating: readonly string[];
  /** Roles of which some statement says something. */
  readonly named: readonly string[];
  /** What the statements do besides that cannot be read from them. */
  readonly doubts: readonly SqlDoubt[];
  /** What the statements have taken back and not given again. */
  readonly taken: readonly TakenPrivilege[];
}

/** Where a statement stands. */
export interface SqlPlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** One verb that a role holds itself. */
export interface HeldPrivilege extends SqlPlace, SqlTarget {
  /** `PUBLIC` for everybody. */
  readonly role: string;
  /** In upper case, never `ALL`. */
  readonly verb: string;
  /** Empty: all. */
  readonly columns: readonly string[];
  /** Tables of the schema to which it does not apply; only where `name` is absent. */
  readonly except: readonly string[];
  /** Every table of this owner, also those to come. */
  readonly owner?: string;
  /** As in RoleGrants. */
  readonly statement: "GRANT" | "declaration" | "ownership";
  /** Why nobody can say whether it is held; absent where it is. */
  readonly doubt?: string;
}

export interface SqlTarget {
  readonly on: string;
  /** Absent: the search path decides. */
  readonly schema?: string;
  /** Absent: all that there were in the schema, or the schema itself. */
  readonly name?: string;
}

export interface TakenPrivilege extends SqlTarget {
  readonly role: string;
  readonly verb: string;
  readonly file: string;
}

/** Who is a member of which role, and what that is good for. */
export interface RoleMembership extends SqlPlace {
  readonly role: string;
  readonly of: string;
  /** Whether the member has what the role may do without doing anything. */
  readonly inherits: boolean;
  /** Whether it may become the role by SET ROLE. */
  readonly sets: boolean;
  /** Whether it may make others members. */
  readonly admin: boolean;
  readonly doubt?: string;
}

export interface TableOwner extends SqlPlace, SqlTarget {
  readonly role: string;
  /** What the owner has taken from itself. */
  readonly revoked: readonly string[];
  readonly doubt?: string;
}

/** Something that nobody knows who has only read the statements. */
export interface SqlDoubt extends SqlPlace {
  /** Whose privileges it is about; absent: anybody's. */
  readonly role?: string;
  /** In one sentence without a full stop. */
  readonly text: string;
}

export const DOUBTS = {
  condition: "a condition decides whether the statement runs",
  schema: "the search path decides which schema is meant",
  grantor: "another role grants or revokes there, and whether it may is not known",
  order: "another file takes it back, and the order of the files is not said",
  inherits: "whether the member inherits is not said",
} as const;

/** What GRANT ALL gives; MAINTAIN, which PostgreSQL 17 adds, is left to those who name it. */
export function verbsOf(on: string, verb: string): readonly string[] {
  if (verb === "TEMP") return ["TEMPORARY"];
  return verb === "ALL" ? (ownValue(ALL, on) ?? []) : [verb];
}

const ALL: Readonly<Record<string, readonly string[]>> = {
  TABLE: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
  SEQUENCE: ["USAGE", "SELECT", "UPDATE"],
  SCHEMA: ["USAGE", "CREATE"],
  FUNCTION: ["EXECUTE"],
  DATABASE: ["CREATE", "CONNECT", "TEMPORARY"],
};

/** Whether two names mean the same; `maybe` where the search path decides. */
export function isSame(a: SqlTarget, b: SqlTarget): "yes" | "no" | "maybe" {
  if (a.on !== b.on || a.name !== b.name) return "no";
  if (a.schema === b.schema) return "yes";
  return a.schema === undefined || b.schema === undefined ? "maybe" : "no";
}

/** Whether a table is one of those that a statement about all in a schema means. */
export function isWithin(one: SqlTarget, all: SqlTarget): "yes" | "no" | "maybe" {
  if (one.on !== all.on || all.name !== undefined || all.schema === undefined) return "no";
  if (one.schema === all.schema) return "yes";
  return one.schema === undefined ? "maybe" : "no";
}

/** Whether a statement about one table, or about all of a schema, is about a table. */
export function touches(table: SqlTarget, target: SqlTarget): "yes" | "no" | "maybe" {
  return table.name !== undefined && target.name === undefined
    ? isWithin(table, target)
    : isSame(table, target);
}

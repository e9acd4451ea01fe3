/**
 * What may be done with a whole table. ALL cannot be written: it grants what nobody thought of. MAINTAIN is from
 * PostgreSQL 17 on: VACUUM, ANALYZE, REINDEX, CLUSTER, LOCK TABLE and REFRESH MATERIALIZED VIEW.
 */
export type TablePrivilege =
  "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE" | "REFERENCES" | "TRIGGER" | "MAINTAIN";

/** What may be done with single columns. */
export type ColumnPrivilege = "SELECT" | "INSERT" | "UPDATE" | "REFERENCES";

/** What may be done with a sequence: USAGE is `nextval` and `currval`, SELECT reads it, UPDATE is `nextval` and `setval`. */
export type SequencePrivilege = "USAGE" | "SELECT" | "UPDATE";

/** What may be done with a function or a procedure. */
export type FunctionPrivilege = "EXECUTE";

/** What may be done with the database itself: TEMPORARY is to create temporary tables. */
export type DatabasePrivilege = "TEMPORARY";

/** Says that names are meant literally, which look like something else. */
export interface LiteralNames {
  /** How such a name came about. */
  readonly reason: string;
}

/** Keys that say what a grant is on; each kind of grant has one of them, or tables with columns. */
interface NothingElse {
  readonly tables?: never;
  readonly columns?: never;
  readonly allTablesOwnedBy?: never;
  readonly sequences?: never;
  readonly functions?: never;
  readonly database?: never;
}

/** Whole tables; views, materialized views, foreign tables and partitioned tables are tables too. INSERT brings USAGE on the sequences that number the tables' rows. */
export interface TableGrant extends Omit<NothingElse, "tables"> {
  /** Names of the tables, as they are in the catalog: no quotes around them, no schema before them. */
  readonly tables: readonly string[];
  /** What the service may do with every one of the tables. */
  readonly privileges: readonly TablePrivilege[];
  /**
   * Schema of the tables.
   * @default - the schema of the database
   * @protects from a table of the same name in another schema
   */
  readonly schema?: string;
  /**
   * Why the names hold a dot, an asterisk, quotes around them or spaces at their ends: the catalog has them exactly so.
   * @default - such a name is refused, for it most likely means something else
   * @protects from a grant on a table that is not there, or on another one than was meant
   */
  readonly literalNames?: LiteralNames;
}

/** Some columns of tables, and nothing of the others. */
export interface ColumnGrant extends Omit<NothingElse, "tables" | "columns"> {
  /** Names of the tables, each of which has all of the columns. */
  readonly tables: readonly string[];
  /** Names of the columns, as they are in the catalog: no quotes around them, no table before them. */
  readonly columns: readonly string[];
  /** What the service may do with every one of the columns. */
  readonly privileges: readonly ColumnPrivilege[];
  /**
   * Schema of the tables.
   * @default - the schema of the database
   * @protects from a table of the same name in another schema
   */
  readonly schema?: string;
  /**
   * Why the names hold a dot, an asterisk, quotes around them or spaces at their ends: the catalog has them exactly so.
   * @default - such a name is refused, for it most likely means something else
   * @protects from a grant on a table that is not there, or on another one than was meant
   */
  readonly literalNames?: LiteralNames;
}

/** Every table that a role owns in a schema, those it creates later included; so it says why. */
export interface OwnerGrant extends Omit<NothingElse, "allTablesOwnedBy"> {
  /** The role that owns the tables, such as the one that migrations run as. */
  readonly allTablesOwnedBy: string;
  /** What the service may do with every one of the tables. */
  readonly privileges: readonly TablePrivilege[];
  /**
   * Schema of the tables.
   * @default - the schema of the database
   * @protects from tables of the same owner in another schema
   */
  readonly schema?: string;
  /**
   * Why the names hold a dot, an asterisk, quotes around them or spaces at their ends: the catalog has them exactly so.
   * @default - such a name is refused, for it most likely means something else
   * @protects from a grant on an owner that is not there, or on another one than was meant
   */
  readonly literalNames?: LiteralNames;
  /** Why the service needs tables that nobody has thought of yet. */
  readonly reason: string;
}

/**
 * Sequences by name, for applications that draw numbers from them on their own, as Hibernate does. A sequence that
 * numbers the rows of a table comes with INSERT on the table, and is not named here.
 */
export interface SequenceGrant extends Omit<NothingElse, "sequences"> {
  /** Names of the sequences, as they are in the catalog: no quotes around them, no schema before them. */
  readonly sequences: readonly string[];
  /** What the service may do with every one of the sequences. */
  readonly privileges: readonly SequencePrivilege[];
  /**
   * Schema of the sequences.
   * @default - the schema of the database
   * @protects from a sequence of the same name in another schema
   */
  readonly schema?: string;
  /**
   * Why the names hold a dot, an asterisk, quotes around them or spaces at their ends: the catalog has them exactly so.
   * @default - such a name is refused, for it most likely means something else
   * @protects from a grant on a sequence that is not there, or on another one than was meant
   */
  readonly literalNames?: LiteralNames;
}

/**
 * Functions and procedures. PostgreSQL lets everybody execute a function that nobody has taken from PUBLIC, declared
 * or not; and one that is SECURITY DEFINER does what its owner may, whoever calls it.
 */
export interface FunctionGrant extends Omit<NothingElse, "functions"> {
  /**
   * Names with the types of the arguments, as `reserve_stock(integer, text)` or `next_number()`: names alone may mean
   * several functions. A type that is not PostgreSQL's own is one of the schema, unless it says of which, as `app.mood`.
   */
  readonly functions: readonly string[];
  /** What the service may do with every one of the functions. */
  readonly privileges: readonly FunctionPrivilege[];
  /**
   * Schema of the functions.
   * @default - the schema of the database
   * @protects from a function of the same name in another schema
   */
  readonly schema?: string;
  /**
   * Why the names hold a dot, an asterisk, quotes around them or spaces at their ends: the catalog has them exactly so.
   * @default - such a name is refused, for it most likely means something else
   * @protects from a grant on a function that is not there, or on another one than was meant
   */
  readonly literalNames?: LiteralNames;
}

/**
 * What concerns the database and nothing in it. CONNECT every service has; CREATE none has, for whoever owns a
 * schema cannot be dropped. PUBLIC has TEMPORARY until somebody revokes it, and leasehold does not.
 */
export interface DatabaseGrant extends Omit<NothingElse, "database"> {
  /** What the service may do with the database. */
  readonly database: readonly DatabasePrivilege[];
}

/** What a service may touch in a database. */
export type Grant = TableGrant | ColumnGrant | OwnerGrant | SequenceGrant | FunctionGrant | DatabaseGrant;

/**
 * The role that a schema belongs to, for whoever changes the schema: its credentials act as that role, so
 * that what they create belongs to it and not to a user that is about to be dropped.
 */
export interface Owner {
  /** Name of the role; NOLOGIN, no superuser, and there before the bootstrap SQL runs. */
  readonly role: string;
  /** Why grants on tables do not do: the owner may read, change and drop all that it owns. */
  readonly reason: string;
}

/**
 * That a service streams changes by logical decoding, as connectors for change data capture do. It needs the attribute
 * REPLICATION, which no grant limits: whoever has it reads every change of every database that it may connect to.
 */
export interface Replication {
  /** Names of the publications that it reads, as they are in the catalog; whoever owns the tables has made them. */
  readonly publications: readonly string[];
  /** Why it has to read changes that no grant limits. */
  readonly reason: string;
}

/**
 * Where the privileges live. `group`: in a NOLOGIN role that the bootstrap SQL maintains, and a
 * credential is only its member. `direct`: in each credential, for databases where nobody can run the
 * bootstrap SQL; Vault's login then owns the tables or holds every privilege WITH GRANT OPTION, and
 * credentials connect because PUBLIC may. So one database has one strategy: the bootstrap SQL shuts
 * PUBLIC out.
 */
export type CredentialStrategy = "group" | "direct";

export function isOwnerGrant(grant: Grant): grant is OwnerGrant {
  return grant.allTablesOwnedBy !== undefined;
}

export function isColumnGrant(grant: Grant): grant is ColumnGrant {
  return grant.columns !== undefined;
}

export function isSequenceGrant(grant: Grant): grant is SequenceGrant {
  return grant.sequences !== undefined;
}

export function isFunctionGrant(grant: Grant): grant is FunctionGrant {
  return grant.functions !== undefined;
}

export function isDatabaseGrant(grant: Grant): grant is DatabaseGrant {
  return grant.database !== undefined;
}

/** Tables that are named, whole or by columns; so is a grant that says nothing at all. */
export function isTableGrant(grant: Grant): grant is TableGrant | ColumnGrant {
  return ![isOwnerGrant, isSequenceGrant, isFunctionGrant, isDatabaseGrant].some((is) => is(grant));
}

/** What is granted, whatever it is on. */
export function privilegesIn(grant: Grant): readonly string[] {
  return isDatabaseGrant(grant) ? grant.database : grant.privileges;
}

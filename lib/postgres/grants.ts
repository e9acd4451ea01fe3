/** What may be done with a whole table. ALL cannot be written: it grants what nobody thought of. */
export type TablePrivilege =
  "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE" | "REFERENCES" | "TRIGGER";

/** What may be done with single columns. */
export type ColumnPrivilege = "SELECT" | "INSERT" | "UPDATE" | "REFERENCES";

/** Says that names are meant literally, which look like something else. */
export interface LiteralNames {
  /** How such a name came about. */
  readonly reason: string;
}

/** Whole tables, views included. INSERT brings USAGE on the sequences that number the tables' rows. */
export interface TableGrant {
  /** Names of the tables, as they are in the catalog: no quotes around them, no schema before them. */
  readonly tables: readonly string[];
  readonly columns?: never;
  readonly allTablesOwnedBy?: never;
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
export interface ColumnGrant {
  /** Names of the tables, each of which has all of the columns. */
  readonly tables: readonly string[];
  /** Names of the columns, as they are in the catalog: no quotes around them, no table before them. */
  readonly columns: readonly string[];
  readonly allTablesOwnedBy?: never;
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
export interface OwnerGrant {
  readonly tables?: never;
  readonly columns?: never;
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

/** What a service may touch in a database. */
export type Grant = TableGrant | ColumnGrant | OwnerGrant;

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

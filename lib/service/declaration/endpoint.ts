/** What answers at an endpoint. */
export type EndpointServer =
  /** The server itself under another name, such as that of a cluster's private network. */
  | { readonly kind: "primary" }
  /** A streaming replica of it, on which nobody writes and to which a new user comes a moment after it was made. */
  | { readonly kind: "replica" }
  | PgBouncer
  /**
   * A PgDog with `server_auth = "vault_dynamic"`: it reads a credential itself, and knows its own clients only. So it
   * is no way for services that hold a credential.
   */
  | { readonly kind: "pgdog" }
  /** RDS Proxy, which knows the users in Secrets Manager or IAM only. So it is no way for users that Vault creates. */
  | { readonly kind: "rds-proxy" };

/**
 * PgBouncer with `auth_query`, which passes its clients' users through. It has a pool for each user, and each pod
 * has a user of its own. What is said here is its configuration, in its own words.
 */
export interface PgBouncer {
  readonly kind: "pgbouncer";
  /** `pool_mode`: when a connection to the server is given to the next client. What it forbids, the contract says. */
  readonly poolMode: PoolMode;
  /**
   * `auth_user`: the login by which it asks for its users, of no use for anything else. The bootstrap SQL makes it
   * without a password, and a function that `auth_query` calls.
   * @default "pgbouncer"
   * @protects from a pooler that may read the verifiers of everybody
   */
  readonly authUser?: string;
  /**
   * `max_client_conn` of one process.
   * @default 100
   * @protects nothing: it is PgBouncer's own
   */
  readonly maxClientConn?: number;
  /**
   * `default_pool_size`: connections to the server for each user, of one process.
   * @default 20
   * @protects nothing: it is PgBouncer's own
   */
  readonly defaultPoolSize?: number;
  /**
   * `max_db_connections` of one process.
   * @default 0: no limit
   * @protects nothing: it is PgBouncer's own
   */
  readonly maxDbConnections?: number;
  /**
   * `max_prepared_statements`; PgBouncer has it since 1.21.
   * @default 0: none
   * @protects from clients that prepare a statement on one connection and call it on another
   */
  readonly maxPreparedStatements?: number;
  /**
   * How many processes answer at the host.
   * @default 1
   * @protects nothing: each has limits of its own
   */
  readonly processes?: number;
}

export type PoolMode = "session" | "transaction" | "statement";

/** What a pooler forbids its clients, which an application hears of at the first query that it is asked. */
export type Forbidden =
  /** Any parameter of the login beside those that PgBouncer knows, such as `options`. */
  | "startup-parameters"
  /** SET and RESET, SET ROLE too. */
  | "session-settings"
  | "listen"
  | "session-advisory-locks"
  | "temporary-tables"
  | "cursors-with-hold"
  /** PREPARE and DEALLOCATE, as SQL. */
  | "sql-prepare"
  | "load"
  /** Named statements of the protocol. */
  | "prepared-statements"
  /** BEGIN, and whatever has more than one statement. */
  | "transactions";

/** Values that PgBouncer has where nothing is said. */
export const PGBOUNCER = {
  authUser: "pgbouncer",
  maxClientConn: 100,
  defaultPoolSize: 20,
  maxDbConnections: 0,
  maxPreparedStatements: 0,
  processes: 1,
} as const;

/** What goes wrong behind a pooler, as its documentation has it (features, and `ignore_startup_parameters`). */
export function forbiddenBy({
  poolMode,
  maxPreparedStatements = PGBOUNCER.maxPreparedStatements,
}: PgBouncer): Forbidden[] {
  if (poolMode === "session") return ["startup-parameters"];
  return [
    "startup-parameters",
    "session-settings",
    "listen",
    "session-advisory-locks",
    "temporary-tables",
    "cursors-with-hold",
    "sql-prepare",
    "load",
    ...(maxPreparedStatements > 0 ? [] : ["prepared-statements" as const]),
    ...(poolMode === "statement" ? ["transactions" as const] : []),
  ];
}

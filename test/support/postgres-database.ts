import type { Client } from "pg";
import { credentialStatements, quoteIdentifier, renderBootstrapSql } from "../../lib/postgres";
import type {
  BootstrapInput,
  BootstrapRole,
  CredentialStatements,
  CredentialStatementsProps,
} from "../../lib/postgres";
import { loginsOf } from "../../lib/postgres/bootstrap-input";
import type { PostgresServer } from "./postgres";
import { createUser, revokeUser, type VaultUser } from "./vault-statements";

/** Password of Vault's login and of every credential; the tests look at names. */
const PASSWORD = "correct horse";
const FUTURE = "2999-01-01 00:00:00+0000";

let counter = 0;

/** A database of its own on a server, with a login of its own for Vault. */
export class TestDatabase {
  /** What the last run of the bootstrap SQL printed: `NOTICE: GRANT …`. */
  printed: string[] = [];

  private constructor(
    private readonly server: PostgresServer,
    /** Name of the database; any group role of it ends in `-<name>` by the tests' convention. */
    readonly name: string,
    /** Name of Vault's login. */
    readonly login: string,
    /** The superuser's session in the database. */
    readonly admin: Client,
  ) {}

  /** An empty database in which the statements have run. */
  static async create(server: PostgresServer, ...statements: string[]): Promise<TestDatabase> {
    counter += 1;
    const superuser = await server.connect();
    await superuser.query(`CREATE DATABASE shop${counter}`);
    await superuser.end();
    const admin = await server.connect({ database: `shop${counter}` });
    const database = new TestDatabase(server, `shop${counter}`, `vault_admin${counter}`, admin);
    admin.on("notice", ({ severity, message }) => database.printed.push(`${severity}: ${message}`));
    for (const statement of statements) await admin.query(statement);
    return database;
  }

  /** Runs the bootstrap SQL as the DBA does, and returns what it printed. */
  async bootstrap(roles: readonly BootstrapRole[], changes: Partial<BootstrapInput> = {}): Promise<string[]> {
    const { name: databaseName, login } = this;
    const postgresVersion = this.server.version as BootstrapInput["postgresVersion"];
    const input: BootstrapInput = {
      environment: "test",
      connection: databaseName,
      databaseName,
      schema: "public",
      login,
      postgresVersion,
      roles,
      ...changes,
    };
    this.printed = [];
    try {
      await this.admin.query(renderBootstrapSql(input));
    } catch (error) {
      await this.admin.query("ROLLBACK");
      throw error;
    }
    for (const login of loginsOf(input))
      await this.admin.query(`ALTER ROLE ${quoteIdentifier(login)} PASSWORD '${PASSWORD}'`);
    return this.printed;
  }

  /** Vault's login as it must be where nobody runs the bootstrap SQL: every privilege is its to hand on. */
  async allowDirect(): Promise<void> {
    const login = quoteIdentifier(this.login);
    const { rows } = await this.admin.query<{ name: string }>(
      "SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'",
    );
    const grants = rows
      .map(({ name }) => quoteIdentifier(name))
      .map(
        (schema) => `GRANT USAGE ON SCHEMA ${schema} TO ${login} WITH GRANT OPTION;
        GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO ${login} WITH GRANT OPTION;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${login} WITH GRANT OPTION;`,
      );
    await this.admin.query(`CREATE ROLE ${login} LOGIN CREATEROLE NOINHERIT PASSWORD '${PASSWORD}'`);
    await this.admin.query(grants.join("\n"));
  }

  /** A session of Vault's login, or of that of another of its connections. */
  async connectVault(login: string = this.login): Promise<Client> {
    return this.server.connect({ user: login, password: PASSWORD, database: this.name });
  }

  /** A session of a credential. */
  async connectUser(name: string): Promise<Client> {
    return this.server.connect({ user: name, password: PASSWORD, database: this.name });
  }

  /** Waits until a user has no session any more: the server ends one after the client does. */
  async left(name: string): Promise<void> {
    for (;;) {
      const { rowCount } = await this.admin.query("SELECT FROM pg_stat_activity WHERE usename = $1", [name]);
      if (rowCount === 0) return;
    }
  }

  /** Every privilege of a role in this database, one by one, as the server answers for it. */
  async privilegesOf(role: string): Promise<string[]> {
    const maintain = this.server.version >= 17 ? ["MAINTAIN"] : [];
    const { rows } = await this.admin.query<{ held: string }>(PRIVILEGES, [
      role,
      ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", ...maintain],
    ]);
    return rows.map(({ held }) => held);
  }

  /** The identity of a role, by which its remains are found once its name is gone. */
  async oidOf(name: string): Promise<number> {
    const { rows } = await this.admin.query<{ oid: number }>("SELECT $1::regrole::oid AS oid", [
      quoteIdentifier(name),
    ]);
    return rows[0]?.oid ?? 0;
  }

  /** What is left of a role: the role, memberships, dependencies and entries of access lists. */
  async remainsOf(name: string, oid: number): Promise<unknown[]> {
    const { rows } = await this.admin.query(
      `SELECT 'role' AS remains FROM pg_roles WHERE rolname = $1
       UNION ALL SELECT 'membership' FROM pg_auth_members WHERE $2 IN (roleid, member, grantor)
       UNION ALL SELECT 'dependency' FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = $2
       UNION ALL SELECT 'privilege' FROM pg_class, aclexplode(relacl) WHERE grantee = $2
       UNION ALL SELECT 'privilege' FROM pg_attribute, aclexplode(attacl) WHERE grantee = $2 AND NOT attisdropped
       UNION ALL SELECT 'privilege' FROM pg_namespace, aclexplode(nspacl) WHERE grantee = $2`,
      [name, oid],
    );
    return rows;
  }
}

const PRIVILEGES = `
  SELECT format('%s ON TABLE %I.%I', privilege, nspname, relname) AS held
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace, unnest($2::text[]) AS privilege
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname !~ '^(pg_|information_schema)'
    AND has_table_privilege($1, c.oid, privilege)
  UNION ALL
  SELECT format('%s (%I) ON TABLE %I.%I', privilege, attname, nspname, relname)
  FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid JOIN pg_namespace AS n ON n.oid = relnamespace,
    unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS privilege
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname !~ '^(pg_|information_schema)'
    AND attnum > 0 AND NOT attisdropped
    AND has_column_privilege($1, c.oid, attnum, privilege) AND NOT has_table_privilege($1, c.oid, privilege)
  UNION ALL
  SELECT format('%s ON SEQUENCE %I.%I', privilege, nspname, relname)
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace,
    unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) AS privilege
  WHERE relkind = 'S' AND has_sequence_privilege($1, c.oid, privilege)
  UNION ALL
  SELECT format('%s ON SCHEMA %I', privilege, nspname)
  FROM pg_namespace AS n, unnest(ARRAY['USAGE', 'CREATE']) AS privilege
  WHERE nspname !~ '^(pg_|information_schema)' AND has_schema_privilege($1, n.oid, privilege)
  UNION ALL
  SELECT format('%s ON DATABASE %I', privilege, current_database())
  FROM unnest(ARRAY['CONNECT', 'CREATE']) AS privilege
  WHERE has_database_privilege($1, current_database(), privilege)
  ORDER BY 1`;

/** The credentials that Vault makes by one role's statements. */
export class CredentialIssuer {
  private readonly statements: CredentialStatements;

  constructor(
    private readonly database: TestDatabase,
    /** The session of Vault's login. */
    readonly vault: Client,
    private readonly props: Omit<CredentialStatementsProps, "connectionLimit">,
  ) {
    this.statements = credentialStatements({ ...props, connectionLimit: 5 });
  }

  /** The same role through another session of Vault's. */
  through(vault: Client): CredentialIssuer {
    return new CredentialIssuer(this.database, vault, this.props);
  }

  /** The same role after its grants have been changed. */
  declaring(grants: CredentialStatementsProps["grants"]): CredentialIssuer {
    return new CredentialIssuer(this.database, this.vault, { ...this.props, grants });
  }

  /** A new user, named as Vault does. */
  async issue(expiration: string = FUTURE): Promise<VaultUser> {
    counter += 1;
    const name = `v-orders-${this.database.name}-${String(counter).padStart(20, "x")}-1700000000`;
    const user = { name, password: PASSWORD, expiration };
    await createUser(this.vault, this.statements.creation, user);
    return user;
  }

  async revoke({ name }: VaultUser): Promise<void> {
    await revokeUser(this.vault, this.statements.revocation, name);
  }
}

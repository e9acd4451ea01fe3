import { credentialStatements, renderBootstrapSql, type Grant } from "../../lib/postgres";
import { scramVerifier } from "../../e2e/servers/scram";
import type { PostgresServer } from "../../e2e/servers/postgres";
import type { VaultServer } from "../../e2e/servers/vault";

/** Logins of a bench that lives for minutes on loopback. */
export const PASSWORD = "login-of-the-bench";

/** Two ways to the same privileges, each with a connection of its own: Vault serializes per connection. */
export type Strategy = "group" | "tutorial";

/** A role of the secrets engine. */
export interface Role {
  readonly name: string;
  readonly strategy: Strategy;
  readonly tables: number;
}

/** Makes a database with so many tables, and in Vault a connection and a role for each strategy. */
export async function prepare(postgres: PostgresServer, vault: VaultServer, tables: number): Promise<Role[]> {
  const database = `tables_${tables}`;
  const names = Array.from({ length: tables }, (_, index) => `table_${index}`);
  const grants: Grant[] = [{ tables: names, privileges: ["SELECT"] }];
  const group = `service-${tables}`;
  const login = `vault_group_${tables}`;
  const superuser = `vault_tutorial_${tables}`;

  await postgres.query(`CREATE DATABASE ${database}`);
  await postgres.query(
    names.map((name) => `CREATE TABLE ${name} (id serial PRIMARY KEY, value text);`).join("\n"),
    {
      database,
    },
  );
  const input = {
    environment: "bench",
    connection: database,
    databaseName: database,
    schema: "public",
    login,
    roles: [{ name: group, grants }],
  };
  await postgres.query(renderBootstrapSql({ ...input, postgresVersion: 18 }), { database });
  await postgres.query(`ALTER ROLE ${login} PASSWORD '${scramVerifier(PASSWORD)}'`);
  // The tutorial's login is a superuser: Vault's default revocation needs one.
  await postgres.query(`CREATE ROLE ${superuser} SUPERUSER LOGIN PASSWORD '${scramVerifier(PASSWORD)}'`);

  await connect(postgres, vault, { name: `group-${tables}`, database, username: login });
  await connect(postgres, vault, { name: `tutorial-${tables}`, database, username: superuser });
  const ours = credentialStatements({
    strategy: "group",
    roleName: group,
    schema: "public",
    grants,
    connectionLimit: 20,
  });
  await defineRole(vault, `group-${tables}`, `group-${tables}`, ours.creation, ours.revocation);
  await defineRole(vault, `tutorial-${tables}`, `tutorial-${tables}`, TUTORIAL, []);
  // What a service in leasehold's form would suffer beside a tutorial's on one connection.
  await defineRole(vault, `neighbour-${tables}`, `tutorial-${tables}`, ours.creation, ours.revocation);
  return (["group", "tutorial"] as const).map((strategy) => ({
    name: `${strategy}-${tables}`,
    strategy,
    tables,
  }));
}

/** As Vault's tutorial for the database secrets engine has it; it sets no revocation. */
const TUTORIAL = [
  `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
  `GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{{name}}";`,
];

/** Writes a connection that every role may use. */
export async function connect(
  postgres: PostgresServer,
  { client }: VaultServer,
  {
    name,
    database,
    username,
    port = postgres.port,
  }: Readonly<Record<"name" | "database" | "username", string>> & { readonly port?: number },
): Promise<void> {
  await client.write(`database/config/${name}`, {
    plugin_name: "postgresql-database-plugin",
    connection_url: `postgresql://{{username}}:{{password}}@${postgres.host}:${port}/${database}?sslmode=verify-full`,
    tls_ca: postgres.tls().ca,
    username,
    password: PASSWORD,
    password_authentication: "scram-sha-256",
    max_open_connections: 4,
    allowed_roles: "*",
  });
}

async function defineRole(
  { client }: VaultServer,
  name: string,
  connection: string,
  creation: readonly string[],
  revocation: readonly string[],
): Promise<void> {
  await client.write(`database/roles/${name}`, {
    db_name: connection,
    creation_statements: creation,
    revocation_statements: revocation,
    default_ttl: "1h",
    max_ttl: "24h",
  });
}

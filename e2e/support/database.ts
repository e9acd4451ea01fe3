import type { Environment } from "../../lib/environment/environment";
import { bootstrapInput } from "../../lib/environment/derive";
import { renderBootstrapSql } from "../../lib/postgres";
import { SHOP, SHOP_SCHEMA } from "../schema";
import { scramVerifier } from "../servers/scram";

/** A PostgreSQL as its superuser has it. */
export interface Superuser {
  /** One statement in a session of its own, in the database `postgres` where nothing else is said. */
  query<Row extends Record<string, unknown>>(
    sql: string,
    options?: { database?: string; values?: unknown[] },
  ): Promise<Row[]>;
}

/** What a DBA does before the first apply: the shop's database, what bootstrap-sql writes, and the first password of Vault's login. */
export async function prepareShop(
  postgres: Superuser,
  environment: Environment,
  firstPassword: string,
): Promise<void> {
  await createShop(postgres);
  await bootstrap(postgres, environment, firstPassword);
}

/** The shop's database and its tables. */
export async function createShop(postgres: Superuser): Promise<void> {
  await postgres.query(`CREATE DATABASE ${SHOP}`);
  await postgres.query(SHOP_SCHEMA, { database: SHOP });
}

/** What bootstrap-sql writes, which may run again, and the first password of Vault's login. */
export async function bootstrap(
  postgres: Superuser,
  environment: Environment,
  firstPassword: string,
): Promise<void> {
  for (const database of environment.databases) {
    const sql = renderBootstrapSql(bootstrapInput(environment, database));
    await postgres.query(sql, { database: database.database });
  }
  await postgres.query(`ALTER ROLE vault_admin PASSWORD '${scramVerifier(firstPassword)}'`);
}

/** Major version of the server. */
export async function majorVersion(
  postgres: Superuser,
): Promise<Environment["databases"][number]["postgresVersion"]> {
  const [row] = await postgres.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS version",
  );
  return (row?.version ?? 0) as Environment["databases"][number]["postgresVersion"];
}

import type { Client } from "pg";
import { readDifferences } from "../../cli/verify-database";
import { bootstrapInput } from "../../lib/environment/derive";
import { renderBootstrapSql } from "../../lib/postgres";
import { synthesizeAside } from "../support/environment";
import { withPeople } from "../support/people";
import { startPostgres, type PostgresServer } from "../support/postgres";
import { createUser, revokeUser } from "../support/vault-statements";

const PASSWORD = "correct horse";
const [shop] = withPeople.databases;
const input = bootstrapInput(withPeople, shop!);

let server: PostgresServer;
let admin: Client;
let roles: Record<string, any>[]; // eslint-disable-line @typescript-eslint/no-explicit-any

beforeAll(async () => {
  server = await startPostgres();
  await (await server.connect()).query("CREATE DATABASE shop");
  admin = await server.connect({ database: "shop" });
  await admin.query(`
    CREATE TABLE orders (id serial PRIMARY KEY, customer_id int, total numeric);
    CREATE TABLE order_items (id serial);
    CREATE TABLE customers (id int, name text, email text, billing_address text);
    CREATE TABLE invoices (id serial);
    CREATE TABLE payments (id serial);
    INSERT INTO orders (total) VALUES (12)`);
  const version = Number((await admin.query("SHOW server_version")).rows[0].server_version.split(".")[0]);
  await admin.query(renderBootstrapSql({ ...input, postgresVersion: version as 18 }));
  await admin.query(`ALTER ROLE "${input.login}" PASSWORD '${PASSWORD}'`);
  const { json } = await synthesizeAside([withPeople]);
  roles = Object.values(json("production-people").resource?.["vault_database_secret_backend_role"] ?? {});
}, 300_000);
afterAll(() => server.stop());

async function credential(role: string) {
  const vault = await server.connect({ user: input.login, password: PASSWORD, database: "shop" });
  const { creation_statements: creation, revocation_statements: revocation } = roles.find(
    ({ name }) => name === role,
  )!;
  const name = `v-${role}-of-a-person`;
  await createUser(vault, creation, { name, password: PASSWORD, expiration: "2999-01-01 00:00:00+0000" });
  const session = () => server.connect({ user: name, password: PASSWORD, database: "shop" });
  return { name, session, revoke: () => revokeUser(vault, revocation, name) };
}

/** What a user may do with the tables that there are, as PostgreSQL says it. */
async function privilegesOf(user: string) {
  const { rows } = await admin.query(
    `SELECT relname, privilege FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND has_table_privilege($1, oid, privilege) ORDER BY 1, 2`,
    [user],
  );
  return rows.map(({ relname, privilege }) => `${privilege} ${relname}`);
}

test("who reads may select what is declared, and nothing else", async () => {
  const { name, session, revoke } = await credential("support-shop");
  const person = await session();
  expect((await person.query("SELECT total FROM orders")).rows).toEqual([{ total: "12" }]);
  await person.query("SELECT id, name FROM customers");
  expect(await privilegesOf(name)).toEqual(["SELECT orders"]);
  for (const refused of [
    "SELECT email FROM customers",
    "SELECT FROM invoices",
    "INSERT INTO orders (total) VALUES (1)",
    "UPDATE orders SET total = 1",
    "DELETE FROM orders",
    "CREATE TABLE public.mine (id int)",
    'SET ROLE "orders-shop"',
  ])
    await expect(person.query(refused)).rejects.toThrow(/permission denied/);
  await person.end();
  await revoke();
  await expect(session()).rejects.toThrow(/authentication failed/);
});

test("who writes may do what is declared, in as many sessions as are declared", async () => {
  const { name, session, revoke } = await credential("fixers-shop");
  const person = await session();
  await person.query("UPDATE orders SET total = 13");
  await expect(person.query("DELETE FROM orders")).rejects.toThrow(/permission denied/);
  expect(await privilegesOf(name)).toEqual(["SELECT orders", "UPDATE orders"]);
  await expect(session()).rejects.toThrow(/too many connections for role/);
  await person.end();
  await revoke();
});

test("verify-database finds nothing, and knows them", async () => {
  const config = {
    host: "127.0.0.1",
    port: admin.port,
    database: "shop",
    user: "postgres",
    password: "superuser",
  };
  expect(await readDifferences(input, config)).toEqual([]);
  await admin.query('GRANT DELETE ON orders TO "support-shop"');
  const differences = await readDifferences(input, config);
  expect(JSON.stringify(differences)).toMatch(/support-shop/);
  await admin.query('REVOKE DELETE ON orders FROM "support-shop"');
});

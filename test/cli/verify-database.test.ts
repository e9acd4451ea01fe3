import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import type { Client } from "pg";
import { verifyDatabaseCommand } from "../../cli/verify-database";
import { bootstrapInput } from "../../lib/environment/derive";
import { renderBootstrapSql } from "../../lib/postgres";
import { environments } from "../../template/project/stacks";
import { production } from "../../template/project/stacks/production";
import { startPostgres, type PostgresServer } from "../support/postgres";

const TABLES = `
  CREATE TABLE customers (id integer, email text, billing_address text);
  CREATE TABLE orders (id serial, customer_id integer, total numeric);
  CREATE TABLE order_items (id serial, order_id integer);
  CREATE TABLE invoices (id serial, total numeric);
  CREATE TABLE payments (id serial, total numeric);
  CREATE TABLE payroll (id serial, salary numeric);`;

let server: PostgresServer;
let admin: Client;

beforeAll(async () => {
  server = await startPostgres();
  const superuser = await server.connect();
  await superuser.query("CREATE DATABASE shop");
  admin = await server.connect({ database: "shop" });
  await admin.query(TABLES);
  const [shop] = production.databases;
  if (shop) await admin.query(renderBootstrapSql(bootstrapInput(production, shop)));
});
afterAll(() => server.stop());

const log = jest.spyOn(console, "log").mockImplementation(() => {});
const before = { ...process.env };

async function verify(variables: Record<string, string> = {}, ...options: string[]): Promise<string[]> {
  log.mockClear();
  const connection = { PGHOST: "127.0.0.1", PGPORT: String(server.port), PGDATABASE: "shop" };
  Object.assign(process.env, connection, { PGUSER: "postgres", PGPASSWORD: "superuser" }, variables);
  try {
    await verifyDatabaseCommand(async () => environments).parseAsync(
      ["production", "shop", "--format", "json", ...options],
      {
        from: "user",
      },
    );
    const { findings } = JSON.parse(String(log.mock.calls[0]?.[0])) as {
      findings: { rule: string; resource: string }[];
    };
    return findings.map(({ rule, resource }) => `${rule.replace("database/", "")}: ${resource}`);
  } finally {
    process.env = { ...before };
  }
}

/** What drifts, and what is said about it; each is taken back afterwards. */
const DRIFT: readonly [title: string, drift: string, repair: string, findings: readonly string[]][] = [
  [
    "a privilege that somebody took",
    'REVOKE UPDATE ON orders FROM "orders-shop"',
    'GRANT UPDATE ON orders TO "orders-shop"',
    ['missing-privilege: GRANT UPDATE ON TABLE public.orders TO "orders-shop"'],
  ],
  [
    "a sequence that somebody took",
    'REVOKE USAGE ON SEQUENCE orders_id_seq FROM "orders-shop"',
    'GRANT USAGE ON SEQUENCE orders_id_seq TO "orders-shop"',
    ['missing-privilege: GRANT USAGE ON SEQUENCE public.orders_id_seq TO "orders-shop"'],
  ],
  [
    "a privilege that somebody added",
    'GRANT SELECT ON payroll TO "orders-shop"',
    'REVOKE SELECT ON payroll FROM "orders-shop"',
    ['excess-privilege: GRANT SELECT ON TABLE public.payroll TO "orders-shop"'],
  ],
  [
    "a column that somebody added",
    'GRANT SELECT (email) ON customers TO "billing-shop"',
    'REVOKE SELECT (email) ON customers FROM "billing-shop"',
    ['excess-privilege: GRANT SELECT (email) ON TABLE public.customers TO "billing-shop"'],
  ],
  [
    "default privileges",
    'ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT SELECT ON TABLES TO "orders-shop"',
    'ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public REVOKE SELECT ON TABLES FROM "orders-shop"',
    [
      'excess-privilege: ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT SELECT ON TABLES TO "orders-shop"',
    ],
  ],
  [
    "a member that is no credential of Vault's",
    'CREATE ROLE alice LOGIN IN ROLE "orders-shop"',
    "DROP ROLE alice",
    ['foreign-member: alice in "orders-shop"'],
  ],
  [
    "a credential that nobody revoked",
    `CREATE ROLE "v-orders-shop-abc" LOGIN VALID UNTIL '2020-01-01 00:00:00+0000' IN ROLE "orders-shop"`,
    'DROP ROLE "v-orders-shop-abc"',
    ['expired-role: "v-orders-shop-abc", since 2020-01-01 00:00:00+00'],
  ],
  [
    "a group role that can log in",
    'ALTER ROLE "analytics-shop" LOGIN',
    'ALTER ROLE "analytics-shop" NOLOGIN',
    [expect.stringContaining('group-role: group role "analytics-shop" can log in') as string],
  ],
  [
    "a login of Vault's with too much",
    "ALTER ROLE vault_admin CREATEDB; GRANT SELECT ON payroll TO vault_admin",
    "ALTER ROLE vault_admin NOCREATEDB; REVOKE SELECT ON payroll FROM vault_admin",
    [
      expect.stringContaining("vault-login: Vault's login vault_admin has more") as string,
      "vault-login: Vault's login vault_admin holds privileges on table public.payroll",
    ],
  ],
  [
    "a login of Vault's that can act as a role with data",
    "CREATE ROLE reader; GRANT reader TO vault_admin",
    "DROP ROLE reader",
    ["vault-login: Vault's login vault_admin can act as reader: REVOKE reader FROM vault_admin"],
  ],
  [
    "what everybody may",
    "GRANT CREATE ON SCHEMA public TO PUBLIC; GRANT SELECT ON payroll TO PUBLIC",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC; REVOKE SELECT ON payroll FROM PUBLIC",
    ["public-privilege: CREATE ON SCHEMA public", "public-table: SELECT ON TABLE public.payroll"],
  ],
  [
    "a table that is gone",
    "ALTER TABLE payments RENAME TO payments_old",
    "ALTER TABLE payments_old RENAME TO payments",
    expect.arrayContaining([
      "missing-object: table public.payments",
      'excess-privilege: GRANT INSERT ON TABLE public.payments_old TO "billing-shop"',
    ]) as string[],
  ],
  [
    "a group role that is no longer declared",
    `CREATE ROLE "old-shop" NOLOGIN; COMMENT ON ROLE "old-shop" IS
      'leasehold: what one service may do {"environment":"production","connection":"shop","database":"shop"}'`,
    'DROP ROLE "old-shop"',
    ["retired-role: old-shop"],
  ],
  [
    "a group role that an earlier leasehold has marked",
    `CREATE ROLE "old-shop" NOLOGIN; COMMENT ON ROLE "old-shop" IS 'leasehold: what one service may do in the database shop'`,
    'DROP ROLE "old-shop"',
    ['unclaimed-role: "old-shop" has the mark of an earlier leasehold, which recorded no environment'],
  ],
  [
    "nothing where another environment has roles in the same database",
    `CREATE ROLE "crm-shop" NOLOGIN; GRANT SELECT ON customers TO "crm-shop"; CREATE ROLE "v-crm" LOGIN IN ROLE "crm-shop";
      COMMENT ON ROLE "crm-shop" IS 'leasehold: what one service may do {"environment":"staging","connection":"shop","database":"shop"}'`,
    'DROP OWNED BY "crm-shop"; DROP ROLE "crm-shop", "v-crm"',
    [],
  ],
  [
    "a group role that belongs to another environment",
    `COMMENT ON ROLE "orders-shop" IS 'leasehold: what one service may do {"environment":"staging","connection":"shop","database":"shop"}'`,
    `COMMENT ON ROLE "orders-shop" IS 'leasehold: what one service may do {"environment":"production","connection":"shop","database":"shop"}'`,
    [
      expect.stringContaining(
        'foreign-role: role "orders-shop" belongs to the environment staging',
      ) as string,
    ],
  ],
];

test("a database on which the bootstrap SQL has run, with a credential in use, is what is declared", async () => {
  await admin.query(
    `CREATE ROLE "v-orders-shop-xyz" LOGIN VALID UNTIL '2999-01-01 00:00:00+0000' IN ROLE "orders-shop"`,
  );
  expect(await verify()).toEqual([]);
  expect(process.exitCode).toBe(0);
});

test.each(DRIFT)("%s is found", async (_, drift, repair, findings) => {
  await admin.query(drift);
  try {
    expect(await verify()).toEqual(findings);
  } finally {
    await admin.query(repair);
  }
  expect(await verify()).toEqual([]);
});

test("a role that may read catalogs and nothing else is enough", async () => {
  await admin.query("CREATE ROLE auditor LOGIN PASSWORD 'x'; GRANT CONNECT ON DATABASE shop TO auditor");
  expect(await verify({ PGUSER: "auditor", PGPASSWORD: "x" })).toEqual([]);
});

test("nothing is written, whoever runs it", async () => {
  const state = () => admin.query("SELECT oid, relname, relacl::text FROM pg_class ORDER BY oid");
  const { rows } = await state();
  await verify();
  expect((await state()).rows).toEqual(rows);
});

test.each([
  [
    "another database",
    { PGDATABASE: "postgres" },
    "the declaration is for the database shop, and this is postgres",
  ],
  [
    "a wrong password",
    { PGPASSWORD: "canary-8Jx2vQ" },
    "the database cannot be read: password authentication failed",
  ],
  ["a server that is not there", { PGPORT: "1" }, "the database cannot be read: connect ECONNREFUSED"],
])("%s is told, without the password", async (_, variables, message) => {
  const failure: unknown = await verify(variables).catch((error: unknown) => error);
  expect(String(failure)).toContain(message);
  expect(String(failure)).not.toContain("canary");
});

test("a catalog that somebody has locked is told within the timeout", async () => {
  await admin.query("BEGIN; LOCK TABLE pg_catalog.pg_auth_members IN ACCESS EXCLUSIVE MODE");
  const failure: unknown = await verify({}, "--timeout", "1s").catch((error: unknown) => error);
  await admin.query("ROLLBACK");
  expect(String(failure)).toContain(
    "the database cannot be read: it did not answer in time (canceling statement due to statement timeout)",
  );
  expect(await verify()).toEqual([]);
});

test("a server that takes the connection and says nothing (a socket in its place) is told within the timeout", async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const failure: unknown = await verify({ PGPORT: String(port) }, "--timeout", "1s").catch(
    (error: unknown) => error,
  );
  for (const socket of sockets) socket.destroy();
  silent.close();
  expect(String(failure)).toContain(
    "the database cannot be read: it did not answer in time (timeout expired)",
  );
});

test.each(["soon", "0s", "-1s", "2d", "1.5h"])("--timeout %s is refused", async (timeout) => {
  const command = verifyDatabaseCommand(async () => environments)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  await expect(
    command.parseAsync(["production", "shop", "--timeout", timeout], { from: "user" }),
  ).rejects.toThrow('write it as "30s", "5m" or "1h", up to "24h"');
});

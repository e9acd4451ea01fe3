import fc from "fast-check";
import type { Client } from "pg";
import { quoteIdentifier, quoteLiteral, type CredentialStrategy, type Grant } from "../../lib/postgres";
import { describeOnServers, startPostgres, type PostgresServer } from "../support/postgres";
import { CredentialIssuer, TestDatabase } from "../support/postgres-database";
import { declarations, heldBy, identifier, tablesSql } from "../support/postgres-declarations";
import { renewUser } from "../support/vault-statements";

const SHOP = `
  CREATE SCHEMA archive;
  CREATE TABLE customers (id integer GENERATED ALWAYS AS IDENTITY, email text, address text);
  CREATE TABLE orders (id serial, total numeric);
  CREATE TABLE archive.orders (id integer DEFAULT nextval('orders_id_seq'), total numeric);
  CREATE TABLE payroll (id serial, salary numeric);`;

const GRANTS: readonly Grant[] = [
  { tables: ["orders"], privileges: ["SELECT", "INSERT"] },
  { tables: ["orders"], schema: "archive", privileges: ["INSERT"] },
  { tables: ["customers"], columns: ["id", "email"], privileges: ["SELECT"] },
  { tables: ["customers"], columns: ["email"], privileges: ["INSERT"] },
];

const PAST = "2001-01-01 00:00:00+0000";

describeOnServers("credentials", (binaries) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(binaries);
  });
  afterAll(async () => server.stop());

  const issuerOf = async (database: TestDatabase, strategy: CredentialStrategy, grants = GRANTS) => {
    const roleName = `orders-${database.name}`;
    if (strategy === "group") await database.bootstrap([{ name: roleName, grants }]);
    else await database.allowDirect();
    const props = { strategy, roleName, schema: "public", grants };
    return new CredentialIssuer(database, await database.connectVault(), props);
  };

  describe.each<CredentialStrategy>(["group", "direct"])("of the strategy %s", (strategy) => {
    let database: TestDatabase;
    let issuer: CredentialIssuer;
    beforeAll(async () => {
      database = await TestDatabase.create(server, SHOP);
      issuer = await issuerOf(database, strategy);
    });

    it("can do what is declared and nothing else", async () => {
      const { name } = await issuer.issue();
      expect(await database.privilegesOf(name)).toEqual([
        `CONNECT ON DATABASE ${database.name}`,
        "INSERT (email) ON TABLE public.customers",
        "INSERT ON TABLE archive.orders",
        "INSERT ON TABLE public.orders",
        "SELECT (email) ON TABLE public.customers",
        "SELECT (id) ON TABLE public.customers",
        "SELECT ON TABLE public.orders",
        "USAGE ON SCHEMA archive",
        "USAGE ON SCHEMA public",
        "USAGE ON SEQUENCE public.customers_id_seq",
        "USAGE ON SEQUENCE public.orders_id_seq",
      ]);
      const session = await database.connectUser(name);
      await session.query("INSERT INTO orders (total) VALUES (1)");
      await session.query("INSERT INTO archive.orders (total) VALUES (1)");
      await session.query("INSERT INTO customers (email) VALUES ('a@example.com')");
      expect((await session.query("SELECT lastval()::int AS key")).rows).toEqual([{ key: 1 }]);
      await expect(session.query("SELECT * FROM payroll")).rejects.toThrow(
        "permission denied for table payroll",
      );
      await expect(session.query("CREATE TABLE public.mine (id int)")).rejects.toThrow(
        "permission denied for schema public",
      );
    });

    it("opens no session after its expiration, until it is renewed", async () => {
      const user = await issuer.issue(PAST);
      await expect(database.connectUser(user.name)).rejects.toThrow(
        `password authentication failed for user "${user.name}"`,
      );
      await renewUser(issuer.vault, { ...user, expiration: "2999-01-01 00:00:00+0000" });
      await database.connectUser(user.name);
    });

    it("has no more sessions at a time than its limit", async () => {
      const { name } = await issuer.issue();
      for (let count = 0; count < 5; count += 1) await database.connectUser(name);
      await expect(database.connectUser(name)).rejects.toThrow(`too many connections for role "${name}"`);
    });

    const situations: [string, (session: Client) => Promise<unknown>][] = [
      ["idles", (session) => session.query("SELECT 1")],
      ["is in a transaction", (session) => session.query("BEGIN; INSERT INTO orders (total) VALUES (2)")],
      [
        // Which takes it a while to clear away: a revocation that does not wait fails here.
        "owns hundreds of temporary tables",
        (session) =>
          session.query(`DO $$ BEGIN FOR i IN 1..400 LOOP
            EXECUTE format('CREATE TEMPORARY TABLE t%s (id serial PRIMARY KEY)', i);
          END LOOP; END $$`),
      ],
      [
        "waits for a lock",
        async (session) => {
          await database.admin.query("SELECT pg_advisory_lock(1)");
          session.query("SELECT pg_advisory_lock(1)").catch(() => {});
        },
      ],
    ];
    it.each(situations)("is revoked without remains while its session %s", async (_title, act) => {
      const user = await issuer.issue();
      const oid = await database.oidOf(user.name);
      const session = await database.connectUser(user.name);
      const ended = new Promise((resolve) => session.once("end", resolve));
      await act(session);
      await issuer.revoke(user);
      await ended;
      expect(await database.remainsOf(user.name, oid)).toEqual([]);
      await expect(database.connectUser(user.name)).rejects.toThrow("password authentication failed");
    });

    it("is revoked with all of its sessions, and again without an error", async () => {
      const user = await issuer.issue();
      const oid = await database.oidOf(user.name);
      for (let count = 0; count < 5; count += 1) {
        const session = await database.connectUser(user.name);
        await session.query("CREATE TEMPORARY TABLE mine (id int)");
      }
      await issuer.revoke(user);
      await issuer.revoke(user);
      expect(await database.remainsOf(user.name, oid)).toEqual([]);
    });

    it("leaves the sessions of other credentials alone", async () => {
      const [user, other] = [await issuer.issue(), await issuer.issue()];
      const session = await database.connectUser(other.name);
      await issuer.revoke(user);
      await session.query("SELECT * FROM orders");
    });
  });

  it("are issued in parallel through several connections, of a group", async () => {
    const database = await TestDatabase.create(server, SHOP);
    const first = await issuerOf(database, "group");
    const vaults = await Promise.all(Array.from({ length: 8 }, () => database.connectVault()));
    const users = await Promise.all(
      vaults.map(async (vault) => {
        const issued = [];
        for (let count = 0; count < 5; count += 1) issued.push(await first.through(vault).issue());
        return issued;
      }),
    );
    const names = users.flat().map(({ name }) => name);
    const { rows } = await database.admin.query(
      `SELECT member.rolname AS name FROM pg_auth_members
       JOIN pg_roles AS member ON member.oid = member WHERE roleid = $1::regrole ORDER BY 1`,
      [`"orders-${database.name}"`],
    );
    expect(names).toHaveLength(40);
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });

  describe("of the strategy direct", () => {
    const changes: [string, string, readonly Grant[]][] = [
      ["a table was dropped", "DROP TABLE orders CASCADE", GRANTS],
      ["a table was renamed", "ALTER TABLE orders RENAME TO purchases", GRANTS],
      ["a column was dropped", "ALTER TABLE customers DROP COLUMN email", GRANTS],
      ["a schema was renamed", "ALTER SCHEMA archive RENAME TO attic", GRANTS],
      ["the role grants less than it did", "SELECT 1", [{ tables: ["payroll"], privileges: ["SELECT"] }]],
    ];
    it.each(changes)("are revoked without remains after %s", async (_title, statement, grants) => {
      const database = await TestDatabase.create(server, SHOP);
      const issuer = await issuerOf(database, "direct");
      const user = await issuer.issue();
      const oid = await database.oidOf(user.name);
      await database.admin.query(statement);
      await issuer.declaring(grants).revoke(user);
      expect(await database.remainsOf(user.name, oid)).toEqual([]);
    });

    it("are not created at all where a table is missing", async () => {
      const database = await TestDatabase.create(server, SHOP, "DROP TABLE customers");
      const issuer = await issuerOf(database, "direct");
      await expect(issuer.issue()).rejects.toThrow('relation "public.customers" does not exist');
      const { rows } = await database.admin.query("SELECT FROM pg_roles WHERE rolname LIKE $1", [
        `v-orders-${database.name}-%`,
      ]);
      expect(rows).toEqual([]);
    });
  });

  it.each<CredentialStrategy>(["group", "direct"])(
    "hold exactly what is declared, whatever the names, of the strategy %s",
    async (strategy) => {
      await fc.assert(
        fc.asyncProperty(declarations(strategy), async ({ tables, grants, laterGrants }) => {
          const database = await TestDatabase.create(server, tablesSql(tables));
          const issuer = await issuerOf(database, strategy, grants);
          const user = await issuer.issue();
          const oid = await database.oidOf(user.name);
          expect(await database.privilegesOf(user.name)).toEqual(await heldBy(database, tables, grants));
          if (strategy === "group") {
            const role = { name: `orders-${database.name}`, grants: laterGrants };
            await database.bootstrap([role]);
            expect(await database.privilegesOf(user.name)).toEqual(
              await heldBy(database, tables, laterGrants),
            );
            expect(await database.bootstrap([role])).toEqual([]);
          }
          await issuer.declaring(laterGrants).revoke(user);
          expect(await database.remainsOf(user.name, oid)).toEqual([]);
          await server.endSessions();
        }),
        { numRuns: 8, endOnFailure: true },
      );
    },
  );

  it("quote identifiers and texts so that the server reads back the same", async () => {
    const session = await server.connect();
    const text = fc.string({ unit: "grapheme" }).filter((value) => !value.includes("\0"));
    await fc.assert(
      fc.asyncProperty(identifier(), text, async (name, value) => {
        const query = `SELECT ${quoteLiteral(value)} AS ${quoteIdentifier(name)}`;
        expect((await session.query(query)).rows).toEqual([{ [name]: value }]);
        const { rows } = await session.query<{ same: boolean }>(
          `SELECT quote_literal($1) = quote_literal(${quoteLiteral(value)}) AND $2 = ANY (parse_ident($3)) AS same`,
          [value, name, quoteIdentifier(name)],
        );
        expect(rows).toEqual([{ same: true }]);
      }),
      { numRuns: 100 },
    );
  });
});

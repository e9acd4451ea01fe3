import type { Client } from "pg";
import {
  renderVerificationSql,
  type BootstrapInput,
  type BootstrapRole,
  type Grant,
  type PostgresVersion,
  type Replication,
} from "../../lib/postgres";
import { describeOnServers, startPostgres, type PostgresServer } from "../support/postgres";
import { CredentialIssuer, TestDatabase } from "../support/postgres-database";

const SCHEMA = `
  CREATE TABLE orders (id int PRIMARY KEY, total int); CREATE TABLE payroll (id int PRIMARY KEY, salary int);
  CREATE TABLE events (day int) PARTITION BY LIST (day); CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);
  CREATE PUBLICATION orders_cdc FOR TABLE orders, events`;
const GRANTS: Grant[] = [{ tables: ["orders", "events"], privileges: ["SELECT"] }];
const REPLICATION: Replication = { publications: ["orders_cdc"], reason: "the warehouse follows each order" };
const PLUGIN = "pgoutput";

describeOnServers("a service that streams changes", (binaries) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(binaries, [
      "wal_level=logical",
      "max_wal_senders=20",
      "max_replication_slots=20",
    ]);
  }, 60_000);
  afterEach(async () => {
    const superuser = await server.connect();
    await superuser.query(
      "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active",
    );
    await server.endSessions();
  });
  afterAll(() => server.stop());

  const roleOf = (
    { name }: TestDatabase,
    replication: Replication | undefined = REPLICATION,
  ): BootstrapRole => ({
    name: `connector-${name}`,
    grants: GRANTS,
    ...(replication && { replication }),
  });

  async function verified(
    database: TestDatabase,
    roles: readonly BootstrapRole[],
  ): Promise<(readonly [string, string])[]> {
    const input: BootstrapInput = {
      environment: "test",
      connection: database.name,
      databaseName: database.name,
      schema: "public",
      login: database.login,
      postgresVersion: server.version as PostgresVersion,
      roles,
    };
    await database.admin.query("SET search_path = pg_catalog, pg_temp");
    const { rows } = await database.admin.query<{ kind: string; finding: string }>(
      renderVerificationSql(input),
    );
    await database.admin.query("RESET search_path");
    return rows
      .filter(({ kind }) => kind !== "expiration-warning")
      .map(({ kind, finding }) => [kind, finding]);
  }

  /** Before 16 there is no such credential to try. */
  const from16 = (title: string, test: () => Promise<void>) =>
    it(`${title} (from 16 on)`, async () => {
      if (server.version >= 16) await test();
    });

  /** A database whose bootstrap SQL has run, and who makes its connector's credentials. */
  async function streaming() {
    const database = await TestDatabase.create(server, SCHEMA);
    const role = roleOf(database);
    await database.bootstrap([role]);
    const issuer = new CredentialIssuer(database, await database.connectVault(), {
      strategy: "group",
      schema: "public",
      roleName: role.name,
      grants: GRANTS,
      replication: REPLICATION,
    });
    return { database, role, issuer };
  }

  /** A session of the replication protocol, as a connector has one. */
  const walsender = (database: TestDatabase, user: string) =>
    server.connect({
      user,
      password: "correct horse",
      database: database.name,
      replication: "database",
    } as object);

  /** Begins to stream, and resolves once the server does. */
  async function stream(session: Client, slot: string, publication: string): Promise<void> {
    const { connection } = session as unknown as {
      connection: NodeJS.EventEmitter & { query(text: string): void };
    };
    await new Promise<void>((resolve, reject) => {
      connection.once("replicationStart", () => resolve());
      connection.once("errorMessage", reject);
      connection.query(
        `START_REPLICATION SLOT ${slot} LOGICAL 0/0 (proto_version '1', publication_names '"${publication}"')`,
      );
    });
  }

  const changes = async (session: Client, slot: string, publication: string) => {
    const { rows } = await session.query<{ data: Buffer }>(
      "SELECT data FROM pg_logical_slot_get_binary_changes($1, NULL, NULL, 'proto_version', '1', 'publication_names', $2)",
      [slot, publication],
    );
    return rows.map(({ data }) => data.toString("latin1")).join("\n");
  };

  it("PostgreSQL 15 lets nobody but a superuser make such a credential", async () => {
    if (server.version >= 16) return;
    const { issuer } = await streaming();
    await expect(issuer.issue()).rejects.toThrow("must be superuser to create replication users");
  });

  from16("its credentials stream, and the next one goes on where the last was ended", async () => {
    const { database, issuer } = await streaming();
    const first = await issuer.issue();
    const session = await walsender(database, first.name);
    await session.query(`CREATE_REPLICATION_SLOT cdc LOGICAL ${PLUGIN}`);
    await stream(session, "cdc", "orders_cdc");
    const ended = new Promise((resolve) => session.once("end", resolve));
    // Other sessions of the same user: one of no database, and one that streams nothing.
    await server.connect({ user: first.name, password: "correct horse", replication: "true" } as object);
    const reader = await database.connectUser(first.name);

    await issuer.revoke(first);
    await ended;
    await expect(reader.query("SELECT")).rejects.toThrow();
    expect(
      (await database.admin.query("SELECT FROM pg_roles WHERE rolname = $1", [first.name])).rowCount,
    ).toBe(0);
    const walsenders = "SELECT FROM pg_stat_activity WHERE backend_type = 'walsender'";
    expect((await database.admin.query(walsenders)).rowCount).toBe(0);
    // The slot belongs to nobody, and is there.
    const slots = "SELECT slot_name, active FROM pg_replication_slots WHERE database = current_database()";
    expect((await database.admin.query(slots)).rows).toEqual([{ slot_name: "cdc", active: false }]);
    await database.admin.query("INSERT INTO orders VALUES (4711, 1)");
    const next = await issuer.issue();
    const following = await walsender(database, next.name);
    await stream(following, "cdc", "orders_cdc");
    expect((await database.admin.query(slots)).rows).toEqual([{ slot_name: "cdc", active: true }]);
    await issuer.revoke(next);
    const after = await issuer.issue();
    expect(await changes(await database.connectUser(after.name), "cdc", "orders_cdc")).toContain("4711");
  });

  from16("no CONNECTION LIMIT holds for its streams, which max_wal_senders alone limits", async () => {
    const { database, issuer } = await streaming();
    const { name } = await issuer.issue();
    const opened = await Promise.allSettled(Array.from({ length: 7 }, () => walsender(database, name)));
    expect(opened.filter(({ status }) => status === "rejected")).toEqual([]);
    const sessions = await Promise.allSettled(Array.from({ length: 7 }, () => database.connectUser(name)));
    expect(sessions.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
  });

  from16(
    "reads what nobody granted: each change, slots of others, and a whole copy of the server",
    async () => {
      const { database, issuer } = await streaming();
      await database.admin.query("CREATE PUBLICATION everything FOR ALL TABLES");
      const { name } = await issuer.issue();
      const session = await database.connectUser(name);
      await expect(session.query("SELECT * FROM payroll")).rejects.toThrow("permission denied");
      await session.query(`SELECT pg_create_logical_replication_slot('own', '${PLUGIN}')`);
      await database.admin.query(`SELECT pg_create_logical_replication_slot('another', '${PLUGIN}')`);
      await database.admin.query("INSERT INTO payroll VALUES (1, 987654)");
      expect(await changes(session, "own", "everything")).toContain("987654");
      expect(await changes(session, "another", "everything")).toContain("987654");
      await session.query("SELECT pg_drop_replication_slot('another')");
      // The first statement of a base backup is answered, and a copy of each file of the server follows.
      const physical = await server.connect({
        user: name,
        password: "correct horse",
        replication: "true",
      } as object);
      await expect(
        physical.query("BASE_BACKUP (LABEL 'all', CHECKPOINT 'fast', WAIT false)"),
      ).resolves.toBeDefined();
    },
  );

  from16("streaming asks for no SELECT, reading what there was before does", async () => {
    const database = await TestDatabase.create(server, SCHEMA);
    const role: BootstrapRole = {
      ...roleOf(database),
      grants: [{ tables: ["payroll"], privileges: ["SELECT"] }],
    };
    await database.bootstrap([role]);
    const issuer = new CredentialIssuer(database, await database.connectVault(), {
      strategy: "group",
      schema: "public",
      roleName: role.name,
      grants: [],
      replication: REPLICATION,
    });
    const session = await database.connectUser((await issuer.issue()).name);
    await session.query(`SELECT pg_create_logical_replication_slot('own', '${PLUGIN}')`);
    await database.admin.query("INSERT INTO orders VALUES (4711, 1)");
    expect(await changes(session, "own", "orders_cdc")).toContain("4711");
    await expect(session.query("SELECT * FROM orders")).rejects.toThrow("permission denied");
    expect(await verified(database, [role])).toEqual([
      [
        "published-table",
        `publication orders_cdc to "connector-${database.name}": 2, such as public.events_1`,
      ],
      ["replication-slot", expect.stringMatching(/^own, from [0-9A-F]+\/[0-9A-F]+ on$/)],
      ["unpublished-table", `TABLE public.payroll to "connector-${database.name}"`],
    ]);
  });

  from16("Vault's login has REPLICATION as long as a service declares it", async () => {
    const { database, role, issuer } = await streaming();
    const { name } = await issuer.issue();
    expect(await verified(database, [role])).toEqual([]);
    expect(await database.bootstrap([role])).toEqual([]);

    await database.admin.query(`ALTER ROLE ${database.login} NOREPLICATION`);
    expect(await verified(database, [role])).toEqual([
      [
        "vault-login",
        `Vault's login ${database.login} lacks REPLICATION, which a service streams by: ALTER ROLE ${database.login} REPLICATION`,
      ],
    ]);
    await expect(issuer.issue()).rejects.toThrow("permission denied to create role");
    expect(await database.bootstrap([role])).toEqual([`NOTICE: ALTER ROLE ${database.login} REPLICATION`]);

    const without: BootstrapRole = { name: role.name, grants: GRANTS };
    expect(await verified(database, [without])).toEqual([
      ["undeclared-replication", `"${name}" in "${role.name}"`],
      [
        "vault-login",
        `Vault's login ${database.login} has more than it needs; if it is no other role by mistake: ALTER ROLE ${database.login} NOSUPERUSER NOCREATEDB NOREPLICATION NOBYPASSRLS`,
      ],
    ]);
    expect(await database.bootstrap([without])).toEqual([
      `NOTICE: ALTER ROLE ${database.login} NOREPLICATION`,
    ]);
    // A login without it still takes away what it has given.
    await issuer.revoke({ name, password: "", expiration: "" });
    expect(await verified(database, [without])).toEqual([]);
  });

  it("a publication that is not there is said, and nothing is done", async () => {
    const database = await TestDatabase.create(server, SCHEMA);
    const role = roleOf(database, { ...REPLICATION, publications: ["orders_cdc", "Order.Changes"] });
    await expect(database.bootstrap([role])).rejects.toThrow(
      'declared, but not in this database:\npublication "Order.Changes"',
    );
    const found = await verified(database, [role]);
    expect(found).toContainEqual(["missing-object", 'publication "Order.Changes"']);
    expect(found).toContainEqual(["missing-role", role.name]);
  });

  from16("a DBA without REPLICATION is told so, before anything is done", async () => {
    const database = await TestDatabase.create(server, SCHEMA);
    const dba = `dba_${database.name}`;
    await database.admin.query(`CREATE ROLE ${dba} LOGIN CREATEROLE PASSWORD 'correct horse';
      GRANT pg_signal_backend TO ${dba} WITH ADMIN OPTION; ALTER DATABASE ${database.name} OWNER TO ${dba};
      ALTER SCHEMA public OWNER TO ${dba}; ALTER TABLE orders OWNER TO ${dba}; ALTER TABLE events OWNER TO ${dba}`);
    await database.admin.query(`SET ROLE ${dba}`);
    await expect(database.bootstrap([roleOf(database)])).rejects.toThrow(
      `ALTER ROLE ${database.login} REPLICATION: takes REPLICATION`,
    );
    await database.admin.query(`RESET ROLE; ALTER ROLE ${dba} REPLICATION; SET ROLE ${dba}`);
    expect(await database.bootstrap([roleOf(database)])).toContain(
      `NOTICE: ALTER ROLE ${database.login} REPLICATION`,
    );
    expect(await database.bootstrap([roleOf(database)])).toEqual([]);
  });
});

import { renderVerificationSql, type BootstrapRole, type Owner } from "../../lib/postgres";
import { CredentialIssuer, TestDatabase } from "../support/postgres-database";
import { describeOnServers, startPostgres, type PostgresServer } from "../support/postgres";
import type { VaultUser } from "../support/vault-statements";

const TABLES = ["CREATE TABLE orders (id serial, total numeric)", "INSERT INTO orders (total) VALUES (1)"];
const reason = "the schema is changed by a Job at each release";

describeOnServers("credentials that act as the owner of a schema", (binaries) => {
  let server: PostgresServer;
  let database: TestDatabase;
  let owner: Owner;
  let roles: BootstrapRole[];
  let changes: CredentialIssuer;
  let reads: CredentialIssuer;

  beforeAll(async () => (server = await startPostgres(binaries)));
  afterAll(() => server.stop());
  beforeEach(async () => {
    database = await TestDatabase.create(server, ...TABLES);
    owner = { role: `${database.name}_owner`, reason };
    await database.admin.query(
      `CREATE ROLE ${owner.role} NOLOGIN; ALTER TABLE orders OWNER TO ${owner.role}`,
    );
    roles = [
      { name: `schema-${database.name}`, grants: [], owner },
      {
        name: `report-${database.name}`,
        grants: [
          { allTablesOwnedBy: owner.role, privileges: ["SELECT"], reason: "it reports on all of them" },
        ],
      },
    ];
    await database.bootstrap(roles);
    const vault = await database.connectVault();
    const common = { strategy: "group", schema: "public", grants: [] } as const;
    changes = new CredentialIssuer(database, vault, {
      ...common,
      roleName: `schema-${database.name}`,
      owner: owner.role,
    });
    reads = new CredentialIssuer(database, vault, { ...common, roleName: `report-${database.name}` });
  });
  afterEach(() => server.endSessions());

  const exists = async ({ name }: VaultUser) =>
    (await database.admin.query("SELECT FROM pg_roles WHERE rolname = $1", [name])).rowCount === 1;

  test("what they create belongs to the owner, stays when they are dropped, and is there for others at once", async () => {
    const user = await changes.issue();
    const session = await database.connectUser(user.name);
    await session.query(
      "ALTER TABLE orders ADD COLUMN note text; CREATE TABLE refunds (id serial, total numeric)",
    );
    await session.end();
    await changes.revoke(user);
    const { rows } = await database.admin.query(
      "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
    );
    expect(rows).toEqual([
      { tablename: "orders", tableowner: owner.role },
      { tablename: "refunds", tableowner: owner.role },
    ]);
    expect(await exists(user)).toBe(false);
    const reader = await database.connectUser((await reads.issue()).name);
    expect((await reader.query("SELECT * FROM refunds")).rows).toEqual([]);
    // A second run of the DBA's script has nothing to add for the new table.
    expect((await database.bootstrap(roles)).filter((line) => !line.includes("no password"))).toEqual([]);
  });

  test("a session that is still connected at the drop is ended, with what it had not committed", async () => {
    const user = await changes.issue();
    const session = await database.connectUser(user.name);
    await session.query("BEGIN");
    await session.query("DROP TABLE orders");
    await changes.revoke(user);
    await expect(session.query("COMMIT")).rejects.toThrow();
    expect((await database.admin.query("SELECT total FROM orders")).rowCount).toBe(1);
    expect(await exists(user)).toBe(false);
  });

  test.each([
    ["acts as the owner", () => changes, "SELECT 1"],
    ["has become its group", () => reads, `SET ROLE "report-$database"`],
  ])(
    "a client that keeps connecting while its user is revoked keeps no session, where it %s",
    async (_, issuer, become) => {
      for (let round = 0; round < 10; round += 1) {
        const user = await issuer().issue();
        let stopped = false;
        let opened = 0;
        const clients = [1, 2].map(async () => {
          const sessions = [];
          while (!stopped) {
            const session = await database.connectUser(user.name).catch(() => undefined);
            await session?.query(become.replace("$database", database.name)).catch(() => undefined);
            if (session) opened = sessions.push(session);
          }
          return sessions;
        });
        // However slow the machine is, somebody is logged in, and somebody else is about to be.
        while (opened === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        await issuer().revoke(user);
        await new Promise((resolve) => setTimeout(resolve, 20));
        stopped = true;
        const sessions = (await Promise.all(clients)).flat();
        for (const session of sessions) await expect(session.query("SELECT 1")).rejects.toThrow();
      }
    },
    60_000,
  );

  test("a session that gives up the owner's role may do nothing, so that nothing is in the way of the drop", async () => {
    const user = await changes.issue();
    const session = await database.connectUser(user.name);
    await session.query("SET ROLE NONE");
    await expect(session.query("CREATE TABLE mine (id int)")).rejects.toThrow("permission denied for schema");
    await expect(session.query("SELECT * FROM orders")).rejects.toThrow("permission denied for table");
    await session.query("CREATE TEMPORARY TABLE scratch (id int)");
    await changes.revoke(user);
    expect(await exists(user)).toBe(false);
  });

  test("a revocation that is repeated succeeds", async () => {
    const user = await changes.issue();
    await changes.revoke(user);
    await changes.revoke(user);
    expect(await exists(user)).toBe(false);
  });

  test("Vault's login neither is the owner nor may become it", async () => {
    const vault = await database.connectVault();
    await expect(vault.query("SELECT * FROM orders")).rejects.toThrow("permission denied");
    if (server.version >= 16)
      await expect(vault.query(`SET ROLE ${owner.role}`)).rejects.toThrow("permission denied to set role");
  });

  test("the owner is let go where it is no longer declared", async () => {
    const [, report] = roles as [BootstrapRole, BootstrapRole];
    const printed = await database.bootstrap([report]);
    expect(printed).toContain(`NOTICE: REVOKE ${owner.role} FROM "schema-${database.name}" CASCADE`);
  });

  test.each([
    ["is not there", () => `DROP OWNED BY ${owner.role}; DROP ROLE ${owner.role}`, "role shop"],
    ["can log in", () => `ALTER ROLE ${owner.role} LOGIN`, "can log in or has attributes"],
    ["is a superuser", () => `ALTER ROLE ${owner.role} SUPERUSER`, "can log in or has attributes"],
  ])("an owner that %s is refused, and nothing is changed", async (_, spoil, message) => {
    await database.admin.query(spoil());
    await expect(database.bootstrap(roles)).rejects.toThrow(message);
  });

  test("a group role that has what the owner has without becoming it is found", async () => {
    const [{ name }] = roles as [BootstrapRole];
    await database.admin.query(
      server.version < 16
        ? `ALTER ROLE "${name}" INHERIT`
        : `GRANT ${owner.role} TO "${name}" WITH INHERIT TRUE`,
    );
    const sql = renderVerificationSql({
      environment: "test",
      connection: database.name,
      databaseName: database.name,
      schema: "public",
      login: database.login,
      postgresVersion: server.version as 18,
      roles,
    });
    const { rows } = await database.admin.query<{ kind: string; finding: string }>(sql);
    expect(rows.map(({ kind, finding }) => `${kind}: ${finding}`)).toEqual([
      expect.stringContaining(
        `group-role: group role "${name}" has what ${owner.role} may do without becoming it`,
      ),
    ]);
  });

  test("a session whose user was dropped is found", async () => {
    const user = await changes.issue();
    const session = await database.connectUser(user.name);
    await database.admin.query(`DROP ROLE "${user.name}"`);
    // What the drop alone leaves: this is why the revocation ends sessions first.
    expect((await session.query("SELECT total FROM orders")).rowCount).toBe(1);
    const { rows } = await database.admin.query<{ kind: string }>(
      renderVerificationSql({
        environment: "test",
        connection: database.name,
        databaseName: database.name,
        schema: "public",
        login: database.login,
        postgresVersion: server.version as 18,
        roles,
      }),
    );
    expect(rows.map(({ kind }) => kind)).toContain("orphaned-session");
  });
});

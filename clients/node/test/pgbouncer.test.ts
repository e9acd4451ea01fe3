import { Client } from "pg";
import { authQuery } from "../../../lib/postgres/bootstrap-pooler";
import { describeOnPgBouncer, PgBouncer } from "../../../test/support/pgbouncer";
import { startPostgres, type PostgresServer } from "../../../test/support/postgres";
import { CredentialIssuer, TestDatabase } from "../../../test/support/postgres-database";
import type { VaultUser } from "../../../test/support/vault-statements";
import { Pool, type Contract } from "../src";
import { AgentFile, until } from "./support";

const LOGIN = "pgbouncer";
const GRANTS = [{ tables: ["orders"], privileges: ["SELECT", "INSERT"] }] as const;

/** Pods of one service behind PgBouncer, with users that leasehold's own SQL makes, finds and drops. */
describeOnPgBouncer("the pool behind PgBouncer", () => {
  let server: PostgresServer;
  let database: TestDatabase;
  let issuer: CredentialIssuer;
  let agent: AgentFile;
  let bouncer: PgBouncer;
  const pools: Pool[] = [];

  beforeAll(async () => {
    server = await startPostgres();
    database = await TestDatabase.create(server, "CREATE TABLE orders (id int)");
    const roleName = `orders-${database.name}`;
    await database.bootstrap([{ name: roleName, grants: [...GRANTS] }], {
      poolers: [{ login: LOGIN, roles: [roleName] }],
    });
    await database.admin.query(`ALTER ROLE ${LOGIN} PASSWORD 'asks'`);
    issuer = new CredentialIssuer(database, await database.connectVault(), {
      strategy: "group",
      roleName,
      schema: "public",
      grants: [...GRANTS],
    });
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(() => (agent = new AgentFile()));
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.end()));
    await bouncer.stop();
    agent.remove();
  });

  async function start(pool_mode: string, settings: Record<string, string | number> = {}): Promise<void> {
    bouncer = await PgBouncer.start({
      server: server.port,
      database: database.name,
      authUser: LOGIN,
      authQuery: authQuery(LOGIN),
      password: "asks",
      settings: { pool_mode, ...settings },
    });
  }

  async function issued(): Promise<VaultUser> {
    const user = await issuer.issue();
    agent.write(user.name, user.password);
    return user;
  }

  function pool(forbids: readonly string[], schema = "public", overlapSeconds = 2): Pool {
    const contract: Contract = {
      version: 1,
      service: "orders",
      drainSeconds: 2,
      databases: {
        shop: {
          credentialsFile: agent.file,
          format: "json",
          host: "127.0.0.1",
          port: bouncer.port,
          endpoint: { name: "pooled", kind: "pgbouncer", forbids },
          database: database.name,
          schema,
          sslMode: "disable",
          sslRootCert: null,
          poolMax: 4,
          poolMaxLifetimeSeconds: 60,
          overlapSeconds,
        },
      },
    };
    const made = new Pool({ contract, shutdown: "manual" });
    pools.push(made);
    return made;
  }

  const login = async ({ name, password }: VaultUser) => {
    const client = new Client({
      host: "127.0.0.1",
      port: bouncer.port,
      user: name,
      password,
      database: database.name,
    });
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  /** How many roles and sessions there are of a user. */
  const leftOf = async ({ name }: VaultUser) => {
    const role = await database.admin.query("SELECT FROM pg_roles WHERE rolname = $1", [name]);
    const sessions = await database.admin.query("SELECT FROM pg_stat_activity WHERE usename = $1", [name]);
    return [role.rowCount, sessions.rowCount];
  };
  const serversOf = async ({ name }: VaultUser) =>
    (await bouncer.show("SERVERS")).filter(({ user }) => user === name).length;

  test.each(["session", "transaction"])(
    "a credential logs in by SCRAM in the mode %s, and as itself; a wrong password and a user of nobody's are refused",
    async (mode) => {
      await start(mode);
      const user = await issued();
      const client = await login(user);
      const { rows } = await client.query<{ name: string; superuser: string }>(
        "SELECT session_user::text AS name, current_setting('is_superuser') AS superuser",
      );
      expect(rows).toEqual([{ name: user.name, superuser: "off" }]);
      await client.end();
      await expect(login({ ...user, password: "wrong" })).rejects.toThrow(/SASL authentication failed/);
      await expect(login({ ...user, name: "postgres", password: "superuser" })).rejects.toThrow(
        /SASL authentication failed|no such user/,
      );
      await issuer.revoke(user);
    },
  );

  test.each(["session", "transaction"])(
    "ten rotations under load in the mode %s fail no query, and each old user is dropped though the pooler holds its connections",
    async (mode) => {
      await start(mode);
      let user = await issued();
      const clients = pool(mode === "session" ? [] : ["startup-parameters", "listen"]);
      const failures: unknown[] = [];
      let [stopped, queries] = [false, 0];
      const users = new Set<string>();
      const load = [1, 2, 3, 4, 5, 6].map(async () => {
        while (!stopped) {
          try {
            const client = await clients.connect();
            try {
              await client.query("BEGIN");
              await client.query("INSERT INTO orders VALUES (1)");
              const { rows } = await client.query<{ name: string }>("SELECT session_user::text AS name");
              await client.query("COMMIT");
              users.add(rows[0]?.name ?? "");
            } finally {
              client.release();
            }
            queries += 4;
          } catch (error) {
            failures.push(error);
          }
        }
      });
      const all = [user.name];
      let held = 0;
      for (let rotation = 1; rotation <= 10; rotation += 1) {
        const before = user;
        user = await issued();
        all.push(user.name);
        await until(() => clients.rotation.rotations === rotation);
        await until(() => users.has(user.name), 20_000);
        await until(() => Object.keys(clients.rotation.connections).join() === String(rotation + 1), 20_000);
        // In the mode "transaction" PgBouncer keeps what its clients have left.
        held += await serversOf(before);
        await issuer.revoke(before);
        expect(await leftOf(before)).toEqual([0, 0]);
      }
      stopped = true;
      await Promise.all(load);
      expect(failures).toEqual([]);
      expect(queries).toBeGreaterThan(100);
      expect([...users].sort()).toEqual([...all].sort());
      expect(held).toBeGreaterThan(0);
      await issuer.revoke(user);
    },
    120_000,
  );

  test("whoever logs in with a dropped user is refused; whoever stays with one waits for query_wait_timeout", async () => {
    await start("transaction", { query_wait_timeout: 1 });
    const user = await issued();
    const client = await login(user);
    await client.query("SELECT 1");
    expect(await serversOf(user)).toBe(1);
    await issuer.revoke(user);
    await expect(login(user)).rejects.toThrow(/SASL authentication failed|no such user/);
    // PgBouncer finds no connection for it, and says so only when the time is over.
    await expect(client.query("SELECT 1")).rejects.toThrow("query_wait_timeout");
    expect(bouncer.log.join("")).toContain(`password authentication failed for user "${user.name}"`);
  });

  test("a login that asks for a search_path is refused, and where the contract says so the pool does not ask", async () => {
    await start("transaction");
    const user = await issued();
    await expect(pool([], "app").query("SELECT 1")).rejects.toThrow(/unsupported startup parameter: options/);
    await database.admin.query(`CREATE SCHEMA app; ALTER DATABASE ${database.name} SET search_path = app`);
    const { rows } = await pool(["startup-parameters"], "app").query("SHOW search_path");
    expect(rows).toEqual([{ search_path: "app" }]);
    await database.admin.query(`ALTER DATABASE ${database.name} RESET search_path`);
    await issuer.revoke(user);
  });

  test("more clients than max_client_conn are refused", async () => {
    await start("transaction", { max_client_conn: 2 });
    const user = await issued();
    const clients = [await login(user), await login(user)];
    await expect(login(user)).rejects.toThrow("no more connections allowed (max_client_conn)");
    await Promise.all(clients.map((each) => each.end()));
    await issuer.revoke(user);
  });

  test("each user has a pool of default_pool_size, and all of them together no more than max_db_connections", async () => {
    await start("transaction", { default_pool_size: 2, max_db_connections: 4 });
    const users = [await issuer.issue(), await issuer.issue()];
    const clients = await Promise.all(users.flatMap((user) => [1, 2, 3].map(() => login(user))));
    await Promise.all(clients.map((client) => client.query("SELECT pg_sleep(0.2)")));
    const held = await Promise.all(users.map(serversOf));
    expect(Math.max(...held)).toBe(2);
    // The connection in which it looks up its users is one of them.
    expect((await bouncer.show("SERVERS")).length).toBeLessThanOrEqual(4);
    await Promise.all(clients.map((each) => each.end()));
    for (const user of users) await issuer.revoke(user);
  });

  test("in the mode transaction LISTEN is refused by the pool, and what a session holds is another's", async () => {
    await start("transaction", { default_pool_size: 1 });
    const user = await issued();
    const clients = pool(["startup-parameters", "session-settings", "listen"]);
    await expect(clients.listen("orders", () => {})).rejects.toThrow(
      /the pooler "pooled" gives its connections to others/,
    );
    const [one, other] = [await login(user), await login(user)];
    await one.query("SET statement_timeout = 4711");
    await one.query("SELECT pg_advisory_lock(1)");
    const { rows } = await other.query("SHOW statement_timeout");
    expect(rows).toEqual([{ statement_timeout: "4711ms" }]);
    const { rows: locks } = await other.query("SELECT pg_advisory_unlock(1) AS mine");
    expect(locks).toEqual([{ mine: true }]);
    await Promise.all([one.end(), other.end()]);
    await issuer.revoke(user);
  });
});

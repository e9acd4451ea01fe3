import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { startPostgres, startReplica, type PostgresServer } from "../../../test/support/postgres";
import { CredentialIssuer, TestDatabase } from "../../../test/support/postgres-database";
import type { VaultUser } from "../../../test/support/vault-statements";
import { Pool, type RotatingPoolConfig } from "../src";
import { AgentFile, contractOf, until } from "./support";

const GRANTS = [{ tables: ["orders"], privileges: ["SELECT", "INSERT"] }] as const;

/** A name that leads to whoever leads, as Patroni's Service or HAProxy does. */
class Leader {
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private target: number,
  ) {
    server.on("connection", (client) => {
      const upstream = connect(this.target, "127.0.0.1");
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => [client, upstream].forEach((each) => each.destroy()));
      }
      client.pipe(upstream).pipe(client);
    });
  }

  static async to({ port }: PostgresServer): Promise<Leader> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Leader(server, port);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  lead({ port }: PostgresServer): void {
    this.target = port;
  }

  async close(): Promise<void> {
    this.#sockets.forEach((socket) => socket.destroy());
    this.server.close();
    await once(this.server, "close");
  }
}

describe("a primary and its streaming replica", () => {
  let primary: PostgresServer;
  let replica: PostgresServer;
  let database: TestDatabase;
  let issuer: CredentialIssuer;
  let agent: AgentFile;
  let leader: Leader | undefined;
  const pools: Pool[] = [];

  beforeEach(async () => {
    primary = await startPostgres();
    database = await TestDatabase.create(primary, "CREATE TABLE orders (id int)");
    const roleName = `orders-${database.name}`;
    await database.bootstrap([{ name: roleName, grants: [...GRANTS] }]);
    issuer = new CredentialIssuer(database, await database.connectVault(), {
      strategy: "group",
      roleName,
      schema: "public",
      grants: [...GRANTS],
    });
    replica = await startReplica(primary);
    agent = new AgentFile();
  }, 60_000);
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.end()));
    await leader?.close();
    leader = undefined;
    await replica.stop();
    await primary.stop();
    agent.remove();
  });

  async function issued(): Promise<VaultUser> {
    const user = await issuer.issue();
    agent.write(user.name, user.password);
    return user;
  }

  /** Waits until the replica has replayed what the primary has written. */
  async function replayed(): Promise<void> {
    const { rows } = await database.admin.query<{ lsn: string }>("SELECT pg_current_wal_lsn()::text AS lsn");
    const reader = await replica.connect();
    await until(async () => {
      const { rows: replays } = await reader.query<{ there: boolean }>(
        "SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS there",
        [rows[0]?.lsn],
      );
      return replays[0]?.there === true;
    });
    await reader.end();
  }

  const replay = async (what: "pause" | "resume") => {
    const session = await replica.connect();
    await session.query(`SELECT pg_wal_replay_${what}()`);
    await until(async () => {
      const { rows } = await session.query<{ state: string }>(
        "SELECT pg_get_wal_replay_pause_state() AS state",
      );
      return rows[0]?.state === (what === "pause" ? "paused" : "not paused");
    });
    await session.end();
  };

  function pool(port: number, kind: string, options: RotatingPoolConfig = {}): Pool {
    const contract = contractOf({ port }, agent.file, 30);
    const [shop] = Object.values(contract.databases);
    if (shop === undefined) throw new Error("no database");
    const endpoint = { name: "way", kind };
    const made = new Pool({
      contract: { ...contract, databases: { shop: { ...shop, database: database.name, endpoint } } },
      shutdown: "manual",
      ...options,
    });
    pools.push(made);
    return made;
  }

  /** Asks all the time, on several connections, until it is told to stop. */
  function load(on: Pool, query: string) {
    const failures: (Error & { code?: string })[] = [];
    const counts = { queries: 0 };
    let stopped = false;
    const workers = [1, 2, 3, 4].map(async () => {
      while (!stopped) {
        try {
          await on.query(query);
          counts.queries += 1;
        } catch (error) {
          failures.push(error as Error);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    });
    return { failures, counts, stop: async () => ((stopped = true), await Promise.all(workers)) };
  }

  const READ = "SELECT count(*) FROM orders";

  test("a new user comes by replication; a pool rotates while the replay stands still, and no query fails", async () => {
    const first = await issued();
    await replayed();
    const reading = pool(replica.port, "replica");
    const asking = load(reading, READ);
    await until(() => asking.counts.queries > 50);
    await replay("pause");
    const second = await issued();
    await until(() => reading.rotation.newestRefused);
    const before = asking.counts.queries;
    await until(() => asking.counts.queries > before + 200);
    expect(await reading.query("SELECT session_user::text AS name")).toMatchObject({
      rows: [{ name: first.name }],
    });
    await replay("resume");
    await until(() => Object.keys(reading.rotation.connections).join() === "2", 20_000);
    expect(await reading.query("SELECT session_user::text AS name")).toMatchObject({
      rows: [{ name: second.name }],
    });
    await issuer.revoke(first);
    await replayed();
    await asking.stop();
    expect(asking.failures).toEqual([]);
  }, 60_000);

  test("a pool that begins before its user has come waits for it, and for no longer than it may", async () => {
    await replay("pause");
    await issued();
    const impatient = pool(replica.port, "replica", { credentialsTimeoutMillis: 300 });
    await expect(impatient.query(READ)).rejects.toMatchObject({ code: "28P01" });
    const reading = pool(replica.port, "replica");
    const answer = reading.query(READ);
    await until(() => reading.rotation.retries > 1);
    await replay("resume");
    expect(await answer).toMatchObject({ rows: [{ count: "0" }] });
    // Nobody comes to the server itself later.
    await replay("pause");
    await issued();
    await expect(pool(replica.port, "primary").query(READ)).rejects.toMatchObject({ code: "28P01" });
    await replay("resume");
  }, 60_000);

  test("a revocation on the primary leaves sessions of the replica without rights, and lets in nobody any more", async () => {
    const user = await issued();
    await replayed();
    const session = await replica.connect({
      user: user.name,
      password: user.password,
      database: database.name,
    });
    await session.query(READ);
    await issuer.revoke(user);
    await replayed();
    await expect(session.query(READ)).rejects.toMatchObject({
      code: "42501",
      message: "permission denied for table orders",
    });
    await expect(
      replica.connect({ user: user.name, password: user.password, database: database.name }),
    ).rejects.toThrow("password authentication failed");
  }, 60_000);

  test("after a failover queries go on with the same credential; what failed before has lost its session, or was given none", async () => {
    const user = await issued();
    await replayed();
    leader = await Leader.to(primary);
    const writing = pool(leader.port, "primary");
    const asking = load(writing, "INSERT INTO orders VALUES (1)");
    await until(() => asking.counts.queries > 50);
    await primary.fail();
    await until(() => asking.failures.length > 0);
    const session = await replica.connect();
    await session.query("SELECT pg_promote()");
    leader.lead(replica);
    const before = asking.counts.queries;
    await until(() => asking.counts.queries > before + 100, 20_000);
    const failed = asking.failures.length;
    await until(() => asking.counts.queries > before + 300, 20_000);
    await asking.stop();
    expect(asking.failures).toHaveLength(failed);
    // A server that goes down refuses who comes while its sessions are still being ended (57P03).
    for (const { message } of asking.failures)
      expect(message).toMatch(
        /^(Connection terminated unexpectedly|read ECONNRESET|the database system is shutting down)$/,
      );
    expect(
      await writing.query("SELECT session_user::text AS name, pg_is_in_recovery() AS standby"),
    ).toMatchObject({ rows: [{ name: user.name, standby: false }] });
    // So does Vault, whose login came by replication as well.
    const successor = issuer.through(
      await replica.connect({ user: database.login, password: "correct horse", database: database.name }),
    );
    const next = await successor.issue();
    agent.write(next.name, next.password);
    await until(() => Object.keys(writing.rotation.connections).join() === "2", 20_000);
    await successor.revoke(user);
    expect(await writing.query("SELECT session_user::text AS name")).toMatchObject({
      rows: [{ name: next.name }],
    });
  }, 60_000);
});

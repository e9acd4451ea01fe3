import type { Client } from "pg";
import { retirementSteps, type RetirementStep } from "../../lib/postgres";
import { describeOnServers, startPostgres, type PostgresServer } from "../support/postgres";
import { TestDatabase } from "../support/postgres-database";

describeOnServers("the retirement of a static user", (binaries) => {
  let server: PostgresServer;
  let database: TestDatabase;
  let user: string;
  let owner: string;
  beforeAll(async () => (server = await startPostgres(binaries)));
  afterAll(() => server.stop());
  beforeEach(async () => {
    database = await TestDatabase.create(
      server,
      "CREATE TABLE orders (id int)",
      "CREATE TABLE customers (id int)",
    );
    [user, owner] = [`${database.name}_app`, `${database.name}_owner`];
    await database.admin.query(`
      CREATE ROLE ${user} LOGIN PASSWORD 'correct horse';
      CREATE ROLE ${owner} NOLOGIN;
      GRANT USAGE, CREATE ON SCHEMA public TO ${user};
      GRANT SELECT ON orders TO ${user};
      GRANT UPDATE (id) ON customers TO ${user};
      ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${user};
      CREATE TABLE own (id int);
      ALTER TABLE own OWNER TO ${user}`);
  });

  const steps = (ownerRole?: string) =>
    Object.fromEntries(
      retirementSteps({
        databaseName: database.name,
        user,
        ...(ownerRole !== undefined && { ownerRole }),
      }).map((step) => [step.name, step.sql]),
    ) as Record<RetirementStep["name"], string>;

  async function run(sql: string): Promise<void> {
    await database.admin.query(sql).catch(async (error: Error) => {
      await database.admin.query("ROLLBACK");
      throw error;
    });
  }

  const login = () => server.connect({ user, password: "correct horse", database: database.name });

  it("goes in order, hands the tables over and leaves nothing", async () => {
    const { nologin, ownership, privileges, drop } = steps(owner);
    for (const step of [nologin, nologin, ownership, ownership, privileges, privileges]) await run(step);
    await expect(login()).rejects.toThrow("is not permitted to log in");
    const { rows } = await database.admin.query("SELECT tableowner FROM pg_tables WHERE tablename = 'own'");
    expect(rows).toEqual([{ tableowner: owner }]);
    await run(drop);
    await expect(run(drop)).rejects.toThrow(`there is no role ${user}`);
  });

  it("goes back from the first step by one statement", async () => {
    await run(steps().nologin);
    await run(`ALTER ROLE ${user} LOGIN`);
    await (await login()).end();
  });

  it("takes no step while somebody lives on the user", async () => {
    const session: Client = await login();
    for (const step of Object.values(steps(owner))) await expect(run(step)).rejects.toThrow();
    await expect(run(steps(owner).nologin)).rejects.toThrow(`${user} is still connected`);
    await session.query("SELECT FROM orders");
    await session.end();
  });

  it("takes no step before the one before it", async () => {
    const { nologin, ownership, privileges, drop } = steps(owner);
    for (const step of [ownership, privileges, drop])
      await expect(run(step)).rejects.toThrow("can still log in");
    await run(nologin);
    await expect(run(privileges)).rejects.toThrow(`${user} still owns something here`);
    await expect(run(drop)).rejects.toThrow("still owns or may do something");
    await run(ownership);
    await expect(run(drop)).rejects.toThrow("still owns or may do something");
  });

  it("drops no table of a user that nobody inherits from", async () => {
    const { nologin, ownership, privileges } = steps();
    await run(nologin);
    await expect(run(ownership)).rejects.toThrow(`${user} still owns something here`);
    await expect(run(privileges)).rejects.toThrow(`${user} still owns something here`);
    await database.admin.query("SELECT FROM own");
  });

  it("hands nothing to somebody who can log in, and runs in no other database", async () => {
    const { nologin, ownership } = steps("postgres");
    await run(nologin);
    await expect(run(ownership)).rejects.toThrow("postgres is no role without login");
    const elsewhere = await server.connect();
    await expect(elsewhere.query(steps(owner).ownership)).rejects.toThrow(
      `for the database ${database.name}`,
    );
  });

  it("knows of what is left in another database", async () => {
    const other = await TestDatabase.create(server, "CREATE TABLE theirs (id int)");
    await other.admin.query(`GRANT SELECT ON theirs TO ${user}`);
    const { nologin, ownership, privileges, drop } = steps(owner);
    for (const step of [nologin, ownership, privileges]) await run(step);
    await expect(run(drop)).rejects.toThrow("here or in another database");
  });
});

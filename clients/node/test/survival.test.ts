import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { startPostgres, type PostgresServer } from "../../../test/support/postgres";
import type { Contract } from "../src";
import { Applications, SURVIVED, type Application } from "./applications";
import { Users } from "./support";

/**
 * What ends a process cannot be seen in the process of the tests: each of these is an application of its own without a
 * handler for uncaught exceptions, and where it says something `pg.Pool` goes through the same beside it.
 */
let server: PostgresServer;
let users: Users;
let admin: Client;
let applications: Applications;

beforeAll(async () => {
  server = await startPostgres();
  users = await Users.create(server);
  admin = await server.connect();
  applications = new Applications();
});
afterAll(async () => {
  applications.remove();
  await server.stop();
});
afterEach(() => applications.removeFiles());

/** Resolves when it works. */
function start(
  pool: "pg" | "leasehold",
  scenario: string,
  database: Partial<Contract["databases"][string]> = {},
): Promise<Application> {
  return applications.start({ port: server.port, users }, pool, scenario, database);
}

/** Ends sessions as PostgreSQL's administrators do, one after the other or all at once. */
async function terminate(user: string, times: number, most = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE usename = $1 LIMIT $2) s",
      [user, most],
    );
    await sleep(10);
  }
}

test.each(["pg 32", "leasehold 2", "leasehold 9", "leasehold 32"])(
  "sessions that are ended while few or many wait for a connection: %s",
  async (which) => {
    const [pool, workers] = which.split(" ") as ["pg" | "leasehold", string];
    const application = await start(pool, workers);
    await terminate(application.user, 60);
    const ended = await application.stop();
    expect(ended).toMatchObject(SURVIVED);
    // One query is lost with each session that was ended while it answered, and none beside.
    expect(ended.queries).toBeGreaterThan(60);
    expect(ended.failed).toBeLessThanOrEqual(60);
  },
);

test("sessions that are ended while nobody uses them, or in the middle of a transaction", async () => {
  const started = await Promise.all(["idle", "transaction"].map((scenario) => start("leasehold", scenario)));
  await Promise.all(started.map(({ user }) => terminate(user, 2, 100)));
  const ended = await Promise.all(started.map((application) => application.stop()));
  expect(ended).toEqual(ended.map(() => expect.objectContaining(SURVIVED) as unknown));
});

test("a transaction that is longer than the overlap loses its user, and nothing else", async () => {
  const application = await start("leasehold", "transaction", { overlapSeconds: 0.2 });
  application.agent.write(await users.next());
  await sleep(250);
  await users.drop(application.user);
  expect(await application.stop()).toMatchObject({ ...SURVIVED, failed: 2 });
});

test.each(["throws", "rejects"])("hooks of which each %s", async (scenario) => {
  const application = await start("leasehold", scenario, { overlapSeconds: 0.2 });
  for (let rotation = 0; rotation < 3; rotation += 1) {
    const user = await users.next();
    application.agent.write(user);
    await sleep(300);
  }
  application.agent.replace("no credentials");
  await sleep(100);
  const ended = await application.stop();
  expect(ended).toMatchObject({ ...SURVIVED, failed: 0 });
  expect(ended.warnings).toBeGreaterThanOrEqual(4);
});

test("a parser that rejects", async () => {
  const application = await start("leasehold", "parser");
  application.agent.write("other");
  await sleep(100);
  expect(await application.stop()).toMatchObject(SURVIVED);
});

test("PostgreSQL restarts under many workers, a rotation just before", async () => {
  const started = [await start("pg", "32"), await start("leasehold", "32")];
  for (let time = 0; time < 3; time += 1) {
    started[1]?.agent.write(await users.next());
    await server.restart();
    admin = await server.connect();
    users = await Users.create(server);
    await sleep(100);
  }
  const ended = await Promise.all(started.map((application) => application.stop()));
  expect(ended).toEqual(ended.map(() => expect.objectContaining(SURVIVED) as unknown));
}, 60_000);

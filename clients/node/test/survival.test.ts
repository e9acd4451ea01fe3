import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { startPostgres, type PostgresServer } from "../../../test/support/postgres";
import type { Contract } from "../src";
import { Compiled } from "./compiled";
import { AgentFile, contractOf, Users } from "./support";

/**
 * What ends a process cannot be seen in the process of the tests: each of these is an application of its own without a
 * handler for uncaught exceptions, and where it says something `pg.Pool` goes through the same beside it.
 */
let server: PostgresServer;
let users: Users;
let admin: Client;
let compiled: Compiled;
let agents: AgentFile[] = [];

beforeAll(async () => {
  server = await startPostgres();
  users = await Users.create(server);
  admin = await server.connect();
  compiled = new Compiled();
});
afterAll(async () => {
  compiled.remove();
  await server.stop();
});
afterEach(() => {
  agents.forEach((agent) => agent.remove());
  agents = [];
});

interface Ended {
  readonly code: number | null;
  readonly errors: string;
  readonly queries: number;
  readonly failed: number;
  readonly warnings: number;
  readonly answers: boolean;
}

interface Application {
  readonly user: string;
  readonly agent: AgentFile;
  stop(): Promise<Ended>;
}

const SURVIVED = { code: 0, errors: "", answers: true };

/** Resolves when it works. */
async function start(
  pool: "pg" | "leasehold",
  scenario: string,
  database: Partial<Contract["databases"][string]> = {},
): Promise<Application> {
  const agent = new AgentFile();
  agents.push(agent);
  const user = await users.next();
  agent.write(user);
  const contract = contractOf(server, agent.file);
  const file = path.join(agent.directory, "contract");
  const shop = { ...contract.databases.shop, poolMax: 8, ...database };
  fs.writeFileSync(file, JSON.stringify({ ...contract, databases: { shop } }));
  const child = spawn(process.execPath, [compiled.file("test/child.js"), pool, scenario, file], {
    stdio: "pipe",
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  child.stdin.on("error", () => {});
  const exited = new Promise<number | null>((resolve) => child.on("close", resolve));
  await Promise.race([
    exited,
    new Promise<void>((resolve) => child.stdout.on("data", () => output.includes("ready") && resolve())),
  ]);
  const stop = async () => {
    child.stdin.write("stop\n");
    const code = await exited;
    const [, seen = "{}"] = output.trim().split("\n");
    return { code, errors: withoutWarnings(errors), ...(JSON.parse(seen) as object) } as Ended;
  };
  return { user, agent, stop };
}

function withoutWarnings(errors: string): string {
  return errors
    .split("\n")
    .filter((line) => !/Warning: |--trace-warnings/.test(line))
    .join("\n");
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
  const applications = await Promise.all(
    ["idle", "transaction"].map((scenario) => start("leasehold", scenario)),
  );
  await Promise.all(applications.map(({ user }) => terminate(user, 2, 100)));
  const ended = await Promise.all(applications.map((application) => application.stop()));
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
  const applications = [await start("pg", "32"), await start("leasehold", "32")];
  for (let time = 0; time < 3; time += 1) {
    applications[1]?.agent.write(await users.next());
    await server.restart();
    admin = await server.connect();
    users = await Users.create(server);
    await sleep(100);
  }
  const ended = await Promise.all(applications.map((application) => application.stop()));
  expect(ended).toEqual(ended.map(() => expect.objectContaining(SURVIVED) as unknown));
}, 60_000);

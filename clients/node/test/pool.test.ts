import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { startPostgres, type PostgresServer } from "../../../test/support/postgres";
import { CredentialsError, Pool, type Overstay, type RotatingPoolConfig, type Rotation } from "../src";
import { AgentFile, contractOf, until, Users } from "./support";

let server: PostgresServer;
let users: Users;
let agent: AgentFile;
let pools: Pool[] = [];

beforeAll(async () => {
  server = await startPostgres();
  users = await Users.create(server);
});
afterAll(() => server.stop());
beforeEach(() => (agent = new AgentFile()));
afterEach(async () => {
  await Promise.all(pools.filter(({ ended, ending }) => !ended && !ending).map((pool) => pool.end()));
  pools = [];
  agent.remove();
});

function poolOf(config: RotatingPoolConfig = {}, overlapSeconds?: number): Pool {
  const pool = new Pool({
    contract: contractOf(server, agent.file, overlapSeconds),
    shutdown: "manual",
    ...config,
  });
  pool.on("error", () => {});
  pools.push(pool);
  return pool;
}

const currentUser = async (pool: Pool) =>
  (await pool.query<{ name: string }>("SELECT current_user AS name")).rows[0]?.name;

async function rotate(): Promise<string> {
  const user = await users.next();
  agent.write(user);
  return user;
}

test("a new user is taken up at once, and the old one's idle connections are closed", async () => {
  const first = await rotate();
  const rotations: Rotation[] = [];
  const pool = poolOf({ onRotation: (rotation) => rotations.push(rotation) });
  await Promise.all([1, 2, 3].map(() => pool.query("SELECT pg_sleep(0.05)")));
  expect(await currentUser(pool)).toBe(first);
  const second = await rotate();
  await until(() => pool.rotation.rotations === 1);
  await until(async () => (await users.sessionsOf(first)) === 0);
  expect(await currentUser(pool)).toBe(second);
  expect(rotations).toEqual([{ generation: 2, busy: 0 }]);
  expect(pool.rotation).toMatchObject({ generation: 2, rotations: 1, retries: 0, credentialsErrors: 0 });
  expect(pool.rotation.overlapSecondsLeft).toBeGreaterThan(0);
});

test("the clients of all pools are of one class, and each logs in with what its own pool has", async () => {
  const first = await rotate();
  const other = new AgentFile();
  const second = await users.next();
  other.write(second);
  const pair = [poolOf(), poolOf({ contract: contractOf(server, other.file) })];
  const clients = await Promise.all(pair.map((pool) => pool.connect()));
  expect(clients[0]?.constructor).toBe(clients[1]?.constructor);
  expect(await Promise.all(pair.map((pool) => currentUser(pool)))).toEqual([first, second]);
  clients.forEach((client) => client.release());
  const [{ Client }] = pair as unknown as [{ Client: new (options: object) => unknown }];
  expect(() => new Client({})).toThrow("ask it for one by connect()");
  other.remove();
});

test("a file that appears later is waited for; one that never comes is an error that says so", async () => {
  const pool = poolOf();
  const waiting = pool.query("SELECT 1 AS one");
  setTimeout(() => void rotate(), 200);
  expect((await waiting).rows).toEqual([{ one: 1 }]);
  const other = new AgentFile();
  const never = new Pool({
    contract: contractOf(server, other.file),
    shutdown: "manual",
    credentialsTimeoutMillis: 100,
  });
  pools.push(never);
  await expect(never.query("SELECT 1")).rejects.toThrow(
    `the credentials file ${other.file} is missing: the Vault agent writes it before the application starts`,
  );
  other.remove();
});

test("fifty replacements in a second end with the last one", async () => {
  await rotate();
  const pool = poolOf();
  await pool.query("SELECT 1");
  const last = await users.next();
  for (let count = 0; count < 49; count++) {
    agent.write(`nobody-${count}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  agent.write(last);
  await until(async () => (await currentUser(pool).catch(() => "")) === last);
});

test.each([
  ["cut short", '{"username":"v-1","passw'],
  ["empty", ""],
  ["without a password", '{"username":"v-1"}'],
])("a file that is %s is told, and the last good credentials stay", async (_, text) => {
  const first = await rotate();
  const errors: CredentialsError[] = [];
  const pool = poolOf({ onCredentialsError: (error) => errors.push(error) });
  expect(await currentUser(pool)).toBe(first);
  agent.replace(text.replace("v-1", "canary-8Jx2vQ"));
  await until(() => errors.length > 0);
  expect(errors.map(({ reason }) => reason)).toEqual(["malformed"]);
  expect(errors[0]?.message).not.toContain("canary");
  expect(await currentUser(pool)).toBe(first);
  const second = await rotate();
  await until(async () => (await currentUser(pool)) === second);
});

test("every old connection has its successor before it is closed, and the pool is larger by one at most", async () => {
  const first = await rotate();
  const pool = poolOf({ max: 4 });
  let open = 0;
  let most = 0;
  pool.on("connect", () => (most = Math.max(most, ++open)));
  pool.on("remove", () => (open -= 1));
  let stopped = false;
  const workers = [1, 2, 3, 4].map(async () => {
    while (!stopped) await pool.query("SELECT pg_sleep(0.005)");
  });
  await until(() => open === 4);
  const second = await rotate();
  await until(async () => (await users.sessionsOf(first)) === 0);
  stopped = true;
  await Promise.all(workers);
  expect(await users.sessionsOf(second)).toBe(4);
  expect(most).toBeLessThanOrEqual(5 + 1); // the event for a closed one comes after it is gone
});

test("a new user that cannot log in costs no query: the one before serves, and opens connections, as long as it is accepted", async () => {
  const first = await rotate();
  const pool = poolOf({ max: 4 }, 0.4);
  await pool.query("SELECT 1");
  agent.write("nobody-yet");
  await until(() => pool.rotation.newestRefused);
  // The overlap is over; nobody has dropped the old user.
  await new Promise((resolve) => setTimeout(resolve, 600));
  await Promise.all([1, 2, 3, 4].map(() => pool.query("SELECT pg_sleep(0.05)")));
  expect(await currentUser(pool)).toBe(first);
  expect(await users.sessionsOf(first)).toBe(4);
  // A good password after all.
  const second = await rotate();
  await until(async () => (await currentUser(pool)) === second && (await users.sessionsOf(first)) === 0);
  expect(pool.rotation.newestRefused).toBe(false);
});

test("a user that may log in some time after its file was written is taken up without another file", async () => {
  const first = await rotate();
  const pool = poolOf();
  await pool.query("SELECT 1");
  const second = await users.next();
  await users.login(second, false);
  agent.write(second);
  await until(() => pool.rotation.newestRefused);
  expect(await currentUser(pool)).toBe(first);
  await users.login(second, true);
  await until(async () => (await currentUser(pool)) === second);
});

test("a refused user without one before is an error that says so", async () => {
  const first = await rotate();
  const pool = poolOf();
  await pool.query("SELECT 1");
  agent.write("nobody-yet");
  await until(() => pool.rotation.newestRefused);
  await users.drop(first);
  await until(async () => (await pool.query("SELECT 1").catch((error: unknown) => error)) instanceof Error);
  await expect(pool.query("SELECT 1")).rejects.toMatchObject({ code: "28P01" });
});

test("a user at each of many replacements of the link to the file", async () => {
  const names = await Promise.all(Array.from({ length: 10 }, () => users.next()));
  agent.write(names[0] as string);
  const pool = poolOf({ max: 3 }, 0.5);
  let stopped = false;
  const work = Array.from({ length: 6 }, async () => {
    while (!stopped) await pool.query("SELECT 1");
  });
  for (let turn = 1; turn <= 60; turn += 1) {
    const name = names[turn % 10] as string;
    const version = path.join(agent.directory, `version-${turn}`);
    fs.writeFileSync(version, JSON.stringify({ username: name, password: "geheim" }));
    fs.rmSync(`${agent.file}.link`, { force: true });
    fs.symlinkSync(version, `${agent.file}.link`);
    fs.renameSync(`${agent.file}.link`, agent.file);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  stopped = true;
  await Promise.all(work);
  await until(async () => (await currentUser(pool)) === names[0]);
});

test("a file that is written in place, piece by piece, costs no query", async () => {
  const names = [await users.next(), await users.next()];
  agent.replace(`username=${names[1]}\npassword=geheim\n`);
  const properties = contractOf(server, agent.file);
  const shop = { ...properties.databases.shop, format: "properties" };
  const pool = poolOf({ contract: { ...properties, databases: { shop } } as never });
  await pool.query("SELECT 1");
  let stopped = false;
  const work = Array.from({ length: 6 }, async () => {
    while (!stopped) await pool.query("SELECT 1");
  });
  for (let turn = 0; turn < 20; turn += 1) {
    // Cut short it is of the format, and its password is another one.
    for (const text of [`username=${names[turn % 2]}\npass`, "word=ge", "heim\n"]) {
      fs.writeFileSync(agent.file, text, { flag: text.startsWith("user") ? "w" : "a" });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  stopped = true;
  await Promise.all(work);
  await until(async () => (await currentUser(pool)) === names[1]);
});

test("a transaction that runs while the user changes is not cut, and its connection is closed when it comes back", async () => {
  const first = await rotate();
  const pool = poolOf();
  const client = await pool.connect();
  await client.query("BEGIN");
  await rotate();
  await until(() => pool.rotation.rotations === 1);
  await client.query("INSERT INTO numbers VALUES (1)");
  await client.query("COMMIT");
  expect(await users.sessionsOf(first)).toBe(1);
  client.release();
  await until(async () => (await users.sessionsOf(first)) === 0);
});

test("a connection that stays out near the end of the overlap is reported", async () => {
  await rotate();
  const overstays: Overstay[] = [];
  const pool = poolOf({ onOverstay: (overstay) => overstays.push(overstay) }, 0.5);
  const client = await pool.connect();
  await rotate();
  await until(() => overstays.length > 0);
  expect(overstays).toEqual([
    { generations: [1], connections: 1, secondsLeft: expect.closeTo(0.1) as number },
  ]);
  expect(pool.rotation.overstays).toBe(1);
  client.release();
});

test("an old user that is dropped early costs no query: the file is read again and the connection retried once", async () => {
  const first = await rotate();
  const pool = poolOf();
  const second = await users.next();
  // Before anybody looks: the pool learns of it by the refusal.
  jest.spyOn(fs, "watch").mockImplementation(() => {
    throw new Error("this system tells of no changes");
  });
  agent.write(second);
  await users.drop(first);
  expect(await currentUser(pool)).toBe(second);
  jest.restoreAllMocks();
});

test("a refusal that a new file does not mend is the application's, after one retry", async () => {
  agent.write("nobody-of-that-name");
  const pool = poolOf();
  await expect(pool.query("SELECT 1")).rejects.toMatchObject({ code: "28P01" });
  expect(pool.rotation.retries).toBe(1);
  const other = new Pool({ contract: contractOf(server, agent.file), shutdown: "manual" });
  pools.push(other);
  await expect(other.query("SELECT no_such_column")).rejects.toMatchObject({ code: "28P01" });
});

test("sessions that PostgreSQL ends in the middle of a rotation are replaced", async () => {
  const first = await rotate();
  const pool = poolOf();
  await Promise.all([1, 2, 3].map(() => pool.query("SELECT pg_sleep(0.05)")));
  const second = await rotate();
  await users.drop(first);
  await until(async () => (await currentUser(pool).catch(() => "")) === second);
  for (let count = 0; count < 20; count++) expect(await currentUser(pool)).toBe(second);
});

test("the directory that is replaced as a whole is noticed, as Kubernetes swaps volumes", async () => {
  const [first, second] = [await users.next(), await users.next()];
  const version = (name: string, user: string) => {
    fs.mkdirSync(path.join(agent.directory, name));
    fs.writeFileSync(
      path.join(agent.directory, name, "shop.json"),
      JSON.stringify({ username: user, password: "geheim" }),
    );
  };
  const data = path.join(agent.directory, "..data");
  version("..1", first);
  fs.symlinkSync("..1", data);
  fs.symlinkSync("..data/shop.json", agent.file);
  const pool = poolOf();
  expect(await currentUser(pool)).toBe(first);
  version("..2", second);
  fs.symlinkSync("..2", `${data}.tmp`);
  fs.renameSync(`${data}.tmp`, data);
  await until(async () => (await currentUser(pool)) === second);
});

test("a clock that is moved changes nothing", async () => {
  await rotate();
  const pool = poolOf({}, 1);
  await pool.query("SELECT 1");
  await rotate();
  await until(() => pool.rotation.rotations === 1);
  const now = jest.spyOn(Date, "now").mockReturnValue(0);
  expect(pool.rotation.secondsSinceRotation).toBeLessThan(5);
  const third = await rotate();
  await until(async () => (await currentUser(pool)) === third);
  now.mockRestore();
});

test("drain: no new work, what runs is finished, and the pool has ended", async () => {
  await rotate();
  const pool = poolOf();
  const running = pool.query("SELECT pg_sleep(0.3), 1 AS one");
  await until(() => pool.totalCount === 1);
  const drained = pool.drain();
  await expect(pool.query("SELECT 1")).rejects.toThrow("the pool is draining and takes no new work");
  expect(await pool.ready()).toEqual({ ok: false, reason: "the pool is draining" });
  expect((await running).rows[0]).toMatchObject({ one: 1 });
  expect(await drained).toEqual({ unfinished: 0 });
  expect(pool.live()).toEqual({ ok: false, reason: "the pool has ended" });
  // An application that ends its pools anyway does no harm.
  await pool.end();
  await new Promise<void>((resolve) => pool.end(resolve));
  expect(await pool.drain()).toEqual({ unfinished: 0 });
});

test("a pool that was ended twice says what pg says", async () => {
  await rotate();
  const pool = poolOf();
  await pool.end();
  await expect(pool.end()).rejects.toThrow("Called end on pool more than once");
});

test("what is not finished in time is said, and nothing waits for it", async () => {
  await rotate();
  const pool = poolOf();
  const client = await pool.connect();
  expect(await pool.drain(0.05)).toEqual({ unfinished: 1 });
  client.release();
});

test("a whole process with many pools drains at SIGTERM and ends by it", async () => {
  await rotate();
  const script = `
    const { Pool } = require(${JSON.stringify(path.join(__dirname, "../src"))});
    const contract = ${JSON.stringify(contractOf(server, agent.file))};
    const others = Array.from({ length: 11 }, () => new Pool({ contract }));
    process.on("warning", ({ name }) => console.log(name));
    void new Pool({ contract }).end();
    const pool = new Pool({ contract });
    const late = () => setTimeout(() => {
      const other = new Pool({ contract });
      setTimeout(() => other.query("SELECT 1").catch(({ message }) => console.log(message)), 50);
    }, 100);
    pool.query("SELECT 1").then(() => {
      pool.query("SELECT pg_sleep(0.5)").then(() => console.log("finished"));
      setTimeout(() => { console.log("working"); late(); }, 100);
      setInterval(() => {}, 1000);
    });`;
  const child = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    if (output.trim() === "working") child.kill("SIGTERM");
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on("exit", (...ended) => resolve(ended)),
  );
  expect({ code, signal, output }).toEqual({
    code: null,
    signal: "SIGTERM",
    output: "working\nthe pool is draining and takes no new work\nfinished\n",
  });
});

test("the API is that of pg: callbacks, checked-out clients, events", async () => {
  await rotate();
  const pool = poolOf();
  const rows = await new Promise((resolve, reject) =>
    pool.query("SELECT $1::integer AS n", [7], (error, result) =>
      error ? reject(error) : resolve(result.rows),
    ),
  );
  expect(rows).toEqual([{ n: 7 }]);
  await new Promise<void>((resolve, reject) =>
    pool.connect((error, client, release) => {
      if (error || !client) return reject(error as Error);
      release();
      resolve();
    }),
  );
  expect(pool.totalCount).toBe(1);
  expect(() => new Pool({ user: "x", contract: contractOf(server, agent.file) } as never)).toThrow(
    "'user' must not be given: user and password come from the credentials file, the rest from the contract",
  );
});

test("a connection that is wanted fresh is of the newest user, whatever is idle", async () => {
  const first = await rotate();
  const moved: string[] = [];
  const pool: Pool = poolOf({
    onRotation: async () => {
      const client = await pool.connect({ fresh: true });
      const { rows } = await client.query<{ name: string }>("SELECT current_user AS name");
      moved.push(rows[0]?.name ?? "");
      client.release();
    },
  });
  await Promise.all([1, 2, 3, 4, 5].map(() => pool.query("SELECT pg_sleep(0.05)")));
  const second = await rotate();
  await until(() => moved.length > 0);
  expect(moved).toEqual([second]);
  agent.write("nobody-yet");
  await until(() => pool.rotation.newestRefused);
  await expect(pool.connect({ fresh: true })).rejects.toMatchObject({ code: "28P01" });
  // Whoever wants none is lent what is idle, and that may be of either.
  expect([first, second]).toContain(await currentUser(pool));
});

test("an option that is undefined was not given, as TypeORM passes its own on", async () => {
  const user = await rotate();
  const pool = poolOf({
    ...{ user: undefined, password: undefined, connectionString: undefined },
    ...{ host: undefined, port: undefined, database: undefined, max: undefined, ssl: undefined },
    application_name: undefined,
  });
  expect(await currentUser(pool)).toBe(user);
  expect(pool.options.max).toBe(5);
});

test("a process that was stopped looks at the file before it lends a connection", async () => {
  const first = await rotate();
  const pool = poolOf({ max: 1 });
  expect(await currentUser(pool)).toBe(first);
  const second = await users.next();
  agent.write(second);
  await users.drop(first);
  // Nothing of this process runs: no watcher, no poll, no socket.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  expect(await currentUser(pool)).toBe(second);
});

test("no error, event or counter tells a password", async () => {
  agent.write("nobody", "canary-8Jx2vQ");
  const told: unknown[] = [];
  const pool = poolOf({
    onCredentialsError: (error) => told.push(error),
    onRotation: (each) => told.push(each),
  });
  told.push(await pool.query("SELECT 1").catch((error: unknown) => error), await pool.ready(), pool.rotation);
  expect(
    JSON.stringify(told.map((each) => (each instanceof Error ? { ...each, text: each.stack } : each))),
  ).not.toContain("canary");
});

test("two thousand rotations leave no connection, handle or listener behind", async () => {
  const names = await Promise.all([users.next(), users.next()]);
  agent.write(names[0] as string);
  const pool = poolOf();
  await pool.query("SELECT 1");
  const listeners = () => pool.eventNames().map((name) => pool.listenerCount(name));
  const before = { listeners: listeners(), handles: process.getActiveResourcesInfo().length };
  for (let count = 1; count <= 2_000; count++) {
    agent.write(names[count % 2] as string);
    // What the watcher does when it is told; its own latency is not what is tested here.
    await pool.refresh();
    if (count % 100 === 0) await pool.query("SELECT 1");
  }
  await until(() => pool.rotation.rotations >= 2_000);
  await until(async () => (await currentUser(pool)) === names[0]);
  await until(() => Object.keys(pool.rotation.connections).length <= 1 && pool.totalCount <= 1);
  expect(listeners()).toEqual(before.listeners);
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before.handles + 3);
}, 60_000);

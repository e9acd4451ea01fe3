import type { Client, Notification } from "pg";
import { startPostgres, type PostgresServer } from "../../../test/support/postgres";
import { Pool } from "../src";
import { ListeningConnection } from "../src/listening";
import { AgentFile, contractOf, until, Users } from "./support";

let server: PostgresServer;
let users: Users;
let admin: Client;
let agent: AgentFile;
let pool: Pool;
let heard: Notification[];

beforeAll(async () => {
  server = await startPostgres();
  users = await Users.create(server);
});

afterAll(() => server.stop());

beforeEach(async () => {
  admin = await server.connect();
  agent = new AgentFile();
  agent.write(await users.next());
  heard = [];
  pool = new Pool({ contract: contractOf(server, agent.file), shutdown: "manual" });
});

afterEach(async () => {
  await pool.end();
  agent.remove();
});

const payloads = (): (string | undefined)[] => heard.map(({ payload }) => payload);
const notify = (payload: string) => admin.query("SELECT pg_notify('the \"channel\"', $1)", [payload]);
const listen = () => pool.listen('the "channel"', (notification) => heard.push(notification));

async function rotate(): Promise<void> {
  const { rotations } = pool.rotation;
  agent.write(await users.next());
  await until(() => pool.rotation.rotations > rotations);
}

test("nothing that is sent is missed through ten rotations, each old user dropped", async () => {
  await listen();
  for (let count = 0; count < 10; count += 1) {
    const user = JSON.parse(agent.text()) as { readonly username: string };
    await rotate();
    for (let sent = 0; sent < 5; sent += 1) await notify(`${count}.${sent}`);
    await until(async () => (await users.sessionsOf(user.username)) === 0);
    await users.drop(user.username);
  }
  await until(() => payloads().includes("9.4"));
  const all = Array.from({ length: 50 }, (_, each) => `${Math.floor(each / 5)}.${each % 5}`);
  expect([...new Set(payloads())].sort()).toEqual(all.sort());
});

test("a session that is lost is opened anew", async () => {
  await listen();
  await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'");
  await until(async () => {
    await notify("again");
    return payloads().includes("again");
  });
});

test("a session that is lost while it moves leaves one that listens, and no other", async () => {
  let old = false;
  let open = () => {};
  let gate = Promise.resolve();
  const lines = {
    fresh: async () => {
      await gate;
      return pool.connect({ fresh: true });
    },
    isOld: () => old,
    refused: () => false,
  };
  const listening = new ListeningConnection(lines, "orders", (notification) => heard.push(notification));
  await listening.start();
  gate = new Promise((resolve) => (open = resolve));
  old = true;
  listening.look();
  const sessions = async () =>
    (
      await admin.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query LIKE 'UNLISTEN%'",
      )
    ).rows;
  await admin.query(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'",
  );
  await until(async () => (await sessions()).length === 0);
  // The pool has heard of it, too.
  await until(() => pool.totalCount === 0);
  old = false;
  open();
  await until(async () => (await sessions()).length === 1);
  // It is looked at twice a second.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(await sessions()).toHaveLength(1);
  await admin.query("NOTIFY orders, 'once'");
  await until(() => payloads().length > 0);
  expect(payloads()).toEqual(["once"]);
  await listening.stop();
  // The server ends a session a moment after its client.
  await until(async () => (await sessions()).length === 0);
});

test("a new user that cannot log in leaves it where it is", async () => {
  await listen();
  const user = await users.next();
  await users.login(user, false);
  agent.write(user);
  await until(() => pool.rotation.rotations === 1);
  await notify("still");
  await until(() => payloads().includes("still"));
});

test("what is stopped hears nothing any more, and its connection is closed", async () => {
  const listening = await listen();
  await listening.stop();
  await notify("late");
  await pool.query("SELECT 1");
  expect(payloads()).toEqual([]);
  const { rows } = await admin.query(
    "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%LISTEN%channel%' AND pid <> pg_backend_pid()",
  );
  expect(rows).toEqual([]);
});

test("a handler that throws is a warning, and a drain does not wait for a channel", async () => {
  const warn = jest.spyOn(process, "emitWarning").mockImplementation();
  await pool.listen("orders", () => {
    throw new Error("of the handler");
  });
  await admin.query("NOTIFY orders");
  await until(() => warn.mock.calls.length > 0);
  expect(warn.mock.calls[0]?.[0]).toContain("of the handler");
  warn.mockRestore();
  expect(await pool.drain(5)).toEqual({ unfinished: 0 });
});

test("a pool of one connection says that it cannot", async () => {
  const small = new Pool({ contract: contractOf(server, agent.file), max: 1, shutdown: "manual" });
  await expect(small.listen("orders", () => {})).rejects.toThrow("two connections or more");
  await small.end();
});

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { AgentFile, contractOf, until, Users } from "../../clients/node/test/support";
import { startPostgres, type PostgresServer } from "../support/postgres";

let server: PostgresServer;
let users: Users;
let agent: AgentFile;
let application: ChildProcess | undefined;

beforeAll(async () => {
  server = await startPostgres();
  users = await Users.create(server);
  const admin = await server.connect();
  await admin.query("CREATE TABLE orders (id serial, customer_id integer, total numeric)");
  await admin.query(
    "GRANT SELECT, INSERT ON orders TO shop_rw; GRANT USAGE ON SEQUENCE orders_id_seq TO shop_rw",
  );
});
afterAll(() => server.stop());
beforeEach(() => (agent = new AgentFile()));
afterEach(() => {
  application?.kill("SIGKILL");
  agent.remove();
});

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  return port;
}

/** The example as it stands, with the package taken from the checkout. */
async function start(script: string, ...args: string[]): Promise<string> {
  const port = await freePort();
  const { shop } = contractOf(server, agent.file).databases;
  application = spawn(
    process.execPath,
    [
      ...["-r", "ts-node/register/transpile-only", "-r", path.join(__dirname, "resolve-client.js")],
      path.join(__dirname, "../../examples/orders", script),
      ...args,
    ],
    {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        ...process.env,
        PORT: String(port),
        LEASEHOLD_DRAIN: "6",
        LEASEHOLD_SHOP_CREDENTIALS_FILE: agent.file,
        LEASEHOLD_SHOP_FORMAT: "json",
        LEASEHOLD_SHOP_HOST: "127.0.0.1",
        LEASEHOLD_SHOP_PORT: String(server.port),
        LEASEHOLD_SHOP_DATABASE: "postgres",
        LEASEHOLD_SHOP_SSL_MODE: "disable",
        LEASEHOLD_SHOP_POOL_MAX: String(shop?.poolMax),
        LEASEHOLD_SHOP_POOL_MAX_LIFETIME: "60",
        LEASEHOLD_SHOP_OVERLAP: "2",
      },
    },
  );
  const url = `http://127.0.0.1:${port}`;
  await until(
    () =>
      fetch(`${url}/live`).then(
        ({ ok }) => ok,
        () => false,
      ),
    20_000,
  );
  return url;
}

test("orders answers every request through rotations, and ends in order", async () => {
  let user = await users.next();
  agent.write(user);
  const url = await start("main.js");
  expect((await fetch(`${url}/ready`)).status).toBe(200);
  const created = await fetch(`${url}/customers/7/orders`, { method: "POST" });
  expect(created.status).toBe(201);
  for (let rotation = 0; rotation < 5; rotation++) {
    const next = await users.next();
    agent.write(next);
    for (let request = 0; request < 20; request++) {
      expect((await fetch(`${url}/orders/1`)).status).toBe(200);
    }
    await until(async () => (await users.sessionsOf(user)) === 0);
    await users.drop(user);
    user = next;
  }
  application?.kill("SIGTERM");
  await setTimeout(200);
  const late = http.get(`${url}/orders/1`, { agent: false });
  const [answer] = (await once(late, "response")) as [http.IncomingMessage];
  expect(answer.resume().statusCode).toBe(200);
  expect(await once(application as ChildProcess, "exit")).toEqual([0, null]);
}, 60_000);

test.each(["reread", "connect-each"])(
  "the naive variant %s answers while nothing changes",
  async (variant) => {
    agent.write(await users.next());
    const url = await start("naive.js", variant);
    expect((await fetch(`${url}/customers/7/orders`, { method: "POST" })).status).toBe(201);
  },
  60_000,
);

import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import { createServer, type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AgentFile, contractOf, until, Users } from "../../clients/node/test/support";
import { startPostgres, type PostgresServer } from "../support/postgres";

/** One language of the page, and what a test has to know of it beside the two commands that stand there. */
interface Language {
  readonly name: string;
  readonly folder: string;
  /** What of the repository it is made of, beside its own folder. */
  readonly madeOf: readonly string[];
  /** A program that says whether the language is here. */
  readonly needs: readonly [program: string, ...words: string[]];
  /** What `SIGTERM` ends it with, as a container runtime counts it. */
  readonly ended: number;
  /** What is there when it was made. */
  readonly made: string;
}

const ROOT = path.join(__dirname, "../..");
const PAGE = fs.readFileSync(path.join(ROOT, "examples/README.md"), "utf8");
const LANGUAGES: readonly Language[] = [
  {
    name: "Node",
    folder: "orders",
    madeOf: ["clients/node", "tsconfig.json", ".npmrc"],
    needs: ["npm", "--version"],
    ended: 0,
    made: "node_modules/@leasehold/pg/LICENSE",
  },
  {
    name: "Go",
    folder: "orders-go",
    madeOf: ["clients/go"],
    needs: ["go", "version"],
    ended: 0,
    made: "orders",
  },
  {
    name: "JVM",
    folder: "orders-java",
    madeOf: ["clients/java"],
    needs: ["mvn", "--version"],
    // A JVM that a signal ends says so, however orderly it ends.
    ended: 143,
    made: "target/libraries/leasehold-hikari-0.0.0.jar",
  },
  {
    name: "Python",
    folder: "orders-python",
    madeOf: ["clients/python"],
    needs: ["python3", "-c", "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))"],
    // uvicorn ends in order, and then by the signal that it was sent.
    ended: 143,
    made: ".venv/bin/uvicorn",
  },
];

let server: PostgresServer;
let users: Users;

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

test("each language of the page is run here", () => {
  expect([...PAGE.matchAll(/^\| \[(\w+)\]\(orders/gm)].map(([, name]) => name)).toEqual(
    LANGUAGES.map(({ name }) => name),
  );
});

/** A language that is not here is not run, and named. */
const here = ({ needs: [program, ...words] }: Language) => spawnSync(program, words).status === 0;

describe.each(LANGUAGES)("orders in $name", (language) => {
  const { name, folder, ended, made } = language;
  if (!here(language)) {
    test.skip(`not run: '${language.needs.join(" ")}' does not answer`, () => undefined);
    return;
  }
  const [make = "", startedBy = ""] = commandsOf(name);
  const clone = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-clone-"));
  const directory = path.join(clone, "examples", folder);
  const env = { ...process.env, PATH: `${directory}/.venv/bin:${process.env.PATH}` };
  const ledger: Ledger = { directory, env };

  beforeAll(() => {
    copyOfTheRepository(clone, `examples/${folder}`, ...language.madeOf);
    if (name === "Python") execFileSync("python3", ["-m", "venv", ".venv"], { cwd: directory });
    execFileSync("sh", ["-ec", make], { cwd: directory, env, stdio: "pipe" });
  }, 300_000);
  afterEach(() => stop(ledger));
  afterAll(() => fs.rmSync(clone, { recursive: true, force: true }));

  test("is made by the page's command, and says what it lacks outside of a pod", async () => {
    expect(fs.existsSync(path.join(directory, made))).toBe(true);
    const child = start(ledger, startedBy, {});
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await once(child, "close");
    // It runs, and has nothing to connect to: outside of a pod nobody has written a contract.
    expect(said).toContain(
      "the contract of leasehold cannot be used: there is neither a file that LEASEHOLD_CONTRACT names nor",
    );
  }, 60_000);

  test("answers as its sisters do, through rotations, and ends in order", async () => {
    const agent = new AgentFile();
    let user = await users.next();
    agent.write(user);
    const url = await deploy(ledger, program(directory, startedBy), agent);
    const ask = async (method: string, place: string) => {
      const response = await fetch(url + place, { method });
      return { status: response.status, body: (await response.json()) as unknown };
    };
    const created = await ask("POST", "/customers/7/orders");
    expect(created).toEqual({ status: 201, body: { id: expect.any(Number) } });
    const { id } = created.body as { id: number };
    expect(await ask("GET", `/orders/${id}`)).toEqual({
      status: 200,
      body: { id, customer_id: 7, total: "0" },
    });
    expect(await ask("GET", "/orders/999999")).toEqual({ status: 404, body: { error: "no such order" } });
    expect(await ask("GET", "/ready")).toEqual({ status: 200, body: expect.objectContaining({ ok: true }) });
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    for (let rotation = 0; rotation < 5; rotation++) {
      const next = await users.next();
      agent.write(next);
      for (let request = 0; request < 20; request++) {
        expect((await ask("GET", `/orders/${id}`)).status).toBe(200);
      }
      const old = user;
      await until(async () => (await users.sessionsOf(old)) === 0, 20_000);
      await users.drop(old);
      user = next;
    }
    const ending = stop(ledger);
    // Not every node has heard yet that the pod ends, and customers come by new connections.
    await sleep(200);
    const late = http.get(`${url}/orders/${id}`, { agent: false });
    const [answer] = (await once(late, "response")) as [http.IncomingMessage];
    expect(answer.resume().statusCode).toBe(200);
    expect(await ending).toBe(ended);
    expect(ledger.said).toMatch(/database user 6 is in use/);
    expect(await users.sessionsOf(user)).toBe(0);
    agent.remove();
  }, 60_000);

  if (name === "Node") {
    test.each(["reread", "connect-each"])(
      "the naive variant %s answers while nothing changes",
      async (variant) => {
        const agent = new AgentFile();
        agent.write(await users.next());
        const url = await deploy(ledger, `node naive.js ${variant}`, agent);
        expect((await fetch(`${url}/customers/7/orders`, { method: "POST" })).status).toBe(201);
        agent.remove();
      },
      60_000,
    );
  }
});

/** What the page says: what makes it, and what starts it. */
function commandsOf(name: string): string[] {
  const row = PAGE.split("\n").find((line) => line.startsWith(`| [${name}](orders`)) ?? "";
  return row
    .split(" | ")
    .slice(2)
    .map((cell) => /`(.+)`/.exec(cell)?.[1] ?? "");
}

/** What somebody has who has cloned the repository and run nothing: the files that git knows, or would take. */
function copyOfTheRepository(clone: string, ...folders: string[]): void {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--", ...folders], {
    cwd: ROOT,
  })
    .toString()
    .trim()
    .split("\n")
    .filter((file) => fs.existsSync(path.join(ROOT, file)));
  for (const file of files) fs.cpSync(path.join(ROOT, file), path.join(clone, file));
}

/** The example that runs, what it has said, and where it was made. */
interface Ledger {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  running?: ChildProcess;
  said?: string;
}

function start(ledger: Ledger, command: string, variables: Record<string, string>): ChildProcess {
  const child = spawn("sh", ["-c", `exec ${command}`], {
    cwd: ledger.directory,
    env: { ...ledger.env, ...variables },
    stdio: "pipe",
  });
  ledger.running = child;
  ledger.said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (ledger.said += chunk.toString()));
  }
  return child;
}

/** As a container's first process: without npm between it and its signals. */
function program(directory: string, startedBy: string): string {
  if (startedBy !== "npm start") return startedBy;
  const { scripts } = JSON.parse(fs.readFileSync(path.join(directory, "package.json"), "utf8")) as {
    scripts: { start: string };
  };
  return scripts.start;
}

/** Ends what runs by SIGTERM, and says with what it has ended. */
async function stop({ running }: Ledger): Promise<number> {
  if (running === undefined || running.exitCode !== null || running.signalCode !== null) return NaN;
  const closed = once(running, "close");
  running.kill("SIGTERM");
  const timer = setTimeout(() => running.kill("SIGKILL"), 20_000);
  const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return code ?? 128 + os.constants.signals[signal ?? "SIGTERM"];
}

/** Starts it with what a pod has, and waits until it listens. */
async function deploy(ledger: Ledger, command: string, agent: AgentFile): Promise<string> {
  const port = await freePort();
  const { shop } = contractOf(server, agent.file).databases;
  start(ledger, command, {
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
  });
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

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  return port;
}

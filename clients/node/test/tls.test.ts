import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import tls from "node:tls";
import { inspect } from "node:util";
import { CertificateAuthority } from "../../../e2e/servers/certificates";
import { Pool, type CredentialsError, type RotatingPoolConfig } from "../src";
import { AgentFile, contractOf, until, Users } from "./support";
import { CaFile, TlsServer } from "./tls-server";

let directory: string;
let first: CertificateAuthority;
let second: CertificateAuthority;
let server: TlsServer;
let users: Users;
let agent: AgentFile;
let ca: CaFile;
let pools: Pool[] = [];
const errors: CredentialsError[] = [];

beforeAll(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-cas-"));
  first = await CertificateAuthority.create(path.join(directory, "first"), "first");
  second = await CertificateAuthority.create(path.join(directory, "second"), "second");
  server = await TlsServer.start(first);
  users = await Users.create(server.postgres);
});
afterAll(async () => {
  await server.stop();
  fs.rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  await server.present(first);
  agent = new AgentFile();
  agent.write(await users.next());
  ca = new CaFile(first);
  errors.length = 0;
});
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  pools = [];
  agent.remove();
  ca.remove();
});

function poolOf(config: RotatingPoolConfig = {}, overlapSeconds?: number): Pool {
  const contract = contractOf(server, agent.file, overlapSeconds);
  const shop = { ...contract.databases.shop, sslMode: "verify-full", sslRootCert: ca.file };
  const pool = new Pool({
    contract: { ...contract, databases: { shop } } as never,
    shutdown: "manual",
    onCredentialsError: (error) => errors.push(error),
    ...config,
  });
  pools.push(pool);
  return pool;
}

/** A pool that waits for no file, and has read what there is. */
async function late(): Promise<Pool> {
  const pool = poolOf({ credentialsTimeoutMillis: 1 });
  await pool.refresh();
  return pool;
}

const currentUser = async (pool: Pool) =>
  (await pool.query<{ name: string }>("SELECT current_user AS name")).rows[0]?.name;

/** Holds so many connections at once; more than are idle are opened. */
async function hold(pool: Pool, count: number): Promise<void> {
  const held = await Promise.allSettled(Array.from({ length: count }, () => pool.connect()));
  for (const each of held) if (each.status === "fulfilled") each.value.release();
  for (const each of held) if (each.status === "rejected") throw each.reason;
}

test("verify-full: the session is encrypted, and the server is known by its CA", async () => {
  const { rows } = await poolOf().query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
  expect(rows).toEqual([{ ssl: true }]);
});

test("a server that is reached by another name than its certificate's is refused, and the error tells no password", async () => {
  agent.write(await users.next(), "canary-8Jx2vQ");
  await server.present(first, [{ type: "dns", value: "db.example" }]);
  const pool = poolOf();
  const error = await pool.query("SELECT 1").catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
  expect((error as Error).message).toMatch(
    /^the server 127\.0\.0\.1:\d+ is not trusted: .*IP: 127\.0\.0\.1 is not in the cert's list/,
  );
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain("canary");
  expect(await pool.ready()).toEqual({ ok: false, reason: (error as Error).message });
  await server.present(first);
  agent.write(await users.next());
  await until(() => pool.rotation.rotations > 0);
  await hold(pool, 2);
});

test("a CA that does not sign the server: open connections serve on, new ones are refused with the file's name, and it heals", async () => {
  const pool = poolOf();
  await hold(pool, 2);
  ca.hold(second);
  await pool.refresh();
  await expect(hold(pool, 3)).rejects.toMatchObject({
    code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    message: `the server 127.0.0.1:${server.port} is not trusted: unable to verify the first certificate; the CA file ${ca.file} must hold the CA that signed its certificate`,
  });
  await hold(pool, 2);
  expect(pool.rotation.connections).toEqual({ 1: 2 });
  ca.hold(first);
  await until(() =>
    hold(pool, 3).then(
      () => true,
      () => false,
    ),
  );
});

test("a CA of the same name with another key", async () => {
  ca.hold(await CertificateAuthority.create(path.join(directory, "other"), "first"));
  const pool = poolOf();
  await expect(pool.query("SELECT 1")).rejects.toThrow(`the CA file ${ca.file} must hold the CA`);
  ca.hold(first);
  await until(() =>
    hold(pool, 3).then(
      () => true,
      () => false,
    ),
  );
});

test("a new user while the server is not trusted: the old one serves for as long as it may, and gives way afterwards", async () => {
  const user = await currentUser(poolOf());
  const pool = poolOf({}, 0.4);
  await hold(pool, 3);
  ca.hold(second);
  await pool.refresh();
  const next = await users.next();
  agent.write(next);
  await until(() => pool.rotation.rotations === 1 && pool.rotation.overlapSecondsLeft === 0);
  await hold(pool, 3);
  await expect(pool.connect({ fresh: true })).rejects.toThrow("is not trusted");
  expect(await currentUser(pool)).toBe(user);
  expect(pool.rotation.connections).toEqual({ 1: 3 });
  ca.hold(first);
  await until(async () => (await currentUser(pool)) === next);
  await until(async () => (await users.sessionsOf(user as string)) <= 1);
});

test("a CA file that comes later is waited for, by however many; one that never comes is an error that names it", async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on("warning", warned);
  ca.away();
  const pool = poolOf();
  const answers = Promise.all(Array.from({ length: 20 }, () => pool.query("SELECT 1")));
  await until(() => errors.length > 0);
  ca.back();
  await answers;
  process.removeListener("warning", warned);
  expect(warnings).toEqual([]);
  ca.away();
  await expect(late().then((pool) => pool.query("SELECT 1"))).rejects.toThrow(
    `the CA file ${ca.file} is missing: it is not there`,
  );
  fs.rmSync(agent.file);
  await expect(late().then((pool) => pool.query("SELECT 1"))).rejects.toThrow(
    new RegExp(`the CA file ${ca.file} is missing.*; the credentials file ${agent.file} is missing`),
  );
});

const PRIVATE = "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5LThKeDJ2UQ==\n-----END PRIVATE KEY-----\n";

const BAD: readonly (readonly [string, RegExp, () => void])[] = [
  ["is empty", /is malformed: it holds no whole certificate/, () => ca.replace("")],
  ["is garbage", /is malformed: it holds no whole certificate/, () => ca.replace("canary-8Jx2vQ")],
  ["is binary", /is malformed/, () => ca.replace("\0\xff-----BEGIN CERTIFICATE-----\0")],
  ["has no certificate in it", /is malformed/, () => ca.replace(PRIVATE)],
  ["is half written", /is malformed/, () => ca.replace(first.certificate.slice(0, 300))],
  [
    "has a second half",
    /is malformed/,
    () => ca.replace(first.certificate + second.certificate.slice(0, 300)),
  ],
  ["is a directory", /is unreadable: EISDIR/, () => (fs.rmSync(ca.file), fs.mkdirSync(ca.file))],
  ["is a FIFO", /is unreadable: it is a pipe/, () => (fs.rmSync(ca.file), execFileSync("mkfifo", [ca.file]))],
  [
    "is huge",
    /is malformed: it has 209715200 bytes, more than the 1048576/,
    () => fs.truncateSync(ca.file, 200 * 1024 * 1024),
  ],
  [
    "is a loop of links",
    /is unreadable: ELOOP/,
    () => (fs.rmSync(ca.file), fs.symlinkSync(ca.file, ca.file)),
  ],
];

test.each(BAD)("a CA file that %s", async (_, message, spoil) => {
  const pool = poolOf();
  await hold(pool, 1);
  spoil();
  await pool.refresh();
  // The last good one stays.
  await hold(pool, 3);
  const other = await late();
  await expect(other.query("SELECT 1")).rejects.toThrow(message);
  expect(errors.map((error) => error.message)).toEqual([
    expect.stringMatching(message),
    expect.stringContaining(`the CA file ${ca.file} `),
  ]);
  expect(inspect(errors)).not.toContain("canary");
  ca.hold(first);
  await other.refresh();
  await hold(other, 1);
});

test("a server whose certificate is replaced while the CA file is away is waited for until the file is back", async () => {
  const pool = poolOf();
  await hold(pool, 1);
  ca.away();
  await server.present(second);
  const more = hold(pool, 3);
  await until(() => errors.length > 0);
  ca.hold(second);
  await more;
});

test("work that waits for the CA file is finished by a drain", async () => {
  const pool = poolOf();
  await pool.refresh();
  ca.away();
  await server.present(second);
  const query = pool.query("SELECT 1 AS one");
  const drained = pool.drain(60);
  await until(() => errors.length > 0);
  ca.hold(second);
  expect((await query).rows).toEqual([{ one: 1 }]);
  expect(await drained).toEqual({ unfinished: 0 });
});

test("the option `ssl` of the pool wins, and an error says so", async () => {
  ca.away();
  const pool = poolOf({ ssl: { ca: second.certificate } });
  await expect(pool.query("SELECT 1")).rejects.toThrow(
    "the option 'ssl' of the pool must hold the CA that signed its certificate",
  );
  await hold(poolOf({ ssl: { ca: first.certificate } }), 1);
});

test("a CA is parsed once for all connections, and again when it changes", async () => {
  const parsed = jest.spyOn(tls, "createSecureContext");
  const pool = poolOf();
  await hold(pool, 3);
  await pool.refresh();
  expect(parsed).toHaveBeenCalledTimes(1);
  ca.hold(first, second);
  await pool.refresh();
  await hold(pool, 5);
  expect(parsed).toHaveBeenCalledTimes(2);
  parsed.mockRestore();
});

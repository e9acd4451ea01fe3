import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { CertificateAuthority } from "../../../e2e/servers/certificates";
import { Applications, SURVIVED, type Application } from "./applications";
import { until, Users } from "./support";
import { CaFile, TlsServer } from "./tls-server";

/** Applications under load, each of which opens new connections all the time. */
let directory: string;
let first: CertificateAuthority;
let second: CertificateAuthority;
let server: TlsServer;
let users: Users;
let applications: Applications;
let ca: CaFile;

beforeAll(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-cas-"));
  first = await CertificateAuthority.create(path.join(directory, "first"), "first");
  second = await CertificateAuthority.create(path.join(directory, "second"), "second");
  server = await TlsServer.start(first);
  users = await Users.create(server.postgres);
  applications = new Applications();
});
afterAll(async () => {
  applications.remove();
  await server.stop();
  fs.rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => (ca = new CaFile(first)));
afterEach(() => {
  applications.removeFiles();
  ca.remove();
});

function start(): Promise<Application> {
  return applications.start({ port: server.port, users }, "leasehold", "churn", {
    sslMode: "verify-full",
    sslRootCert: ca.file,
    overlapSeconds: 60,
  });
}

const UNHARMED = { ...SURVIVED, failed: 0, reasons: [] };

test("the CA file away, three times: new connections are opened meanwhile and afterwards, and no query fails", async () => {
  const application = await start();
  for (let time = 0; time < 3; time += 1) {
    ca.away();
    for (let turn = 0; turn < 3; turn += 1) await users.hasNewSessions(application.user);
    ca.back();
    await users.hasNewSessions(application.user);
  }
  expect(await application.stop()).toMatchObject(UNHARMED);
}, 120_000);

test("a new user each time that the CA file is away, and the old one dropped: no query fails", async () => {
  const application = await start();
  let { user } = application;
  for (let time = 0; time < 5; time += 1) {
    ca.away();
    const next = await users.next();
    application.agent.write(next);
    await users.hasNewSessions(next);
    // Every connection of the old one has got its successor; one whose login is on its way PostgreSQL does not tell of yet.
    let quiet = 0;
    await until(async () => (quiet = (await users.sessionsOf(user)) === 0 ? quiet + 1 : 0) >= 50, 20_000);
    await users.drop(user);
    user = next;
    ca.back();
    await users.hasNewSessions(user);
  }
  expect(await application.stop()).toMatchObject(UNHARMED);
}, 120_000);

test("another CA by way of a bundle of both, in the order old, both, server, new: no query fails", async () => {
  const application = await start();
  for (const [from, to] of [
    [first, second],
    [second, first],
  ] as const) {
    ca.hold(from, to);
    await users.hasNewSessions(application.user);
    await server.present(to);
    await users.hasNewSessions(application.user);
    ca.hold(to);
    for (let turn = 0; turn < 3; turn += 1) await users.hasNewSessions(application.user);
  }
  expect(await application.stop()).toMatchObject(UNHARMED);
}, 120_000);

test("a server whose certificate is replaced before the CA: queries fail until the CA is there, and all answer afterwards", async () => {
  const application = await start();
  await server.present(second);
  await new Promise((resolve) => setTimeout(resolve, 300));
  ca.hold(second);
  await users.hasNewSessions(application.user);
  const ended = await application.stop();
  await server.present(first);
  expect(ended).toMatchObject(SURVIVED);
  expect(ended.reasons.filter((text) => !text.includes("is not trusted"))).toEqual([]);
}, 120_000);

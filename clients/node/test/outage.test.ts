import fs from "node:fs";
import { startPostgres, type PostgresServer } from "../../../test/support/postgres";
import { Pool, type CredentialsError } from "../src";
import { AgentFile, contractOf, until, Users } from "./support";

let server: PostgresServer;
let agent: AgentFile;
let pool: Pool;
const errors: CredentialsError[] = [];

beforeAll(async () => (server = await startPostgres()));
afterAll(() => server.stop());
beforeEach(async () => {
  agent = new AgentFile();
  errors.length = 0;
  agent.write(await (await Users.create(server)).next());
  pool = new Pool({
    contract: contractOf(server, agent.file),
    shutdown: "manual",
    onCredentialsError: (error) => errors.push(error),
  });
  pool.on("error", () => {});
});
afterEach(async () => {
  await pool.end();
  agent.remove();
});

const currentUser = async () =>
  (await pool.query<{ name: string }>("SELECT current_user AS name")).rows[0]?.name;

test("PostgreSQL restarts during a rotation: afterwards the new user answers, and nothing is left of the old one", async () => {
  await Promise.all([1, 2, 3].map(() => pool.query("SELECT pg_sleep(0.05)")));
  const second = await (await Users.create(server)).next();
  const restarted = server.restart();
  agent.write(second);
  await until(() => pool.rotation.rotations === 1);
  await restarted;
  // What PostgreSQL could not answer has failed; from here on it answers.
  for (let turn = 0; turn < 20; turn += 1) expect(await currentUser()).toBe(second);
  await until(() => Object.keys(pool.rotation.connections).every((generation) => generation === "2"));
  expect(pool.rotation.retries).toBe(0);
});

test("a file that cannot be read is told by its name, and the last good credentials stay", async () => {
  const first = await currentUser();
  fs.rmSync(agent.file);
  // Root may read everything but this.
  fs.mkdirSync(agent.file);
  await until(() => errors.some(({ reason }) => reason === "unreadable"));
  expect(errors.at(-1)?.message).toContain(`${agent.file} is unreadable: EISDIR`);
  expect(await currentUser()).toBe(first);
  fs.rmdirSync(agent.file);
  const second = await (await Users.create(server)).next();
  agent.write(second);
  await until(async () => (await currentUser()) === second);
});

test("a login that PostgreSQL ends, as it does with a user that is being dropped, is tried once more", async () => {
  const admin = await server.connect();
  const name = await (await Users.create(server)).next();
  // The first login alone.
  await admin.query("CREATE SEQUENCE logins");
  await admin.query(`CREATE FUNCTION ended() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    IF session_user = '${name}' AND nextval('logins') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
  END $$`);
  await admin.query("CREATE EVENT TRIGGER ended ON login EXECUTE FUNCTION ended()");
  agent.write(name);
  await until(() => pool.rotation.generation > 0);
  const other = new Pool({ contract: contractOf(server, agent.file), shutdown: "manual" });
  expect((await other.query("SELECT current_user AS name")).rows).toEqual([{ name }]);
  expect(other.rotation.retries).toBe(1);
  await other.end();
  await admin.query("DROP EVENT TRIGGER ended");
});

test("a reading that does not end is told as that, and not as a file that nobody wrote", async () => {
  const contract = contractOf(server, agent.file);
  const shop = { ...contract.databases.shop, format: "custom" };
  const other = new Pool({
    contract: { ...contract, databases: { shop } } as never,
    shutdown: "manual",
    credentialsTimeoutMillis: 50,
    parseCredentials: () => new Promise(() => {}),
  });
  await expect(other.query("SELECT 1")).rejects.toThrow(
    `the credentials file ${agent.file} is unreadable: no reading of it has ended in time`,
  );
  await other.end();
});

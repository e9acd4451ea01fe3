import { spawnSync } from "node:child_process";
import type { Client } from "pg";
import {
  credentialStatements,
  renderBootstrapSql,
  renderVerificationSql,
  retirementSteps,
  type BootstrapInput,
  type BootstrapRole,
} from "../../lib/postgres";
import { MANAGED_SERVERS, PASSWORD, setUpManaged } from "../support/managed-postgres";
import { describeOnServers, startPostgres, type PostgresServer } from "../support/postgres";
import { createUser, renewUser, revokeUser } from "../support/vault-statements";

const reason = "what a service of an ordinary landscape declares";

const ROLES: readonly BootstrapRole[] = [
  {
    name: "orders",
    grants: [
      { tables: ["orders"], privileges: ["SELECT", "INSERT"] },
      { tables: ["customers"], columns: ["id", "email"], privileges: ["UPDATE"] },
      { tables: ["customers"], privileges: ["SELECT"] },
      { allTablesOwnedBy: "app_owner", schema: "app", privileges: ["SELECT", "INSERT"], reason },
    ],
  },
  { name: "schema-changes", grants: [], owner: { role: "app_owner", reason } },
];

/** What the DBA has made before leasehold came, from 16 on with the memberships that it gives itself. */
const SCHEMA = `
  CREATE ROLE app_owner NOLOGIN;
  GRANT app_owner TO CURRENT_USER;
  CREATE SCHEMA app AUTHORIZATION app_owner;
  CREATE TABLE orders (id serial); CREATE TABLE customers (id int, email text);
  SET ROLE app_owner; CREATE TABLE app.events (id serial); RESET ROLE`;

describeOnServers("a DBA who is no superuser runs all that is generated", (binaries) => {
  describe.each(MANAGED_SERVERS)("with the rights that $provider gives", (managed) => {
    let server: PostgresServer;
    let admin: Client;
    const printed: string[] = [];
    beforeAll(async () => {
      server = await startPostgres(binaries);
      await setUpManaged(await server.connect(), managed);
      admin = await server.connect({ user: managed.administrator, password: PASSWORD, database: "shop" });
      admin.on("notice", ({ severity, message }) => printed.push(`${severity}: ${message}`));
      await admin.query(SCHEMA);
    });
    afterAll(() => server.stop());

    const input = (): BootstrapInput => ({
      environment: "test",
      connection: "shop",
      databaseName: "shop",
      schema: "public",
      login: "vault_admin",
      postgresVersion: server.version as BootstrapInput["postgresVersion"],
      roles: ROLES,
    });
    const verify = async () => {
      const { rows } = await admin.query<{ kind: string; finding: string }>(renderVerificationSql(input()));
      return rows.map(({ kind, finding }) => `${kind}: ${finding}`);
    };

    test("the bootstrap SQL twice, credentials, and a verification that finds nothing", async () => {
      await admin.query(renderBootstrapSql(input()));
      printed.length = 0;
      await admin.query(renderBootstrapSql(input()));
      expect(printed).toEqual([]);
      await admin.query(`ALTER ROLE vault_admin PASSWORD '${PASSWORD}'`);
      expect(await verify()).toEqual([]);

      const vault = await server.connect({ user: "vault_admin", password: PASSWORD, database: "shop" });
      for (const { name, grants, owner } of ROLES) {
        const { creation, revocation } = credentialStatements({
          strategy: "group",
          roleName: name,
          schema: "public",
          grants,
          connectionLimit: 5,
          ...(owner && { owner: owner.role }),
        });
        const user = { name: `v-${name}-1`, password: PASSWORD, expiration: "2999-01-01 00:00:00+0000" };
        await createUser(vault, creation, user);
        await renewUser(vault, user);
        const session = await server.connect({ user: user.name, password: PASSWORD, database: "shop" });
        await session.query(
          owner
            ? "ALTER TABLE app.events ADD COLUMN note text"
            : "INSERT INTO orders DEFAULT VALUES; UPDATE customers SET email = ''; SELECT FROM app.events",
        );
        expect(await verify()).toEqual([]);
        await revokeUser(vault, revocation, user.name);
        await expect(session.query("SELECT")).rejects.toThrow();
        await revokeUser(vault, revocation, user.name);
      }
      await vault.query('CREATE ROLE "v-left-1" LOGIN IN ROLE orders');
      await vault.end();
      await admin.query(
        server.version < 16
          ? 'DROP ROLE "v-left-1"'
          : 'GRANT vault_admin TO CURRENT_USER WITH SET TRUE; SET ROLE vault_admin; DROP ROLE "v-left-1"; RESET ROLE; REVOKE vault_admin FROM CURRENT_USER',
      );
      expect(await verify()).toEqual([]);
    });

    /** The steps of the retirement of a role that the DBA has made, as far as they go. */
    const retire = async (user: string, ownerRole: string) => {
      for (const { name, sql } of retirementSteps({ databaseName: "shop", user, ownerRole })) {
        const failure = await admin.query(sql).catch((error: Error) => error);
        if (failure instanceof Error) {
          await admin.query("ROLLBACK");
          return { step: name, ...failure };
        }
      }
      return undefined;
    };

    test("a static user is retired by whoever may act for it and become who gets its tables, and by nobody else", async () => {
      const options = server.version < 16 ? "" : "WITH INHERIT TRUE, SET TRUE";
      await admin.query(`CREATE ROLE static_user LOGIN; CREATE ROLE heir NOLOGIN; GRANT static_user TO CURRENT_USER ${options};
        GRANT CREATE ON SCHEMA public TO static_user; CREATE TABLE theirs (id serial); ALTER TABLE theirs OWNER TO static_user;
        REVOKE static_user FROM CURRENT_USER`);
      expect(await retire("static_user", "heir")).toMatchObject({
        step: "ownership",
        hint: expect.stringContaining(
          'GRANT "static_user" TO CURRENT_USER WITH INHERIT TRUE, SET TRUE',
        ) as string,
      });
      await admin.query(`GRANT static_user TO CURRENT_USER ${options}`);
      const refusal = {
        step: "ownership",
        hint: expect.stringContaining('GRANT "heir" TO CURRENT_USER') as string,
      };
      expect(await retire("static_user", "heir")).toMatchObject(refusal);
      if (server.version >= 16) {
        // What was enough before the minor releases of November 2026: to have the privileges, not to become it.
        await admin.query("GRANT heir TO CURRENT_USER WITH INHERIT TRUE, SET FALSE");
        expect(await retire("static_user", "heir")).toMatchObject(refusal);
      }
      await admin.query(`GRANT heir TO CURRENT_USER ${options}`);
      expect(await retire("static_user", "heir")).toBeUndefined();
      const { rows } = await admin.query("SELECT tableowner FROM pg_tables WHERE tablename = 'theirs'");
      expect(rows).toEqual([{ tableowner: "heir" }]);
    });
  });
});

describeOnServers("a DBA who is no superuser and lacks something", (binaries) => {
  let server: PostgresServer;
  let superuser: Client;
  let dba: Client;
  let printed: string[];
  beforeAll(async () => {
    server = await startPostgres(binaries);
    const first = await server.connect();
    await first.query(`
      CREATE ROLE providers; GRANT pg_signal_backend TO providers WITH ADMIN OPTION;
      CREATE ROLE dba LOGIN CREATEROLE PASSWORD '${PASSWORD}';
      CREATE ROLE app_owner`);
    await first.query("CREATE DATABASE shop OWNER dba");
    superuser = await server.connect({ database: "shop" });
    dba = await server.connect({ user: "dba", password: PASSWORD, database: "shop" });
    dba.on("notice", ({ severity, message }) => printed.push(`${severity}: ${message}`));
    await dba.query("CREATE TABLE orders (id int)");
    await superuser.query(`CREATE TABLE invoices (id int); ALTER TABLE invoices OWNER TO app_owner`);
  });
  beforeEach(() => (printed = []));
  afterAll(() => server.stop());

  const ORDERS: BootstrapRole["grants"] = [{ tables: ["orders"], privileges: ["SELECT"] }];
  const input = (...roles: BootstrapRole[]): BootstrapInput => ({
    environment: "test",
    connection: "shop",
    databaseName: "shop",
    schema: "public",
    login: "vault_admin",
    postgresVersion: server.version as BootstrapInput["postgresVersion"],
    roles,
  });
  const run = async (session: Client, ...roles: BootstrapRole[]) => {
    const failure = await session.query(renderBootstrapSql(input(...roles))).catch((error: Error) => error);
    if (!(failure instanceof Error)) return [];
    await session.query("ROLLBACK");
    expect(failure.message).toMatch(/^nothing was changed, for whoever runs this may not do all of it/);
    return failure.message.split("\n").slice(1);
  };

  test("is told who may hand on a role of PostgreSQL's own, also where it only could become who may", async () => {
    const lacking = async () => (await run(dba, { name: "orders", grants: ORDERS })).join();
    const told =
      "GRANT pg_signal_backend TO vault_admin WITH INHERIT FALSE, SET TRUE: takes ADMIN OPTION on pg_signal_backend";
    if (server.version >= 16) {
      expect(await lacking()).toBe(`${told}; who has it: providers`);
      await superuser.query("GRANT providers TO dba WITH INHERIT FALSE, SET TRUE");
      expect(await lacking()).toBe(`${told}; who has it: providers`);
      await superuser.query("GRANT providers TO dba WITH INHERIT TRUE");
    }
    expect(printed).toEqual([]);
    expect(await lacking()).toBe("");
    expect(printed).toContain("NOTICE: CREATE ROLE orders NOLOGIN");
  });

  test("is told who takes back what somebody else has granted, everything at once", async () => {
    const declared = { name: "billing", grants: [{ tables: ["invoices"], privileges: ["SELECT"] }] } as const;
    await run(superuser, { name: "orders", grants: ORDERS }, declared);
    await superuser.query(
      "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public GRANT SELECT ON TABLES TO orders; GRANT app_owner TO orders",
    );
    expect(await run(dba, { name: "orders", grants: ORDERS }, { name: "billing", grants: [] })).toEqual([
      "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public REVOKE SELECT ON TABLES FROM orders CASCADE: takes app_owner, who granted it",
      "REVOKE SELECT ON TABLE public.invoices FROM billing CASCADE: takes app_owner, who granted it",
      // Before 16 CREATEROLE takes back every membership.
      ...(server.version < 16
        ? []
        : ["REVOKE app_owner FROM orders CASCADE: takes postgres, who granted it"]),
    ]);
    expect(printed).toEqual([]);
    expect(await run(superuser, { name: "orders", grants: ORDERS }, { name: "billing", grants: [] })).toEqual(
      [],
    );
    expect(await run(dba, { name: "orders", grants: ORDERS }, { name: "billing", grants: [] })).toEqual([]);
  });
});

/** `createrole_self_grant` came with PostgreSQL 16: before that nobody becomes a member by creating a role. */
describeOnServers("a database in which whoever creates a role becomes its member", (binaries) => {
  let server: PostgresServer;
  beforeAll(async () => (server = await startPostgres(binaries)));
  afterAll(() => server.stop());

  test("opens nothing to Vault's login, and what the server did is not foreign and in nobody's way", async () => {
    if (server.version < 16) return;
    const superuser = await server.connect();
    const [rds] = MANAGED_SERVERS;
    if (!rds) throw new Error("no provider");
    await setUpManaged(superuser, rds);
    await superuser.query("ALTER DATABASE shop SET createrole_self_grant = 'set, inherit'");
    const admin = await server.connect({ user: rds.administrator, password: PASSWORD, database: "shop" });
    await admin.query("CREATE TABLE orders (id int)");
    const roles: BootstrapRole[] = [
      { name: "orders", grants: [{ tables: ["orders"], privileges: ["SELECT"] }] },
    ];
    const input = (declared: readonly BootstrapRole[]): BootstrapInput => ({
      environment: "test",
      connection: "shop",
      databaseName: "shop",
      schema: "public",
      login: "vault_admin",
      postgresVersion: server.version as BootstrapInput["postgresVersion"],
      roles: declared,
    });
    await admin.query(renderBootstrapSql(input(roles)));
    await admin.query(`ALTER ROLE vault_admin PASSWORD '${PASSWORD}'`);
    const vault = await server.connect({ user: "vault_admin", password: PASSWORD, database: "shop" });
    const { creation, revocation } = credentialStatements({
      ...{ strategy: "group", roleName: "orders", schema: "public", grants: [], connectionLimit: 5 },
    });
    const user = { name: "v-orders-1", password: PASSWORD, expiration: "2999-01-01 00:00:00+0000" };
    await createUser(vault, creation, user);
    await expect(vault.query("SELECT FROM orders")).rejects.toThrow("permission denied for table orders");
    expect((await admin.query(renderVerificationSql(input(roles)))).rows).toEqual([]);
    await revokeUser(vault, revocation, user.name);

    const notices: string[] = [];
    admin.on("notice", ({ message }) => notices.push(String(message)));
    await admin.query(renderBootstrapSql(input([])));
    expect(notices.join()).toContain("role orders: no longer declared and left without privileges");
  });
});

describeOnServers("a setting of PostgreSQL 19, which this server has not", (binaries) => {
  let server: PostgresServer;
  beforeAll(async () => (server = await startPostgres(binaries)));
  afterAll(() => server.stop());

  const input = (): BootstrapInput => ({
    environment: "test",
    connection: "postgres",
    databaseName: "postgres",
    schema: "public",
    login: "vault_admin",
    postgresVersion: server.version as BootstrapInput["postgresVersion"],
    roles: [],
  });
  /** Another setting of seven days, or of nothing, in its place: what a 19 answers was read, and not run. */
  const inPlace = (sql: string, setting: string) =>
    sql.replaceAll(
      "current_setting('password_expiration_warning_threshold', true)",
      `current_setting('${setting}', true)`,
    );

  test.each([
    ["is not there", "password_expiration_warning_threshold", false],
    ["is 0", "leasehold.threshold_off", false],
    ["is seven days", "leasehold.threshold", true],
  ])("that %s", async (_, setting, warns) => {
    const session = await server.connect();
    const warnings: string[] = [];
    session.on("notice", ({ severity, message }) => severity === "WARNING" && warnings.push(String(message)));
    await session.query("SET leasehold.threshold = '7d'; SET leasehold.threshold_off = '0'");
    await session.query(inPlace(renderBootstrapSql(input()), setting));
    const told = expect.stringContaining(
      "ALTER SYSTEM SET password_expiration_warning_threshold = 0",
    ) as string;
    expect(warnings).toEqual(warns ? [told] : []);
    const { rows } = await session.query(inPlace(renderVerificationSql(input()), setting));
    expect(rows).toEqual(warns ? [{ kind: "expiration-warning", finding: told }] : []);
  });
});

/** Triggers of a login came with PostgreSQL 17. */
describeOnServers("a trigger that warns at each login, in the place of PostgreSQL 19", (binaries) => {
  let server: PostgresServer;
  beforeAll(async () => (server = await startPostgres(binaries)));
  afterAll(() => server.stop());

  test("a client of node-postgres prints nothing of it, and need not be sent it", async () => {
    if (server.version < 17) return;
    const superuser = await server.connect();
    await superuser.query(`
      CREATE FUNCTION warn() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'expires soon'; END $$;
      CREATE EVENT TRIGGER warn ON login EXECUTE FUNCTION warn()`);
    const client = (options: string) =>
      spawnSync(process.execPath, ["--eval", LOGIN, String(server.port), options], { encoding: "utf8" });
    expect(client("")).toMatchObject({ stdout: "1 expires soon\n", stderr: "" });
    expect(client("-c client_min_messages=error")).toMatchObject({ stdout: "1 \n", stderr: "" });
  });
});

/** Prints what a query says and what was noticed, and whatever the library prints by itself. */
const LOGIN = `
  const { Client } = require("pg");
  const [port, options] = process.argv.slice(1);
  const server = { host: "127.0.0.1", port, user: "postgres", password: "superuser", database: "postgres" };
  const client = new Client({ ...server, options });
  const noticed = [];
  client.on("notice", ({ message }) => noticed.push(message));
  client.connect().then(async () => {
    const { rows } = await client.query("SELECT 1 AS one");
    console.log(rows[0].one, noticed.join());
    await client.end();
  });`;

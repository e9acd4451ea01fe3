import {
  renderVerificationSql,
  type BootstrapInput,
  type BootstrapRole,
  type Grant,
  type Pooler,
  type PostgresVersion,
} from "../../lib/postgres";
import { authQuery } from "../../lib/postgres/bootstrap-pooler";
import { describeOnServers, startPostgres, type PostgresServer } from "../support/postgres";
import { CredentialIssuer, TestDatabase } from "../support/postgres-database";

const SCHEMA = "CREATE TABLE orders (id int PRIMARY KEY, total int)";
const GRANTS: Grant[] = [{ tables: ["orders"], privileges: ["SELECT"] }];
/** PostgreSQL's own, by way of PUBLIC. */
const OF_EVERYBODY = ["USAGE ON SCHEMA public"];
const PAST = "2001-01-01 00:00:00+0000";

describeOnServers("the users of a pooler", (binaries) => {
  let server: PostgresServer;
  beforeAll(async () => (server = await startPostgres(binaries)), 60_000);
  afterEach(() => server.endSessions());
  afterAll(() => server.stop());

  let counter = 0;
  interface Pooled {
    readonly database: TestDatabase;
    readonly poolers: readonly Pooler[];
    readonly roles: readonly BootstrapRole[];
    readonly issuer: CredentialIssuer;
    lookUp(name: string): Promise<unknown[]>;
  }

  /** A database in front of which a pooler passes the users of `orders` through, and nobody else's. */
  async function pooled(): Promise<Pooled> {
    const database = await TestDatabase.create(server, SCHEMA);
    const login = `pgbouncer${++counter}`;
    const roles = ["orders", "billing"].map((name) => ({ name: `${name}-${database.name}`, grants: GRANTS }));
    const poolers = [{ login, roles: [`orders-${database.name}`] }];
    await database.bootstrap(roles, { poolers });
    await database.admin.query(`ALTER ROLE ${login} PASSWORD 'asks'`);
    const asking = await server.connect({ user: login, password: "asks", database: database.name });
    return {
      database,
      poolers,
      roles,
      issuer: await issuerOf(database, "orders"),
      lookUp: async (name) => (await asking.query({ text: authQuery(login), values: [name] })).rows,
    };
  }

  async function issuerOf(database: TestDatabase, service: string): Promise<CredentialIssuer> {
    return new CredentialIssuer(database, await database.connectVault(), {
      strategy: "group",
      roleName: `${service}-${database.name}`,
      schema: "public",
      grants: GRANTS,
    });
  }

  async function verified(
    { database, poolers, roles }: Pick<Pooled, "database" | "poolers" | "roles">,
    changes: Partial<BootstrapInput> = {},
  ): Promise<string[]> {
    const input: BootstrapInput = {
      environment: "test",
      connection: database.name,
      databaseName: database.name,
      schema: "public",
      login: database.login,
      postgresVersion: server.version as PostgresVersion,
      roles,
      poolers,
      ...changes,
    };
    const { rows } = await database.admin.query<{ kind: string; finding: string }>(
      renderVerificationSql(input),
    );
    return rows.map(({ kind, finding }) => `${kind}: ${finding}`);
  }

  test("a pooler finds the verifier of a live credential of its services, by a login that may do nothing else", async () => {
    const { database, issuer, poolers, lookUp } = await pooled();
    const live = await issuer.issue();
    const verifier = await database.admin.query<{ rolpassword: string }>(
      "SELECT rolpassword FROM pg_authid WHERE rolname = $1",
      [live.name],
    );
    expect(verifier.rows[0]?.rolpassword).toMatch(/^SCRAM-SHA-256\$4096:/);
    expect(await lookUp(live.name)).toEqual([
      { username: live.name, password: verifier.rows[0]?.rolpassword },
    ]);
    const login = poolers[0]?.login ?? "";
    expect(await database.privilegesOf(login)).toEqual([
      `CONNECT ON DATABASE ${database.name}`,
      `USAGE ON SCHEMA leasehold_${login}`,
      ...OF_EVERYBODY,
    ]);
    await issuer.revoke(live);
    expect(await lookUp(live.name)).toEqual([]);
  });

  test("it finds nobody else: no superuser, not Vault, no other service, nobody whose time is over, and nobody who calls himself so", async () => {
    const { database, issuer, poolers, lookUp } = await pooled();
    const ended = await issuer.issue(PAST);
    const other = await (await issuerOf(database, "billing")).issue();
    const group = `"orders-${database.name}"`;
    await database.admin.query(`
      CREATE ROLE "v-superuser-${database.name}" SUPERUSER LOGIN PASSWORD 'a' VALID UNTIL 'infinity' IN ROLE ${group};
      CREATE ROLE "v-maker-${database.name}" CREATEROLE LOGIN PASSWORD 'a' VALID UNTIL 'infinity' IN ROLE ${group};
      CREATE ROLE "v-for-ever-${database.name}" LOGIN PASSWORD 'a' IN ROLE ${group};
      CREATE ROLE "v-nologin-${database.name}" NOLOGIN PASSWORD 'a' VALID UNTIL 'infinity' IN ROLE ${group};
      CREATE ROLE "by-hand-${database.name}" LOGIN PASSWORD 'a' VALID UNTIL 'infinity' IN ROLE ${group};
      CREATE ROLE "v-alone-${database.name}" LOGIN PASSWORD 'a' VALID UNTIL 'infinity'`);
    const others = ["superuser", "maker", "for-ever", "nologin", "alone"].map(
      (each) => `v-${each}-${database.name}`,
    );
    const nobody = ["postgres", database.login, poolers[0]?.login ?? "", `by-hand-${database.name}`];
    for (const name of [...nobody, ...others, ended.name, other.name, "%", "", "' OR true --"])
      expect([name, await lookUp(name)]).toEqual([name, []]);
  });

  test("nobody but the pooler asks, nothing in somebody's search_path answers in PostgreSQL's place, and it reads no catalog itself", async () => {
    const { database, issuer, poolers, lookUp } = await pooled();
    const live = await issuer.issue();
    const login = poolers[0]?.login ?? "";
    const user = await database.connectUser(live.name);
    await expect(user.query({ text: authQuery(login), values: [live.name] })).rejects.toThrow(
      `permission denied for schema leasehold_${login}`,
    );
    await expect(user.query("SELECT rolpassword FROM pg_authid")).rejects.toThrow("permission denied");
    const asking = await server.connect({ user: login, password: "asks", database: database.name });
    await expect(asking.query("SELECT rolpassword FROM pg_authid")).rejects.toThrow("permission denied");
    await expect(asking.query("SELECT * FROM orders")).rejects.toThrow("permission denied");
    await asking.query("CREATE TEMPORARY TABLE pg_authid (rolname text, rolpassword text)");
    await asking.query("SET search_path = pg_temp, pg_catalog");
    const { rows } = await asking.query<{ username: string }>({
      text: authQuery(login),
      values: [live.name],
    });
    expect(rows.map(({ username }) => username)).toEqual([live.name]);
    expect(await lookUp(live.name)).toHaveLength(1);
  });

  test("a second run changes nothing; a pooler that is declared no longer loses what it had, and its login stays", async () => {
    const { database, roles, poolers, issuer } = await pooled();
    const login = poolers[0]?.login ?? "";
    expect(await database.bootstrap(roles, { poolers })).toEqual([]);
    const live = await issuer.issue();
    const asking = await server.connect({ user: login, password: "asks", database: database.name });
    const more = [{ login, roles: [...(poolers[0]?.roles ?? []), `billing-${database.name}`] }];
    expect(await verified({ database, roles, poolers: more })).toEqual([
      `pooler: CREATE OR REPLACE FUNCTION leasehold_${login}.user_lookup(text)`,
    ]);
    await database.bootstrap(roles, { poolers: more });
    const other = await (await issuerOf(database, "billing")).issue();
    const found = async (name: string) =>
      (await asking.query({ text: authQuery(login), values: [name] })).rowCount;
    expect([await found(live.name), await found(other.name)]).toEqual([1, 1]);

    expect(await verified({ database, roles, poolers: [] })).toEqual([
      `pooler: DROP FUNCTION leasehold_${login}.user_lookup(text)`,
      `pooler: DROP SCHEMA leasehold_${login}`,
      `pooler: REVOKE CONNECT ON DATABASE ${database.name} FROM ${login}`,
    ]);
    await database.bootstrap(roles);
    expect(await database.privilegesOf(login)).toEqual(OF_EVERYBODY);
    await expect(found(live.name)).rejects.toThrow(/does not exist/);
    expect(await verified({ database, roles, poolers: [] })).toEqual([]);
  });

  test("verify-database tells of what is missing, of whom else may ask, and of a login that is more than that", async () => {
    const all = await pooled();
    const { database, poolers, roles } = all;
    const login = poolers[0]?.login ?? "";
    expect(await verified(all)).toEqual([]);
    await database.admin.query(`
      GRANT EXECUTE ON FUNCTION leasehold_${login}.user_lookup(text) TO PUBLIC;
      GRANT CREATE ON SCHEMA leasehold_${login} TO PUBLIC;
      REVOKE USAGE ON SCHEMA leasehold_${login} FROM ${login};
      GRANT "orders-${database.name}" TO ${login};
      ALTER ROLE ${login} CREATEDB`);
    expect(await verified(all)).toEqual(
      expect.arrayContaining([
        `pooler: GRANT USAGE ON SCHEMA leasehold_${login} TO ${login}`,
        `pooler: REVOKE ALL ON FUNCTION leasehold_${login}.user_lookup(text) FROM PUBLIC`,
        `pooler: REVOKE ALL ON SCHEMA leasehold_${login} FROM PUBLIC`,
        expect.stringContaining(`pooler: the pooler's login ${login} can act as "orders-${database.name}"`),
        expect.stringContaining(`pooler: the pooler's login ${login} has more than it needs`),
      ]),
    );
    await expect(database.bootstrap(roles, { poolers })).rejects.toThrow(/has more than it needs/);
    await database.admin.query(
      `REVOKE "orders-${database.name}" FROM ${login}; ALTER ROLE ${login} NOCREATEDB`,
    );
    await database.bootstrap(roles, { poolers });
    expect(await verified(all)).toEqual([]);
    expect(await verified({ ...all, poolers: [{ login: "unmade", roles: [] }] })).toEqual(
      expect.arrayContaining(["missing-role: unmade", "pooler: CREATE SCHEMA leasehold_unmade"]),
    );
  });

  test("a schema of that name that somebody else has made is refused, and nothing is changed", async () => {
    const { database, roles } = await pooled();
    await database.admin.query("CREATE SCHEMA leasehold_foreign");
    const poolers = [{ login: "foreign", roles: [] }];
    await expect(database.bootstrap(roles, { poolers })).rejects.toThrow(
      /schema leasehold_foreign is not marked as a pooler's; if it is handed over/,
    );
    expect(await verified({ database, roles, poolers })).toEqual(
      expect.arrayContaining([expect.stringMatching(/^pooler: schema leasehold_foreign is not marked/)]),
    );
    const other = { environment: "other" };
    await database.admin.query("DROP SCHEMA leasehold_foreign");
    await database.bootstrap(roles, { poolers });
    expect((await verified({ database, roles, poolers }, other)).join("\n")).toMatch(
      /schema leasehold_foreign belongs to another environment/,
    );
  });

  test("whoever may not read pg_authid, as on a managed server, is told so before anything is done", async () => {
    const database = await TestDatabase.create(server, SCHEMA);
    const master = `master${++counter}`;
    await database.admin.query(`CREATE ROLE ${master} LOGIN CREATEROLE PASSWORD 'm';
      GRANT pg_signal_backend TO ${master} WITH ADMIN OPTION;
      ALTER DATABASE ${database.name} OWNER TO ${master}; ALTER TABLE orders OWNER TO ${master}; ALTER SCHEMA public OWNER TO ${master}`);
    await database.admin.query(`SET SESSION AUTHORIZATION ${master}`);
    const roles = [{ name: `orders-${database.name}`, grants: GRANTS }];
    const poolers = [{ login: `pgbouncer${counter}`, roles: [`orders-${database.name}`] }];
    await expect(database.bootstrap(roles, { poolers })).rejects.toThrow(
      /may not do all of it[^]*\nthe users of a pooler: takes SELECT on pg_authid, which a superuser has; a managed server may give it to nobody/,
    );
    await database.admin.query("RESET SESSION AUTHORIZATION");
    const { rows } = await database.admin.query("SELECT FROM pg_roles WHERE rolname = $1", [roles[0]?.name]);
    expect(rows).toEqual([]);
  });
});

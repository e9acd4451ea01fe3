import { renderBootstrapSql, type BootstrapRole, type Grant } from "../../lib/postgres";
import { describeOnServers, startPostgres, type PostgresServer } from "../support/postgres";
import { CredentialIssuer, TestDatabase } from "../support/postgres-database";

/** Every kind of number source, and a view. */
const SHOP = `
  CREATE TABLE customers (id integer GENERATED ALWAYS AS IDENTITY, email text, address text);
  CREATE TABLE orders (id serial, customer integer, total numeric);
  CREATE SEQUENCE invoice_number;
  CREATE TABLE invoices (id bigint DEFAULT nextval('invoice_number'), total numeric);
  CREATE TABLE payroll (id serial, salary numeric);
  CREATE VIEW totals AS SELECT sum(total) FROM orders;`;

const GRANTS: readonly Grant[] = [
  { tables: ["orders", "invoices"], privileges: ["SELECT", "INSERT"] },
  { tables: ["totals"], privileges: ["SELECT"] },
  { tables: ["customers"], columns: ["id", "email"], privileges: ["SELECT"] },
];

/** What {@link GRANTS} come to in a database, as the server answers. */
const HELD = (database: TestDatabase) => [
  `CONNECT ON DATABASE ${database.name}`,
  "INSERT ON TABLE public.invoices",
  "INSERT ON TABLE public.orders",
  "SELECT (email) ON TABLE public.customers",
  "SELECT (id) ON TABLE public.customers",
  "SELECT ON TABLE public.invoices",
  "SELECT ON TABLE public.orders",
  "SELECT ON TABLE public.totals",
  "USAGE ON SCHEMA public",
  "USAGE ON SEQUENCE public.invoice_number",
  "USAGE ON SEQUENCE public.orders_id_seq",
];

const UNLIKE_DECLARED = "nothing was changed, for the result would not be what is declared:\n";

const markOf = (name: string) => JSON.stringify({ environment: "test", connection: name, database: name });

const roleOf = ({ name }: TestDatabase, grants: readonly Grant[] = GRANTS): BootstrapRole => ({
  name: `orders-${name}`,
  grants,
});

describeOnServers("bootstrap SQL", (binaries) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(binaries);
  });
  afterAll(async () => server.stop());

  /** A database with a bootstrapped role, ready for somebody to tamper with. */
  const bootstrapped = async (...statements: string[]) => {
    const database = await TestDatabase.create(server, SHOP, ...statements);
    const role = roleOf(database);
    await database.bootstrap([role]);
    return { database, role, admin: database.admin, group: `"${role.name}"` };
  };

  it("gives the group role and its credentials exactly what is declared, and prints each step", async () => {
    const database = await TestDatabase.create(server, SHOP);
    const role = roleOf(database);
    const { name, login } = database;
    expect(await database.bootstrap([role])).toEqual(
      [
        `CREATE ROLE "orders-${name}" NOLOGIN`,
        `CREATE ROLE ${login} LOGIN CREATEROLE NOINHERIT`,
        ...(server.version < 16 ? [] : [`ALTER ROLE ${login} SET createrole_self_grant = ''`]),
        `COMMENT ON ROLE "orders-${name}" IS 'leasehold: what one service may do ${markOf(name)}'`,
        `COMMENT ON ROLE ${login} IS 'leasehold: login of Vault ${markOf(name)}'`,
        ...(server.version < 16
          ? [`GRANT "orders-${name}" TO ${login} WITH ADMIN OPTION`, `GRANT pg_signal_backend TO ${login}`]
          : [
              `GRANT "orders-${name}" TO ${login} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`,
              `GRANT pg_signal_backend TO ${login} WITH INHERIT FALSE, SET TRUE`,
            ]),
        `GRANT CONNECT ON DATABASE ${name} TO "orders-${name}"`,
        `GRANT CONNECT ON DATABASE ${name} TO ${login}`,
        ...HELD(database)
          .slice(1)
          .map((held) => `GRANT ${held} TO "orders-${name}"`),
        `REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`,
      ].map((change) => `NOTICE: ${change}`),
    );
    expect(await database.privilegesOf(role.name)).toEqual(HELD(database));

    const issuer = new CredentialIssuer(database, await database.connectVault(), {
      strategy: "group",
      roleName: role.name,
      schema: "public",
      grants: role.grants,
    });
    expect(await database.privilegesOf((await issuer.issue()).name)).toEqual(HELD(database));
  });

  it("changes nothing when it runs again", async () => {
    const { database, role } = await bootstrapped("CREATE ROLE again_owner", "CREATE SCHEMA archive");
    const grants: readonly Grant[] = [
      ...role.grants,
      { allTablesOwnedBy: "again_owner", privileges: ["INSERT"], schema: "archive", reason: "it archives" },
    ];
    await database.bootstrap([{ ...role, grants }]);
    const catalogs = ["pg_class", "pg_attribute", "pg_namespace", "pg_database", "pg_authid"];
    const rows = [...catalogs, "pg_auth_members", "pg_default_acl", "pg_shdescription"]
      .map((catalog) => `SELECT '${catalog}', ctid::text, xmin::text FROM ${catalog}`)
      .join(" UNION ALL ");
    // The login's password is set again by the test itself.
    const select = `SELECT * FROM (${rows}) AS all_rows (catalog, place, version)
      WHERE NOT (catalog = 'pg_authid' AND place =
        (SELECT ctid::text FROM pg_authid WHERE rolname = '${database.login}')) ORDER BY 1, 2`;
    const before = (await database.admin.query(select)).rows;
    expect(await database.bootstrap([{ ...role, grants }])).toEqual([]);
    expect((await database.admin.query(select)).rows).toEqual(before);
  });

  it("takes a grant that is no longer declared from a live credential too", async () => {
    const { database, role, group } = await bootstrapped();
    const vault = await database.connectVault();
    const issuer = new CredentialIssuer(database, vault, {
      strategy: "group",
      schema: "public",
      roleName: role.name,
      grants: role.grants,
    });
    const session = await database.connectUser((await issuer.issue()).name);
    await session.query("INSERT INTO orders (total) VALUES (1)");

    const printed = await database.bootstrap([
      roleOf(database, [{ tables: ["orders"], privileges: ["SELECT"] }]),
    ]);

    expect(printed).toEqual(
      [
        "INSERT ON TABLE public.invoices",
        "INSERT ON TABLE public.orders",
        "SELECT (email) ON TABLE public.customers",
        "SELECT (id) ON TABLE public.customers",
        "SELECT ON TABLE public.invoices",
        "SELECT ON TABLE public.totals",
        "USAGE ON SEQUENCE public.invoice_number",
        "USAGE ON SEQUENCE public.orders_id_seq",
      ].map((held) => `NOTICE: REVOKE ${held} FROM ${group} CASCADE`),
    );
    await session.query("SELECT * FROM orders");
    await expect(session.query("INSERT INTO orders (total) VALUES (1)")).rejects.toThrow(
      "permission denied for table orders",
    );
  });

  it("replaces a whole table by some of its columns", async () => {
    const { database, role } = await bootstrapped();
    const columns: Grant = { tables: ["orders"], columns: ["id"], privileges: ["SELECT"] };
    await database.bootstrap([roleOf(database, [{ tables: ["orders"], privileges: ["SELECT"] }])]);
    await database.bootstrap([roleOf(database, [columns])]);
    expect(await database.privilegesOf(role.name)).toEqual([
      `CONNECT ON DATABASE ${database.name}`,
      "SELECT (id) ON TABLE public.orders",
      "USAGE ON SCHEMA public",
    ]);
  });

  it("takes away whatever else somebody has granted, and prints it as the statement it runs", async () => {
    const { database, role, admin, group } = await bootstrapped("CREATE SCHEMA archive");
    await admin.query(`CREATE ROLE extra_owner_${database.name}; CREATE ROLE extra_reader_${database.name}`);
    const extra: [granted: string, revoked: string][] = [
      [
        `ALTER DEFAULT PRIVILEGES FOR ROLE extra_owner_${database.name} GRANT SELECT ON TABLES TO ${group}`,
        "",
      ],
      [
        `ALTER DEFAULT PRIVILEGES FOR ROLE extra_owner_${database.name} IN SCHEMA archive GRANT ALL ON FUNCTIONS TO ${group}`,
        "",
      ],
      [`GRANT extra_reader_${database.name} TO ${group}`, ""],
      [`GRANT CREATE ON DATABASE ${database.name} TO ${group}`, ""],
      [`GRANT USAGE ON SCHEMA archive TO ${group}`, ""],
      [`GRANT SELECT ON SEQUENCE public.invoice_number TO ${group}`, ""],
      [`GRANT UPDATE (address) ON TABLE public.customers TO ${group}`, ""],
      [`GRANT TRUNCATE ON TABLE public.payroll TO ${group}`, ""],
    ];
    for (const [statement] of extra) await admin.query(statement);
    await admin.query(`GRANT SELECT ON TABLE orders TO ${group} WITH GRANT OPTION`);
    const { name } = database;
    expect(await database.bootstrap([role])).toEqual(
      [
        `ALTER DEFAULT PRIVILEGES FOR ROLE extra_owner_${name} IN SCHEMA archive REVOKE EXECUTE ON FUNCTIONS FROM ${group} CASCADE`,
        `ALTER DEFAULT PRIVILEGES FOR ROLE extra_owner_${name} REVOKE SELECT ON TABLES FROM ${group} CASCADE`,
        `REVOKE CREATE ON DATABASE ${name} FROM ${group} CASCADE`,
        `REVOKE GRANT OPTION FOR SELECT ON TABLE public.orders FROM ${group} CASCADE`,
        `REVOKE SELECT ON SEQUENCE public.invoice_number FROM ${group} CASCADE`,
        `REVOKE TRUNCATE ON TABLE public.payroll FROM ${group} CASCADE`,
        `REVOKE UPDATE (address) ON TABLE public.customers FROM ${group} CASCADE`,
        `REVOKE USAGE ON SCHEMA archive FROM ${group} CASCADE`,
        `REVOKE extra_reader_${name} FROM ${group} CASCADE`,
      ].map((change) => `NOTICE: ${change}`),
    );
    expect(await database.privilegesOf(role.name)).toEqual(HELD(database));
  });

  it("grants what an owner creates later, and the sequences with INSERT", async () => {
    const database = await TestDatabase.create(server, SHOP);
    const owner = `owner_${database.name}`;
    await database.admin.query(`CREATE ROLE ${owner}; CREATE SCHEMA app AUTHORIZATION ${owner};
      SET ROLE ${owner}; CREATE TABLE app.before (id serial); RESET ROLE;
      CREATE TABLE app.of_another (id serial)`);
    const role = roleOf(database, [
      {
        allTablesOwnedBy: owner,
        schema: "app",
        privileges: ["SELECT", "INSERT"],
        reason: "line\nDROP TABLE orders;",
      },
    ]);
    await database.bootstrap([role]);
    await database.admin.query(`SET ROLE ${owner}; CREATE TABLE app.later (id serial); RESET ROLE`);
    expect(await database.bootstrap([role])).toEqual([]);
    expect(await database.privilegesOf(role.name)).toEqual([
      `CONNECT ON DATABASE ${database.name}`,
      "INSERT ON TABLE app.before",
      "INSERT ON TABLE app.later",
      "SELECT ON TABLE app.before",
      "SELECT ON TABLE app.later",
      "USAGE ON SCHEMA app",
      "USAGE ON SCHEMA public",
      "USAGE ON SEQUENCE app.before_id_seq",
      "USAGE ON SEQUENCE app.later_id_seq",
    ]);
  });

  it("names everything that is declared but missing, and leaves nothing behind", async () => {
    const database = await TestDatabase.create(server, SHOP);
    const role = roleOf(database, [
      { tables: ["orders", "ordres"], privileges: ["SELECT"] },
      { tables: ["customers"], columns: ["id", "mail"], privileges: ["SELECT"] },
      { tables: ["orders"], schema: "shop", privileges: ["SELECT"] },
      { tables: ["orders_id_seq"], privileges: ["SELECT"] },
      { allTablesOwnedBy: "Nobody", privileges: ["SELECT"], reason: "it reports on everything" },
    ]);
    await expect(database.bootstrap([role])).rejects.toThrow(
      [
        "declared, but not in this database:",
        "column public.customers.mail",
        'role "Nobody"',
        "schema shop",
        "table public.orders_id_seq",
        "table public.ordres",
        "table shop.orders",
      ].join("\n"),
    );
    const { rows } = await database.admin.query("SELECT FROM pg_roles WHERE rolname IN ($1, $2)", [
      role.name,
      database.login,
    ]);
    expect(rows).toEqual([]);
  });

  it("is refused by a server of the other form and by another database", async () => {
    const database = await TestDatabase.create(server, SHOP);
    const [postgresVersion, versions] =
      server.version < 16 ? ([16, "16 and later"] as const) : ([15, "14 and 15"] as const);
    await expect(database.bootstrap([roleOf(database)], { postgresVersion })).rejects.toThrow(
      new RegExp(`^this script is for PostgreSQL ${versions}, and the server is ${server.version}\\.`),
    );
    await expect(database.bootstrap([roleOf(database)], { databaseName: "store" })).rejects.toThrow(
      `this script is for the database store, and this is ${database.name}`,
    );
  });

  it("leaves a role that is no longer declared without privileges, and says how to drop it", async () => {
    const { database, role, admin, group } = await bootstrapped();
    const billing = { name: `billing-${database.name}`, grants: role.grants };
    await database.bootstrap([role, billing]);
    const vault = await database.connectVault();
    const issuer = new CredentialIssuer(database, vault, {
      strategy: "group",
      schema: "public",
      roleName: role.name,
      grants: role.grants,
    });
    const { name } = await issuer.issue();
    const hint = `NOTICE: role ${role.name}: no longer declared and left without privileges; once Vault issues no credential of it: DROP ROLE ${group};`;

    expect(await database.bootstrap([billing])).toEqual([
      `NOTICE: role ${role.name}: no longer declared, and left as it is, for it is in use by 1, such as "${name}"; ` +
        `to retire it all the same: npx leasehold bootstrap-sql test ${database.name} --retire ${role.name}`,
    ]);
    expect(await database.privilegesOf(name)).toEqual(HELD(database));

    expect(await database.bootstrap([billing], { retire: [role.name] })).toEqual([
      hint,
      ...HELD(database).map((held) => `NOTICE: REVOKE ${held} FROM ${group} CASCADE`),
    ]);
    for (const held of [role.name, name]) {
      expect(await database.privilegesOf(held)).toEqual(["USAGE ON SCHEMA public"]);
    }
    expect(await database.privilegesOf(billing.name)).toEqual(HELD(database));

    expect(await database.bootstrap([billing], { retire: [role.name] })).toEqual([hint]);
    await admin.query(`DROP ROLE ${group}`);
    expect(await database.bootstrap([billing])).toEqual([]);
  });

  it("leaves the group roles of other databases alone", async () => {
    const { database: other, role } = await bootstrapped();
    const { database, role: own } = await bootstrapped();
    expect(await database.bootstrap([own], { login: database.login })).toEqual([]);
    expect(await other.privilegesOf(role.name)).toEqual(HELD(other));
  });

  it("accepts that a database has no services", async () => {
    const { database, role } = await bootstrapped();
    await database.bootstrap([]);
    expect(await database.privilegesOf(role.name)).toEqual(["USAGE ON SCHEMA public"]);
  });

  it("lets nobody connect who is not granted it, and says who that shuts out", async () => {
    const database = await TestDatabase.create(server, SHOP, "GRANT CREATE ON SCHEMA public TO PUBLIC");
    const bystander = `bystander_${database.name}`;
    await database.admin.query(`CREATE ROLE ${bystander} LOGIN PASSWORD 'correct horse'`);
    await (await database.connectUser(bystander)).end();
    await database.left(bystander);
    const printed = await database.bootstrap([roleOf(database)]);
    expect(printed.slice(-3)).toEqual([
      `NOTICE: REVOKE CONNECT ON DATABASE ${database.name} FROM PUBLIC`,
      expect.stringMatching(
        new RegExp(
          `^WARNING: no longer able to connect, until granted CONNECT ON DATABASE ${database.name}: .*${bystander}`,
        ),
      ),
      "NOTICE: REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    ]);
    await expect(database.connectUser(bystander)).rejects.toThrow(
      `permission denied for database "${database.name}"`,
    );
  });

  it("leaves users on static passwords what PUBLIC gave them, and nobody else", async () => {
    const database = await TestDatabase.create(server, SHOP, "GRANT CREATE ON SCHEMA public TO PUBLIC");
    const { admin, name } = database;
    const [used, unused] = [`${name}_legacy`, `${name}_unused`];
    await admin.query(`CREATE ROLE ${used} LOGIN; CREATE ROLE ${unused} LOGIN`);
    const staticUsers = [used, `${name}_not_there`];
    const printed = await database.bootstrap([roleOf(database)], { staticUsers });
    expect(printed.filter((line) => line.includes(`TO ${used}`))).toEqual([
      `NOTICE: GRANT CONNECT ON DATABASE ${name} TO ${used}`,
      `NOTICE: GRANT CREATE ON SCHEMA public TO ${used}`,
    ]);
    const { rows } = await admin.query<{ rolname: string }>(
      "SELECT rolname FROM pg_roles WHERE rolname = ANY ($1) AND has_database_privilege(oid, $2, 'CONNECT')",
      [[used, unused], name],
    );
    expect(rows).toEqual([{ rolname: used }]);
    expect(await database.bootstrap([roleOf(database)], { staticUsers })).toEqual([]);
  });

  it("warns of tables that PUBLIC may read", async () => {
    const { database, role, admin } = await bootstrapped();
    await admin.query("GRANT SELECT ON payroll TO PUBLIC; GRANT UPDATE (email) ON customers TO PUBLIC");
    expect(await database.bootstrap([role])).toEqual([
      "WARNING: every credential has this too, by way of PUBLIC:\n" +
        "SELECT ON TABLE public.payroll\nUPDATE (email) ON TABLE public.customers",
    ]);
  });

  it("gives Vault's login no data, neither by itself nor by the groups it manages", async () => {
    const { database, role } = await bootstrapped();
    expect(await database.privilegesOf(database.login)).toEqual([
      `CONNECT ON DATABASE ${database.name}`,
      "USAGE ON SCHEMA public",
    ]);
    const vault = await database.connectVault();
    await expect(vault.query("SELECT * FROM orders")).rejects.toThrow("permission denied for table orders");
    if (server.version >= 16) {
      await expect(vault.query(`SET ROLE "${role.name}"`)).rejects.toThrow(
        `permission denied to set role "${role.name}"`,
      );
    }
  });

  it("repairs a login and memberships that are wider than needed", async () => {
    const { database, role, admin, group } = await bootstrapped();
    const { login } = database;
    await admin.query(`ALTER ROLE ${login} INHERIT`);
    const widened = server.version >= 16;
    if (widened) await admin.query(`GRANT ${group} TO ${login} WITH INHERIT TRUE, SET TRUE`);
    expect(await database.bootstrap([role])).toEqual([
      `NOTICE: ALTER ROLE ${login} LOGIN CREATEROLE NOINHERIT`,
      ...(widened ? [`NOTICE: GRANT ${group} TO ${login} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`] : []),
    ]);
    expect(await database.privilegesOf(login)).not.toContain("SELECT ON TABLE public.orders");
  });

  it("changes nothing where it refuses", async () => {
    const { database, role, admin, group } = await bootstrapped();
    await admin.query(`ALTER ROLE ${group} LOGIN`);
    const lessOf = roleOf(database, [{ tables: ["orders"], privileges: ["SELECT"] }]);
    await expect(database.bootstrap([lessOf])).rejects.toThrow(UNLIKE_DECLARED);
    expect(await database.privilegesOf(role.name)).toEqual(HELD(database));
  });

  describe("refuses when", () => {
    const refusals: [
      title: string,
      statements: (names: Names) => string,
      finding: (names: Names) => string,
    ][] = [
      [
        "another role granted what is not declared",
        ({ group, name }) => `CREATE ROLE granter_${name}; GRANT USAGE ON SCHEMA public TO granter_${name};
          GRANT SELECT ON payroll TO granter_${name} WITH GRANT OPTION;
          SET ROLE granter_${name}; GRANT SELECT ON payroll TO ${group}; RESET ROLE`,
        ({ group, name }) =>
          `not declared, and revoked only by a session of granter_${name}: REVOKE SELECT ON TABLE public.payroll FROM ${group}`,
      ],
      [
        "the group role can log in",
        ({ group }) => `ALTER ROLE ${group} LOGIN`,
        ({ group }) =>
          `group role ${group} can log in or has attributes; if it is no other role by mistake: ` +
          `ALTER ROLE ${group} NOLOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS`,
      ],
      [
        "the group role owns something",
        ({ group }) => `ALTER VIEW totals OWNER TO ${group}`,
        ({ group }) => `group role ${group} owns view public.totals`,
      ],
      [
        "Vault's login has attributes that it does not need",
        ({ login }) => `ALTER ROLE ${login} BYPASSRLS`,
        ({ login }) =>
          `Vault's login ${login} has more than it needs; if it is no other role by mistake: ` +
          `ALTER ROLE ${login} NOSUPERUSER NOCREATEDB NOREPLICATION NOBYPASSRLS`,
      ],
      [
        "Vault's login may read a table",
        ({ login }) => `GRANT SELECT ON payroll TO ${login}`,
        ({ login }) => `Vault's login ${login} holds privileges on table public.payroll`,
      ],
      [
        "Vault's login owns something",
        ({ login }) => `CREATE SCHEMA hoard AUTHORIZATION ${login}`,
        ({ login }) => `Vault's login ${login} owns schema hoard`,
      ],
      [
        "Vault's login can act as a role that reads data",
        ({ login }) => `GRANT pg_read_all_data TO ${login}`,
        ({ login }) =>
          `Vault's login ${login} can act as pg_read_all_data: REVOKE pg_read_all_data FROM ${login}`,
      ],
    ];
    type Names = Record<"name" | "login" | "group", string>;

    let shared: Awaited<ReturnType<typeof bootstrapped>>;
    beforeAll(async () => {
      shared = await bootstrapped();
    });

    it.each(refusals)("%s", async (_title, statements, finding) => {
      const { database, role, admin, group } = shared;
      const names = { name: database.name, login: database.login, group };
      // In one transaction with the script, so that the refusal takes these statements back as well.
      await admin.query(`BEGIN; ${statements(names)}`);
      await expect(database.bootstrap([role])).rejects.toThrow(`${UNLIKE_DECLARED}${finding(names)}`);
    });

    it("a role that is no superuser runs it", async () => {
      const { database, role, admin } = await bootstrapped();
      const weak = `weak_${database.name}`;
      await admin.query(`CREATE ROLE ${weak} LOGIN PASSWORD 'correct horse'; GRANT CONNECT ON DATABASE ${database.name} TO ${weak};
        GRANT SELECT ON payroll TO ${weak}`);
      const session = await database.connectUser(weak);
      const grants: readonly Grant[] = [...role.grants, { tables: ["payroll"], privileges: ["SELECT"] }];
      const { name: databaseName, login } = database;
      const postgresVersion = server.version < 16 ? 15 : 18;
      const script = renderBootstrapSql({
        environment: "test",
        connection: databaseName,
        databaseName,
        schema: "public",
        login,
        postgresVersion,
        roles: [{ ...role, grants }],
      });
      await expect(session.query(script)).rejects.toThrow(
        `GRANT SELECT ON TABLE public.payroll: takes its owner, postgres`,
      );
    });
  });

  it("runs no function or operator that others have put into the superuser's way", async () => {
    const database = await TestDatabase.create(
      server,
      SHOP,
      "CREATE TABLE caught (caught text)",
      `CREATE FUNCTION format(text, text, text, text) RETURNS text LANGUAGE sql AS $$ INSERT INTO caught VALUES ($1) RETURNING '' $$`,
      `CREATE FUNCTION quote_ident(name) RETURNS text LANGUAGE sql AS $$ INSERT INTO caught VALUES ($1) RETURNING '' $$`,
    );
    await database.admin.query("SET search_path = public, pg_catalog");
    await database.bootstrap([roleOf(database)]);
    expect((await database.admin.query("SELECT * FROM caught")).rows).toEqual([]);
  });
});

import type { Client } from "pg";
import {
  credentialStatements,
  quoteIdentifier,
  renderVerificationSql,
  type BootstrapInput,
  type BootstrapRole,
  type Grant,
} from "../../lib/postgres";
import {
  quoteSignature,
  readSignature,
  SIGNATURE_OF_FUNCTION,
  signatureText,
} from "../../lib/postgres/signatures";
import { missingGrantsSql } from "../../lib/service/pod/shadow-check";
import { describeOnServers, startPostgres, type PostgresServer } from "../support/postgres";
import { CredentialIssuer, TestDatabase } from "../support/postgres-database";

const SCHEMA = `
  CREATE TABLE orders (id serial, total int); CREATE SEQUENCE order_number; CREATE SEQUENCE "Odd.Numbers";
  CREATE SCHEMA app; CREATE SEQUENCE app.numbers; CREATE TYPE app.mood AS ENUM ('good', 'bad'); CREATE TYPE "Mixed" AS (a int);
  CREATE FUNCTION reserve_stock(integer, text) RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION reserve_stock(integer) RETURNS int LANGUAGE sql AS 'SELECT 2';
  CREATE FUNCTION every_type(numeric(10, 2), varchar(20), timestamptz, double precision, "char", bool[], bit(3), "Mixed", app.mood[])
    RETURNS int LANGUAGE sql AS 'SELECT 3';
  CREATE FUNCTION app.feels(app.mood, VARIADIC text[]) RETURNS int LANGUAGE sql AS 'SELECT 4';
  CREATE AGGREGATE app.longest(text) (SFUNC = textcat, STYPE = text);
  CREATE PROCEDURE app.close_day(date) LANGUAGE sql AS '';
  REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA public, app FROM PUBLIC;
  CREATE VIEW totals AS SELECT id FROM orders; CREATE MATERIALIZED VIEW sums AS SELECT id FROM orders;
  CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
  CREATE FOREIGN TABLE remote (id int) SERVER nowhere;
  CREATE TABLE events (day int) PARTITION BY LIST (day);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1); CREATE TABLE events_2 PARTITION OF events FOR VALUES IN (2);
  CREATE DOMAIN amount AS int`;

const OBJECTS: Grant[] = [
  { sequences: ["order_number"], privileges: ["USAGE"] },
  {
    sequences: ["Odd.Numbers"],
    privileges: ["SELECT", "UPDATE"],
    literalNames: { reason: "an import made it" },
  },
  { sequences: ["numbers"], schema: "app", privileges: ["USAGE", "SELECT"] },
  { functions: ["reserve_stock(int, text)"], privileges: ["EXECUTE"] },
  {
    functions: [
      'every_type(numeric, varchar, timestamptz, float8, "char", boolean[], bit, "Mixed", app.mood[])',
    ],
    privileges: ["EXECUTE"],
  },
  {
    functions: ["feels(mood, text[])", "close_day(date)", "longest(text)"],
    schema: "app",
    privileges: ["EXECUTE"],
  },
];
const TEMPORARY: Grant = { database: ["TEMPORARY"] };
const RELATIONS: Grant = { tables: ["totals", "sums", "remote", "events"], privileges: ["SELECT"] };

const HELD = [
  "EXECUTE ON FUNCTION app.close_day(date)",
  "EXECUTE ON FUNCTION app.feels(app.mood,text[])",
  "EXECUTE ON FUNCTION app.longest(text)",
  'EXECUTE ON FUNCTION every_type(numeric,character varying,timestamp with time zone,double precision,"char",boolean[],bit,"Mixed",app.mood[])',
  "EXECUTE ON FUNCTION reserve_stock(integer,text)",
  'SELECT ON "Odd.Numbers"',
  "SELECT ON app.numbers",
  'UPDATE ON "Odd.Numbers"',
  "USAGE ON SCHEMA app",
  "USAGE ON SCHEMA public",
  "USAGE ON app.numbers",
  "USAGE ON order_number",
];
const SELECTS = ["events", "remote", "sums", "totals"].map((name) => `SELECT ON ${name}`);

/** Every entry of an access list that names a role, whatever it is on, as the catalogs have it. */
const ACCESS = `
  SELECT privilege_type || ' ON ' || oid::regclass AS held FROM pg_class, aclexplode(relacl) WHERE grantee = $1::regrole
  UNION SELECT privilege_type || ' ON FUNCTION ' || oid::regprocedure FROM pg_proc, aclexplode(proacl) WHERE grantee = $1::regrole
  UNION SELECT privilege_type || ' ON SCHEMA ' || nspname FROM pg_namespace, aclexplode(nspacl) WHERE grantee = $1::regrole
  UNION SELECT privilege_type || ' ON DATABASE' FROM pg_database, aclexplode(datacl) WHERE grantee = $1::regrole AND datname = current_database()
  UNION SELECT privilege_type || ' ON TYPE ' || oid::regtype FROM pg_type, aclexplode(typacl) WHERE grantee = $1::regrole
  UNION SELECT privilege_type || ' ON LANGUAGE ' || lanname FROM pg_language, aclexplode(lanacl) WHERE grantee = $1::regrole
  UNION SELECT privilege_type || ' ON SERVER ' || srvname FROM pg_foreign_server, aclexplode(srvacl) WHERE grantee = $1::regrole
  UNION SELECT privilege_type || ' ON WRAPPER ' || fdwname FROM pg_foreign_data_wrapper, aclexplode(fdwacl) WHERE grantee = $1::regrole
  UNION SELECT privilege_type || ' ON LARGE OBJECT ' || oid FROM pg_largeobject_metadata, aclexplode(lomacl) WHERE grantee = $1::regrole
  UNION SELECT privilege_type || ' ON TABLESPACE ' || spcname FROM pg_tablespace, aclexplode(spcacl) WHERE grantee = $1::regrole
  ORDER BY 1`;

describeOnServers("objects beside tables", (binaries) => {
  let server: PostgresServer;
  beforeAll(async () => void (server = await startPostgres(binaries)));
  afterEach(() => server.endSessions());
  afterAll(() => server.stop());

  const held = async (admin: Client, role: string) =>
    (await admin.query<{ held: string }>(ACCESS, [quoteIdentifier(role)])).rows.map((row) => row.held);

  async function bootstrapped(grants: readonly Grant[], ...more: string[]) {
    const database = await TestDatabase.create(server, SCHEMA, ...more);
    const role: BootstrapRole = { name: `orders-${database.name}`, grants };
    await database.bootstrap([role]);
    return { database, role, admin: database.admin, group: role.name };
  }

  async function verified(database: TestDatabase, ...roles: BootstrapRole[]): Promise<string[]> {
    const { name: databaseName, login, admin } = database;
    const postgresVersion = server.version as BootstrapInput["postgresVersion"];
    const input = { environment: "test", connection: databaseName, databaseName, schema: "public", login, postgresVersion, roles }; // prettier-ignore
    await admin.query("BEGIN; SET LOCAL search_path = pg_catalog, pg_temp");
    try {
      const { rows } = await admin.query<{ kind: string; finding: string }>(renderVerificationSql(input));
      return rows.map(({ kind, finding }) => `${kind}: ${finding}`);
    } finally {
      await admin.query("ROLLBACK");
    }
  }

  async function issued(database: TestDatabase, group: string) {
    const vault = await database.connectVault();
    const issuer = new CredentialIssuer(database, vault, {
      strategy: "group",
      roleName: group,
      schema: "public",
      grants: [],
    });
    const user = await issuer.issue();
    return { issuer, user, session: await database.connectUser(user.name) };
  }

  it("are granted to the group role as they are declared, once, and used by a credential", async () => {
    const { database, role, admin, group } = await bootstrapped([...OBJECTS, TEMPORARY, RELATIONS]);
    expect(await held(admin, group)).toEqual(
      [...HELD, ...SELECTS, "CONNECT ON DATABASE", "TEMPORARY ON DATABASE"].sort(),
    );
    expect(await database.bootstrap([role])).toEqual([]);
    await admin.query(`REVOKE TEMPORARY ON DATABASE ${database.name} FROM PUBLIC`);
    expect(await verified(database, role)).toEqual([]);
    const { session, issuer, user } = await issued(database, group);
    await session.query("SELECT nextval('order_number'), setval('\"Odd.Numbers\"', 5)");
    await session.query("SELECT reserve_stock(1, 'a'), app.feels('good', 'x'), app.longest('x')");
    await session.query("CALL app.close_day('2026-01-01')");
    await session.query("CREATE TEMPORARY TABLE mine (id int)");
    await session.query("SELECT * FROM totals; SELECT * FROM sums; SELECT * FROM events");
    await expect(session.query("SELECT reserve_stock(1)")).rejects.toThrow("permission denied for function");
    await expect(session.query("SELECT * FROM events_1")).rejects.toThrow("permission denied for table");
    await expect(session.query("SELECT nextval('orders_id_seq')")).rejects.toThrow("permission denied");
    await issuer.revoke(user);
    expect((await admin.query("SELECT FROM pg_roles WHERE rolname = $1", [user.name])).rows).toEqual([]);
  });

  it("are taken away when they are declared no longer", async () => {
    const { database, admin, group } = await bootstrapped([...OBJECTS, TEMPORARY, RELATIONS]);
    const printed = await database.bootstrap([
      { name: group, grants: [{ tables: ["orders"], privileges: ["SELECT"] }] },
    ]);
    expect(await held(admin, group)).toEqual([
      "CONNECT ON DATABASE",
      "SELECT ON orders",
      "USAGE ON SCHEMA public",
    ]);
    expect(printed).toEqual(
      expect.arrayContaining([
        `NOTICE: REVOKE EXECUTE ON PROCEDURE app.close_day(date) FROM "${group}" CASCADE`,
        `NOTICE: REVOKE EXECUTE ON FUNCTION public.reserve_stock(integer, text) FROM "${group}" CASCADE`,
        `NOTICE: REVOKE USAGE ON SEQUENCE public.order_number FROM "${group}" CASCADE`,
        `NOTICE: REVOKE TEMPORARY ON DATABASE ${database.name} FROM "${group}" CASCADE`,
        `NOTICE: REVOKE SELECT ON TABLE public.remote FROM "${group}" CASCADE`,
      ]),
    );
  });

  it("that somebody granted by hand are taken away, whatever they are, and stop no other service", async () => {
    const { database, role, admin, group } = await bootstrapped([RELATIONS]);
    const before = await held(admin, group);
    const parameter = server.version < 16 ? "" : `GRANT SET ON PARAMETER work_mem TO "${group}";`;
    await admin.query(`GRANT EXECUTE ON FUNCTION reserve_stock(integer), app.longest(text), pg_catalog.pg_ls_logdir() TO "${group}";
      GRANT EXECUTE ON PROCEDURE app.close_day(date) TO "${group}" WITH GRANT OPTION;
      GRANT USAGE ON TYPE app.mood, "Mixed" TO "${group}"; GRANT USAGE ON DOMAIN amount TO "${group}";
      GRANT USAGE ON LANGUAGE plpgsql TO "${group}"; GRANT USAGE ON FOREIGN DATA WRAPPER nothing TO "${group}";
      GRANT USAGE ON FOREIGN SERVER nowhere TO "${group}"; GRANT CREATE ON TABLESPACE pg_default TO "${group}"; ${parameter}
      SELECT lo_create(4711); GRANT SELECT ON LARGE OBJECT 4711 TO "${group}";
      GRANT SELECT ON events_1 TO "${group}"`);
    expect(await held(admin, group)).toHaveLength(before.length + 13);
    const found = await verified(database, role);
    expect(found).toEqual(
      expect.arrayContaining([
        `excess-privilege: GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_logdir() TO "${group}"`,
        `excess-privilege: GRANT GRANT OPTION FOR EXECUTE ON PROCEDURE app.close_day(date) TO "${group}"`,
        `excess-privilege: GRANT USAGE ON TYPE app.mood TO "${group}"`,
        `excess-privilege: GRANT SELECT ON LARGE OBJECT 4711 TO "${group}"`,
      ]),
    );
    const other: BootstrapRole = { name: `other-${database.name}`, grants: OBJECTS };
    await database.bootstrap([role, other]);
    expect(await held(admin, group)).toEqual(before);
    expect(await held(admin, other.name)).toEqual([...HELD, "CONNECT ON DATABASE"].sort());
    expect(await database.bootstrap([role, other])).toEqual([]);
    expect(await verified(database, role, other)).toEqual([]);
  });

  it("that this connection cannot take are named and left, and stop no service", async () => {
    const { database: elsewhere } = await bootstrapped([]);
    const { database, role, group } = await bootstrapped([RELATIONS]);
    await elsewhere.admin.query(`GRANT SELECT ON orders TO "${group}"`);
    const left = [`group role "${group}" holds privileges on an object of the database ${elsewhere.name}`];
    if (server.version === 15) {
      await elsewhere.admin.query(`GRANT SET ON PARAMETER work_mem TO "${group}"`);
      left.push(`group role "${group}" holds privileges on parameter work_mem`);
    }
    expect(await database.bootstrap([role])).toEqual([
      `WARNING: not declared, and left as it is, for this cannot take it:\n${left.join("\n")}`,
    ]);
    expect(await verified(database, role)).toEqual(left.map((each) => `group-role: ${each}`));
  });

  it("are refused when they are not there, with the functions that have the name", async () => {
    const grants: Grant[] = [
      { sequences: ["orders"], privileges: ["USAGE"] },
      { functions: ["reserve_stock(text)", "reserve()", "feels(mood)"], privileges: ["EXECUTE"] },
    ];
    await expect(bootstrapped(grants)).rejects.toThrow(
      [
        "declared, but not in this database:",
        "function public.feels(public.mood)",
        "function public.reserve()",
        "function public.reserve_stock(text) (there is reserve_stock(integer, text), reserve_stock(integer))",
        "sequence public.orders",
      ].join("\n"),
    );
  });

  it("are told where everybody may by PostgreSQL's default, and where a superuser acts", async () => {
    const { database, role } = await bootstrapped(
      [OBJECTS[3] as Grant, TEMPORARY],
      `CREATE FUNCTION open_to_all() RETURNS int LANGUAGE sql AS 'SELECT 1';
       CREATE FUNCTION does_more() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
       GRANT EXECUTE ON FUNCTION reserve_stock(integer, text) TO PUBLIC; ALTER FUNCTION reserve_stock(integer, text) SECURITY DEFINER`,
    );
    expect(await verified(database, role)).toEqual([
      "definer-function: function public.reserve_stock(integer, text) of the superuser postgres",
      "public-default: EXECUTE ON FUNCTION public.does_more(), SECURITY DEFINER: it does what postgres may",
      "public-default: EXECUTE ON FUNCTION public.reserve_stock(integer, text), SECURITY DEFINER: it does what postgres may",
      `public-default: TEMPORARY ON DATABASE ${database.name}`,
    ]);
  });

  it("a grant on the partitioned table suffices, and one on a partition is told", async () => {
    const grants: Grant[] = [{ tables: ["events_1"], privileges: ["SELECT"] }];
    const { database, role, admin, group } = await bootstrapped(grants);
    expect(await verified(database, role)).toEqual([
      `partition: SELECT ON TABLE public.events_1 to "${group}", a partition of public.events`,
    ]);
    const parent: BootstrapRole = { name: group, grants: [{ tables: ["events"], privileges: ["SELECT"] }] };
    await database.bootstrap([parent]);
    expect(await held(admin, group)).not.toContain("SELECT ON events_1");
    expect(await verified(database, parent)).toEqual([]);
    await admin.query(
      "CREATE TABLE events_3 PARTITION OF events FOR VALUES IN (3); INSERT INTO events VALUES (1), (3)",
    );
    const { session } = await issued(database, group);
    expect((await session.query("SELECT * FROM events")).rowCount).toBe(2);
  });

  it("are granted to each credential where nobody runs the bootstrap SQL, and taken back", async () => {
    const database = await TestDatabase.create(server, SCHEMA);
    await database.allowDirect();
    const grants = [...OBJECTS, { ...RELATIONS }, { tables: ["orders"], privileges: ["INSERT"] } as Grant];
    await database.admin
      .query(`GRANT ALL ON ALL SEQUENCES IN SCHEMA public, app TO ${database.login} WITH GRANT OPTION;
      GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public, app TO ${database.login} WITH GRANT OPTION`);
    const issuer = new CredentialIssuer(database, await database.connectVault(), {
      strategy: "direct",
      roleName: "orders-shop",
      schema: "public",
      grants,
    });
    const user = await issuer.issue();
    const oid = await database.oidOf(user.name);
    expect(await held(database.admin, user.name)).toEqual(
      [...HELD, ...SELECTS, "INSERT ON orders", "USAGE ON orders_id_seq"].sort(),
    );
    // The credential is older than the statements that end it.
    await issuer.declaring([{ tables: ["orders"], privileges: ["SELECT"] }]).revoke(user);
    await issuer.revoke(user);
    expect(await database.remainsOf(user.name, oid)).toEqual([]);
  });

  it("are found by the signature that psql shows, whatever it is of", async () => {
    const { admin } = await TestDatabase.create(
      server,
      SCHEMA,
      'CREATE SCHEMA "O\'Dd (1)"; CREATE TYPE "O\'Dd (1)"."Two, words" AS ENUM (\'a\')',
      'CREATE FUNCTION "O\'Dd (1)"."f g"("O\'Dd (1)"."Two, words"[], pg_catalog."char") RETURNS int LANGUAGE sql AS \'SELECT 1\'',
    );
    await admin.query("SET search_path = pg_catalog, pg_temp");
    // Types that no application calls a function with are not PostgreSQL's own here.
    const { rows } = await admin.query<{ schema: string; shown: string; signature: string }>(`
      SELECT nspname AS schema, proname || '(' || oidvectortypes(proargtypes) || ')' AS shown, ${SIGNATURE_OF_FUNCTION} AS signature
      FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace
      WHERE NOT EXISTS (SELECT FROM unnest(proargtypes) AS given (id) JOIN pg_type ON pg_type.oid = given.id
        WHERE typtype = 'p' AND typname !~ '^(any.+|record)$' OR typname ~ '^(_cstring|gtsvector|pg_(attribute|type)|pg_(node_tree|ndistinct|dependencies|mcv_list|brin_.*))$')`);
    expect(rows.length).toBeGreaterThan(2500);
    const others = rows.filter(({ schema, shown, signature }) => {
      const read = readSignature(shown, schema);
      return read === undefined || signatureText(read) !== signature;
    });
    expect(others).toEqual([]);
    const quoted = rows.map(({ schema, shown }) => quoteSignature(schema, readSignature(shown, schema)!));
    const { rows: lost } = await admin.query(
      "SELECT name FROM unnest($1::text[]) AS name WHERE to_regprocedure(name) IS NULL",
      [quoted],
    );
    expect(lost).toEqual([]);
  });

  it("are asked for by a service in shadow, which has them or hears what is missing", async () => {
    const grants = [...OBJECTS, TEMPORARY, RELATIONS];
    const { database, group, admin } = await bootstrapped(grants);
    await admin.query(`REVOKE TEMPORARY ON DATABASE ${database.name} FROM PUBLIC`);
    const { session } = await issued(database, group);
    const asked = async () =>
      (await session.query({ text: missingGrantsSql(grants, "public"), rowMode: "array" })).rows;
    expect(await asked()).toEqual([[""]]);
    await admin.query(`REVOKE SELECT ON totals FROM "${group}"; REVOKE USAGE ON SEQUENCE order_number FROM "${group}";
      REVOKE EXECUTE ON FUNCTION reserve_stock(int, text) FROM "${group}"; REVOKE TEMPORARY ON DATABASE ${database.name} FROM "${group}"`);
    expect(await asked()).toEqual([
      [
        "SELECT ON totals, USAGE ON SEQUENCE order_number, EXECUTE ON reserve_stock(int, text), TEMPORARY ON DATABASE",
      ],
    ]);
  });

  it("MAINTAIN lets a service refresh and vacuum, from 17 on", async () => {
    if (server.version < 17) {
      await expect(bootstrapped([{ tables: ["sums"], privileges: ["MAINTAIN"] }])).rejects.toThrow(
        "unrecognized privilege type",
      );
      return;
    }
    const { database, role, admin, group } = await bootstrapped([
      { tables: ["sums", "orders"], privileges: ["SELECT", "MAINTAIN"] },
    ]);
    expect(await held(admin, group)).toEqual(
      expect.arrayContaining(["MAINTAIN ON orders", "MAINTAIN ON sums"]),
    );
    const { session } = await issued(database, group);
    await session.query("REFRESH MATERIALIZED VIEW sums");
    await session.query("VACUUM orders");
    expect(await verified(database, role)).toEqual([]);
  });

  it("no credential passes by row level security", async () => {
    const { database, role, group } = await bootstrapped(
      [{ tables: ["orders"], privileges: ["SELECT"] }],
      "INSERT INTO orders (total) VALUES (1); ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
    );
    for (const strategy of ["group", "direct"] as const)
      expect(
        credentialStatements({ strategy, roleName: group, schema: "public", grants: OBJECTS, connectionLimit: 5 }).creation.join(), // prettier-ignore
      ).not.toMatch(/BYPASSRLS/i);
    const { session } = await issued(database, group);
    expect((await session.query("SELECT * FROM orders")).rowCount).toBe(0);
    // A policy names the group, which stays.
    await database.admin.query(`CREATE POLICY own ON orders TO "${group}" USING (total = 1)`);
    expect((await session.query("SELECT * FROM orders")).rowCount).toBe(1);
    expect(await database.bootstrap([role])).toEqual([]);
  });
});

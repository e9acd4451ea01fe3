import type { Client } from "pg";
import {
  credentialStatements,
  renderBootstrapSql,
  renderVerificationSql,
  retirementSteps,
  type BootstrapInput,
  type BootstrapRole,
  type CredentialStrategy,
  type Grant,
} from "../../lib/postgres";
import { describeOnServers, startPostgres, type PostgresServer } from "../support/postgres";
import { createUser, renewUser, revokeUser } from "../support/vault-statements";

const PASSWORD = "correct horse";
const reason = "a shape of the declaration";

const TABLE: Grant = { tables: ["orders"], privileges: ["SELECT", "INSERT"] };
const TABLES: Grant = { tables: ["customers", "invoices"], privileges: ["SELECT"] };
const COLUMNS: Grant = { tables: ["customers"], columns: ["id", "email"], privileges: ["UPDATE"] };
const OWNED: Grant = {
  allTablesOwnedBy: "app_owner",
  schema: "app",
  privileges: ["SELECT", "INSERT"],
  reason,
};

const SEQUENCES: Grant = { sequences: ["order_number"], privileges: ["USAGE", "SELECT"] };
const FUNCTIONS: Grant = {
  functions: ["feels(mood, int)", "close_day()"],
  schema: "app",
  privileges: ["EXECUTE"],
};
const DATABASE: Grant = { database: ["TEMPORARY"] };

/** Every combination of the kinds of grants on tables, each on something else, none, all, and whoever acts as an owner. */
const ACTING = { grants: [], owner: { role: "app_owner", reason } };
const SHAPES: readonly Shape[] = [
  ...subsets([TABLE, TABLES, COLUMNS, OWNED]).map((grants) => ({ grants })),
  ...[SEQUENCES, FUNCTIONS, DATABASE].map((grant) => ({ grants: [grant] })),
  { grants: [TABLE, COLUMNS, OWNED, SEQUENCES, FUNCTIONS, DATABASE] },
  ACTING,
];
/** One kind alone; those that are on something else than tables share nothing with others. */
const KINDS: readonly Shape[] = SHAPES.filter(
  ({ grants: [grant, ...more] }) =>
    more.length === 0 && ![SEQUENCES, FUNCTIONS, DATABASE].some((each) => each === grant),
);

type Shape = Omit<BootstrapRole, "name">;

function subsets<T>(all: readonly T[]): T[][] {
  return all.reduce<T[][]>((sets, each) => [...sets, ...sets.map((set) => [...set, each])], [[]]);
}

const told = ({ grants, owner }: Shape) =>
  owner
    ? "acts as an owner"
    : grants.map((grant) => ("columns" in grant ? "columns" : Object.values(grant)[0])).join("+") ||
      "nothing";

/** What a service does with what it is granted. */
function useOf(grant: Grant): string {
  if (grant === SEQUENCES) return "SELECT nextval('order_number')";
  if (grant === FUNCTIONS) return "SELECT app.feels('good', 1); CALL app.close_day()";
  if (grant === DATABASE) return "CREATE TEMPORARY TABLE mine (id int)";
  const table = grant.allTablesOwnedBy === undefined ? (grant.tables?.[0] ?? "") : "app.events";
  return grant.columns ? `UPDATE ${table} SET email = ''` : `SELECT * FROM ${table}`;
}

/** No service, each shape alone, and each kind beside each. */
const DECLARATIONS = [
  [],
  ...SHAPES.map((shape) => [shape]),
  ...KINDS.flatMap((one, index) => KINDS.slice(index).map((other) => [one, other])),
].map((shapes) => ({
  title: shapes.map(told).join(" beside ") || "no service",
  roles: shapes.map((shape, index): BootstrapRole => ({ name: `service-${index}`, ...shape })),
}));

const SCHEMA = `
  CREATE ROLE app_owner NOLOGIN;
  GRANT app_owner TO CURRENT_USER;
  CREATE SCHEMA app AUTHORIZATION app_owner;
  CREATE SEQUENCE order_number; REVOKE TEMPORARY ON DATABASE shop FROM PUBLIC;
  CREATE TABLE orders (id serial); CREATE TABLE customers (id int, email text); CREATE TABLE invoices (id int);
  SET ROLE app_owner; CREATE TABLE app.events (id serial);
  CREATE TYPE app.mood AS ENUM ('good');
  CREATE FUNCTION app.feels(app.mood, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE PROCEDURE app.close_day() LANGUAGE sql AS '';
  REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA app FROM PUBLIC;
  RESET ROLE`;

/** Who runs the SQL: a superuser, or what a managed server gives instead of one. */
const ADMINISTRATORS = ["postgres", "master"] as const;

describeOnServers("all generated SQL over all shapes of the declaration", (binaries) => {
  describe.each(ADMINISTRATORS)("run by %s", (user) => {
    let server: PostgresServer;
    let admin: Client;
    let superuser: Client;
    beforeAll(async () => {
      server = await startPostgres(binaries);
      const first = await server.connect();
      // The superuser of a managed server is the provider's; the master is an ADMIN of what it may hand on.
      await first.query(`CREATE ROLE master LOGIN CREATEROLE CREATEDB PASSWORD '${PASSWORD}'`);
      await first.query("GRANT pg_signal_backend TO master WITH ADMIN OPTION");
      await first.query(`CREATE DATABASE shop OWNER ${user}`);
      superuser = await server.connect({ database: "shop" });
      const password = user === "postgres" ? {} : { password: PASSWORD };
      admin = await server.connect({ user, database: "shop", ...password });
      await admin.query(SCHEMA);
    });
    afterAll(() => server.stop());

    const input = (roles: readonly BootstrapRole[]): BootstrapInput => ({
      environment: "test",
      connection: "shop",
      databaseName: "shop",
      schema: "public",
      login: "vault_admin",
      postgresVersion: server.version as BootstrapInput["postgresVersion"],
      roles,
    });
    const bootstrap = async (roles: readonly BootstrapRole[]) => {
      try {
        await admin.query(renderBootstrapSql(input(roles)));
      } catch (error) {
        await admin.query("ROLLBACK");
        throw error;
      }
      await admin.query(`ALTER ROLE vault_admin PASSWORD '${PASSWORD}'`);
    };
    const verify = async (roles: readonly BootstrapRole[]) => {
      const { rows } = await admin.query<{ kind: string; finding: string }>(
        renderVerificationSql(input(roles)),
      );
      return rows.map(({ kind, finding }) => `${kind}: ${finding}`);
    };
    const vault = () => server.connect({ user: "vault_admin", password: PASSWORD, database: "shop" });

    async function live(login: Client, strategy: CredentialStrategy, { name, grants, owner }: BootstrapRole) {
      const { creation, revocation } = credentialStatements({
        strategy,
        roleName: name,
        schema: "public",
        grants,
        connectionLimit: 5,
        ...(owner && { owner: owner.role }),
      });
      const credential = { name: `v-${name}-1`, password: PASSWORD, expiration: "2999-01-01 00:00:00+0000" };
      await createUser(login, creation, credential);
      await renewUser(login, credential);
      const session = await server.connect({ user: credential.name, password: PASSWORD, database: "shop" });
      for (const grant of grants) {
        await session.query(useOf(grant));
      }
      if (owner)
        await session.query(
          "ALTER TABLE app.events ADD COLUMN note text; ALTER TABLE app.events DROP COLUMN note",
        );
      await revokeUser(login, revocation, credential.name);
      await revokeUser(login, revocation, credential.name);
      const { rows } = await superuser.query("SELECT FROM pg_roles WHERE rolname = $1", [credential.name]);
      expect(rows).toEqual([]);
    }

    test.each(DECLARATIONS)("$title", async ({ roles }) => {
      await bootstrap(roles);
      await bootstrap(roles);
      const retired = [0, 1]
        .map((index) => `service-${index}`)
        .filter((name) => roles.every((role) => role.name !== name));
      const found = await verify(roles);
      // What an earlier declaration has left is no longer declared.
      expect(found.filter((line) => !retired.includes(line.replace("retired-role: ", "")))).toEqual([]);
      const login = await vault();
      for (const role of roles) await live(login, "group", role);
      await login.end();
      expect(await verify(roles)).toEqual(found);
    });

    test("no privileges beside the group's: each combination of tables and columns", async () => {
      await admin.query(`CREATE ROLE direct_admin LOGIN CREATEROLE NOINHERIT PASSWORD '${PASSWORD}';
        GRANT CONNECT ON DATABASE shop TO PUBLIC;
        GRANT USAGE ON SCHEMA public TO direct_admin WITH GRANT OPTION;
        GRANT ALL ON orders, customers, invoices TO direct_admin WITH GRANT OPTION;
        GRANT USAGE ON SEQUENCE orders_id_seq TO direct_admin WITH GRANT OPTION`);
      const login = await server.connect({ user: "direct_admin", password: PASSWORD, database: "shop" });
      for (const grants of subsets([TABLE, TABLES, COLUMNS]))
        await live(login, "direct", { name: "direct", grants });
    });

    test.each([undefined, "app_owner"])(
      "the retirement of a static user whose things go to %s",
      async (ownerRole) => {
        await admin.query(
          `CREATE ROLE static_user LOGIN; GRANT SELECT ON orders TO static_user; GRANT UPDATE (email) ON customers TO static_user`,
        );
        if (user === "master") await admin.query("GRANT static_user TO CURRENT_USER");
        if (ownerRole !== undefined)
          await admin.query(
            "GRANT CREATE ON SCHEMA public TO static_user; CREATE TABLE theirs (id serial); ALTER TABLE theirs OWNER TO static_user",
          );
        for (const { sql } of retirementSteps({
          databaseName: "shop",
          user: "static_user",
          ...(ownerRole !== undefined && { ownerRole }),
        })) {
          await admin.query(sql);
        }
        const { rows } = await superuser.query("SELECT FROM pg_roles WHERE rolname = 'static_user'");
        expect(rows).toEqual([]);
      },
    );

    test("a membership that somebody has made is found, and the one that the server has made is not", async () => {
      const roles: BootstrapRole[] = [
        { name: "service-0", grants: [TABLE] },
        { name: "service-1", grants: [TABLES] },
      ];
      await bootstrap(roles);
      await superuser.query(
        "REVOKE CONNECT ON DATABASE shop FROM PUBLIC; CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN CREATEROLE",
      );
      expect(await verify(roles)).toEqual([]);
      const groups = await superuser.query(
        `SELECT FROM pg_auth_members AS m WHERE roleid = '"service-0"'::regrole AND member = 'master'::regrole`,
      );
      expect(groups.rowCount).toBe(user === "master" && server.version >= 16 ? 1 : 0);
      await admin.query(`GRANT "service-0" TO alice WITH ADMIN OPTION; GRANT "service-1" TO bob`);
      expect(await verify(roles)).toEqual([
        'foreign-member: alice in "service-0"',
        'foreign-member: bob in "service-1"',
      ]);
      await admin.query(`REVOKE "service-0" FROM alice; REVOKE "service-1" FROM bob`);
    });
  });
});

describeOnServers("whoever may not run the bootstrap SQL", (binaries) => {
  let server: PostgresServer;
  let admin: Client;
  beforeAll(async () => {
    server = await startPostgres(binaries);
    const superuser = await server.connect();
    await superuser.query(
      `CREATE ROLE app_owner LOGIN; CREATE ROLE plain LOGIN PASSWORD '${PASSWORD}'; CREATE ROLE creator LOGIN CREATEROLE PASSWORD '${PASSWORD}'`,
    );
    await superuser.query("CREATE DATABASE shop");
    admin = await server.connect({ database: "shop" });
    await admin.query(
      "ALTER ROLE app_owner NOLOGIN; CREATE SCHEMA app AUTHORIZATION app_owner; CREATE TABLE orders (id serial); CREATE TABLE customers (id int, email text); CREATE TABLE invoices (id int); ALTER TABLE invoices OWNER TO app_owner",
    );
  });
  afterAll(() => server.stop());

  const roles: BootstrapRole[] = [
    { name: "service-0", grants: [TABLE, TABLES, COLUMNS, OWNED] },
    { name: "service-1", grants: [], owner: { role: "app_owner", reason } },
  ];
  const run = async (user: string) => {
    const session = await server.connect({ user, password: PASSWORD, database: "shop" });
    const version = server.version as BootstrapInput["postgresVersion"];
    const sql = renderBootstrapSql({
      environment: "test",
      connection: "shop",
      databaseName: "shop",
      schema: "public",
      login: "vault_admin",
      postgresVersion: version,
      roles,
    });
    const error = await session.query(sql).then(
      () => new Error("it ran"),
      (failure: Error) => failure,
    );
    return error.message.split("\n");
  };
  const OBJECTS = [
    "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA app GRANT INSERT ON TABLES: takes a member of app_owner",
    "GRANT CONNECT ON DATABASE shop: takes its owner, postgres",
    "GRANT INSERT ON TABLE public.orders: takes its owner, postgres",
    "GRANT SELECT ON TABLE public.invoices: takes its owner, app_owner",
    "GRANT UPDATE (email) ON TABLE public.customers: takes its owner, postgres",
    "GRANT USAGE ON SCHEMA app: takes its owner, app_owner",
    "GRANT USAGE ON SEQUENCE public.orders_id_seq: takes its owner, postgres",
    "REVOKE CONNECT ON DATABASE shop FROM PUBLIC: takes its owner, postgres",
  ];

  test("is told everything that is lacking at once, with who may, and nothing is done", async () => {
    const [head, ...lacking] = await run("plain");
    expect(head).toMatch(/^nothing was changed, for whoever runs this may not do all of it/);
    expect(lacking).toEqual(
      expect.arrayContaining([
        ...OBJECTS,
        'CREATE ROLE "service-0" NOLOGIN: takes CREATEROLE',
        "CREATE ROLE vault_admin LOGIN CREATEROLE NOINHERIT: takes CREATEROLE",
      ]),
    );
    const { rows } = await admin.query("SELECT FROM pg_roles WHERE rolname IN ('vault_admin', 'service-0')");
    expect(rows).toEqual([]);
  });

  test("is told of the memberships too that CREATEROLE does not give from 16 on", async () => {
    const lacking = await run("creator");
    expect(lacking).toEqual(expect.arrayContaining(OBJECTS));
    expect(lacking.filter((line) => line.includes("ADMIN OPTION on"))).toEqual(
      server.version < 16
        ? []
        : [
            'GRANT app_owner TO "service-1" WITH INHERIT FALSE, SET TRUE: takes ADMIN OPTION on app_owner',
            "GRANT pg_signal_backend TO vault_admin WITH INHERIT FALSE, SET TRUE: takes ADMIN OPTION on pg_signal_backend",
          ],
    );
  });
});

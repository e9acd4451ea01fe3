import type { Client } from "pg";
import {
  quoteIdentifier,
  quoteLiteral,
  renderVerificationSql,
  type BootstrapInput,
  type BootstrapRole,
} from "../../lib/postgres";
import { describeOnServers, startPostgres, type PostgresServer } from "../support/postgres";
import { CredentialIssuer, TestDatabase } from "../support/postgres-database";
import type { VaultUser } from "../support/vault-statements";

const TABLES = ["orders", "invoices", "customers", "payroll"].map(
  (name) => `CREATE TABLE ${name} (id serial)`,
);

type Names = "dev" | "staging";

describeOnServers("two environments on one database", (binaries) => {
  let server: PostgresServer;
  let database: TestDatabase;
  beforeAll(async () => (server = await startPostgres(binaries)));
  afterAll(() => server.stop());
  beforeEach(async () => (database = await TestDatabase.create(server, ...TABLES)));
  afterEach(() => server.endSessions());

  const services = {
    dev: { api: "orders", worker: "invoices" },
    staging: { crm: "customers", pay: "payroll" },
  };

  const roleOf = (service: string, ...tables: string[]): BootstrapRole => ({
    name: `${service}-${database.name}`,
    grants: [{ tables, privileges: ["SELECT", "INSERT"] }],
  });
  const rolesOf = (environment: Names) =>
    Object.entries(services[environment]).map(([service, table]) => roleOf(service, table));
  const identity = (environment: string) => ({
    environment,
    connection: "shop",
    login: `${database.login}_${environment}`,
  });
  const bootstrap = (
    environment: string,
    roles: readonly BootstrapRole[],
    changes: Partial<BootstrapInput> = {},
  ) => database.bootstrap(roles, { ...identity(environment), ...changes });
  const verify = async (environment: string, roles: readonly BootstrapRole[]) => {
    const { rows } = await database.admin.query<{ kind: string; finding: string }>(
      renderVerificationSql({
        ...identity(environment),
        databaseName: database.name,
        schema: "public",
        postgresVersion: server.version as BootstrapInput["postgresVersion"],
        roles,
      }),
    );
    return rows.map(({ kind, finding }) => `${kind}: ${finding}`);
  };
  const issuerOf = async (environment: string, service: string) => {
    const vault = await server.connect({
      user: identity(environment).login,
      password: "correct horse",
      database: database.name,
    });
    const roleName = `${service}-${database.name}`;
    return new CredentialIssuer(database, vault, {
      strategy: "group",
      schema: "public",
      roleName,
      grants: [],
    });
  };
  const markOf = async (role: string) => {
    const { rows } = await database.admin.query<{ mark: string | null }>(
      "SELECT shobj_description($1::regrole, 'pg_authid') AS mark",
      [quoteIdentifier(role)],
    );
    return rows[0]?.mark;
  };
  const mark = (environment: string) =>
    `leasehold: what one service may do ${JSON.stringify({ environment, connection: "shop", database: database.name })}`;
  const earlier = () => `leasehold: what one service may do in the database ${database.name}`;
  const comment = (role: string, text: string) =>
    database.admin.query(`COMMENT ON ROLE ${quoteIdentifier(role)} IS ${quoteLiteral(text)}`);
  const oneGroup = async (environment: string, service: string, table: string) => {
    await bootstrap(environment, [roleOf(service, table)]);
    return `${service}-${database.name}`;
  };

  interface Living {
    readonly table: string;
    readonly user: VaultUser;
    readonly session: Client;
  }

  /** Through the session that is open since the beginning, and through a new connection. */
  async function able({ table, user, session }: Living): Promise<void> {
    await session.query(`INSERT INTO ${table} DEFAULT VALUES`);
    const another = await database.connectUser(user.name);
    await another.query(`SELECT * FROM ${table}`);
    await another.end();
  }

  test.each<readonly [Names, Names]>([
    ["dev", "staging"],
    ["staging", "dev"],
  ])(
    "%s and then %s, twice: every credential lives on, and neither finds the other",
    async (first, second) => {
      const living: Living[] = [];
      for (const environment of [first, second, first, second]) {
        const printed = await bootstrap(environment, rolesOf(environment));
        expect(printed.filter((line) => /REVOKE .* FROM "/.test(line))).toEqual([]);
        if (living.length < 4) {
          for (const [service, table] of Object.entries(services[environment])) {
            const user = await (await issuerOf(environment, service)).issue();
            living.push({ table, user, session: await database.connectUser(user.name) });
          }
        }
        for (const each of living) await able(each);
      }
      for (const environment of [first, second]) {
        expect(await verify(environment, rolesOf(environment))).toEqual([]);
      }
      const other = rolesOf(second).map(({ name }) => name);
      expect(await bootstrap(first, rolesOf(first))).toEqual(
        other.map(
          (name) => `NOTICE: role ${name}: left as it is, for it belongs to the environment ${second}`,
        ),
      );
      expect(living).toHaveLength(4);
    },
  );

  test("a group role that both declare stays with the first, and the other's run changes nothing", async () => {
    const name = await oneGroup("dev", "api", "orders");
    const held = await database.privilegesOf(name);
    const declared = [roleOf("api", "invoices"), roleOf("crm", "customers")];
    await expect(bootstrap("staging", declared)).rejects.toThrow(
      `nothing was changed, for roles belong to one environment:\nrole "${name}" belongs to the environment dev; ` +
        `if it is handed over to this environment, say so first: COMMENT ON ROLE "${name}" IS '${mark("staging")}'`,
    );
    expect(await database.privilegesOf(name)).toEqual(held);
    const { rows } = await database.admin.query("SELECT FROM pg_roles WHERE rolname = ANY ($1)", [
      [`crm-${database.name}`, identity("staging").login],
    ]);
    expect(rows).toEqual([]);
    expect(await verify("staging", declared)).toContainEqual(
      expect.stringContaining(`foreign-role: role "${name}" belongs to the environment dev`),
    );

    await comment(name, mark("staging"));
    await bootstrap("staging", declared);
    expect(await database.privilegesOf(name)).toContain("SELECT ON TABLE public.invoices");
  });

  test("two names for one database in one environment are two owners", async () => {
    await bootstrap("dev", [roleOf("api", "orders")]);
    const printed = await bootstrap("dev", [roleOf("crm", "customers")], {
      connection: "crm",
      login: `${database.login}_crm`,
    });
    expect(printed.filter((line) => line.includes("api-"))).toEqual([
      `NOTICE: role api-${database.name}: left as it is, for it belongs to the environment dev`,
    ]);
  });

  test("Vault's login of another environment is refused", async () => {
    await oneGroup("dev", "api", "orders");
    const { login } = identity("dev");
    await expect(bootstrap("staging", [roleOf("crm", "customers")], { login })).rejects.toThrow(
      `Vault's login ${login} belongs to the environment dev: its Vault rotates the password, so this database needs a login of its own`,
    );
  });

  test("a role that nobody has marked is nobody's to take", async () => {
    const name = `api-${database.name}`;
    await database.admin.query(
      `CREATE ROLE ${quoteIdentifier(name)}; GRANT SELECT ON payroll TO ${quoteIdentifier(name)}`,
    );
    await expect(bootstrap("dev", [roleOf("api", "orders")])).rejects.toThrow(
      `role "${name}" is marked as nobody's`,
    );
    expect(await database.privilegesOf(name)).toContain("SELECT ON TABLE public.payroll");
  });

  test("what an earlier leasehold marked is taken over by the environment that declares it, and left by any other", async () => {
    const name = await oneGroup("dev", "api", "orders");
    await comment(name, earlier());
    expect(await verify("staging", [])).toEqual([
      `unclaimed-role: "${name}" has the mark of an earlier leasehold, which recorded no environment`,
    ]);
    const held = await database.privilegesOf(name);
    const [printed] = await bootstrap("staging", [roleOf("crm", "customers")]);
    expect(printed).toContain("COMMENT ON ROLE");
    expect(database.printed).toContain(
      `NOTICE: role ${name}: left as it is, for it has the mark of an earlier leasehold, which recorded no environment and is not declared here; ` +
        `the environment that declares it takes it over; if it was this one's: COMMENT ON ROLE "${name}" IS '${mark("staging")}'`,
    );
    expect(await database.privilegesOf(name)).toEqual(held);
    expect(await markOf(name)).toBe(earlier());

    expect(await bootstrap("dev", [roleOf("api", "orders")])).toEqual([
      `NOTICE: role crm-${database.name}: left as it is, for it belongs to the environment staging`,
      `NOTICE: COMMENT ON ROLE "${name}" IS '${mark("dev")}'`,
    ]);
    await expect(bootstrap("staging", [roleOf("api", "orders")])).rejects.toThrow(
      "belongs to the environment dev",
    );
  });

  describe("a role that its environment no longer declares", () => {
    const declared = () => [roleOf("worker", "invoices")];
    const retired = () => `role api-${database.name}: no longer declared and left without privileges`;

    const lives: [string, () => Promise<unknown>][] = [
      ["a session", async () => database.connectUser((await (await issuerOf("dev", "api")).issue()).name)],
      ["a credential between two connections", async () => (await issuerOf("dev", "api")).issue()],
      [
        "a session of a credential that has expired",
        async () => {
          const { name } = await (await issuerOf("dev", "api")).issue();
          await database.connectUser(name);
          await database.admin.query(`ALTER ROLE ${quoteIdentifier(name)} NOLOGIN VALID UNTIL '2001-01-01'`);
        },
      ],
      [
        "a member that never expires",
        () =>
          database.admin.query(
            `CREATE ROLE alice_${database.name} LOGIN IN ROLE ${quoteIdentifier(`api-${database.name}`)}`,
          ),
      ],
    ];
    test.each(lives)("keeps its privileges while there is %s, until told", async (_, begin) => {
      await bootstrap("dev", [roleOf("api", "orders"), ...declared()]);
      const name = `api-${database.name}`;
      const held = await database.privilegesOf(name);
      await begin();
      expect(await bootstrap("dev", declared())).toEqual([
        expect.stringMatching(
          `^NOTICE: role ${name}: no longer declared, and left as it is, for it is in use by 1, such as .*; ` +
            `to retire it all the same: npx leasehold bootstrap-sql dev shop --retire ${name}$`,
        ),
      ]);
      expect(await database.privilegesOf(name)).toEqual(held);
      expect(await verify("dev", declared())).toEqual([
        expect.stringMatching(`^retired-role: ${name}, in use by 1, such as `),
      ]);
      const printed = await bootstrap("dev", declared(), { retire: [name] });
      expect(printed).toContainEqual(expect.stringContaining(retired()));
      expect(await database.privilegesOf(name)).toEqual(["USAGE ON SCHEMA public"]);
    });

    test("loses its privileges where nobody lives on it, in this database only", async () => {
      await bootstrap("dev", [roleOf("api", "orders"), ...declared()]);
      const elsewhere = await TestDatabase.create(server, "CREATE TABLE theirs (id int)");
      const group = quoteIdentifier(`api-${database.name}`);
      await elsewhere.admin.query(
        `GRANT CONNECT ON DATABASE ${elsewhere.name} TO ${group}; GRANT SELECT ON theirs TO ${group}`,
      );
      expect(await bootstrap("dev", declared())).toContainEqual(expect.stringContaining(retired()));
      expect(await verify("dev", declared())).toEqual([`retired-role: api-${database.name}`]);
      expect(await database.privilegesOf(`api-${database.name}`)).toEqual(["USAGE ON SCHEMA public"]);
      expect(await elsewhere.privilegesOf(`api-${database.name}`)).toContain("SELECT ON TABLE public.theirs");
    });

    test("is retired by its own environment and by its name only, and an error says which names there are", async () => {
      await oneGroup("staging", "crm", "customers");
      await bootstrap("dev", [roleOf("api", "orders"), ...declared()]);
      const wanted = ["crm", "worker", "nothing"].map((service) => `${service}-${database.name}`);
      const refused = (name: string, why: string) =>
        `role "${name}" cannot be retired, for it ${why}; what can be: "api-${database.name}"`;
      await expect(bootstrap("dev", declared(), { retire: wanted })).rejects.toThrow(
        [
          "nothing was changed, for roles belong to one environment:",
          refused(`crm-${database.name}`, "belongs to the environment staging"),
          refused(`nothing-${database.name}`, "is not there"),
          refused(`worker-${database.name}`, "is still declared"),
        ].join("\n"),
      );
    });
  });

  test("a credential of another environment that lives on what PUBLIC may keeps it, and is named", async () => {
    const login = `${database.login}_direct`;
    await database.admin.query(`CREATE ROLE ${login} LOGIN CREATEROLE NOINHERIT PASSWORD 'correct horse';
      GRANT USAGE ON SCHEMA public TO ${login} WITH GRANT OPTION; GRANT ALL ON customers TO ${login} WITH GRANT OPTION`);
    const vault = await server.connect({ user: login, password: "correct horse", database: database.name });
    const direct = new CredentialIssuer(database, vault, {
      strategy: "direct",
      roleName: "crm-shop",
      schema: "public",
      grants: [{ tables: ["customers"], privileges: ["SELECT"] }],
    });
    const user = await direct.issue();
    await vault.end();
    await database.left(login);
    const kept = `WARNING: PUBLIC keeps CONNECT ON DATABASE ${database.name}, for somebody lives on it: 1, such as "${user.name}". GRANT CONNECT ON DATABASE ${database.name} to those who stay, and run this again`;
    expect(await bootstrap("dev", [roleOf("api", "orders")])).toContain(kept);
    await (await database.connectUser(user.name)).query("SELECT * FROM customers");
    expect(await verify("dev", [roleOf("api", "orders")])).toEqual([
      `public-privilege: CONNECT ON DATABASE ${database.name}`,
    ]);

    await database.admin.query(`GRANT CONNECT ON DATABASE ${database.name} TO "${user.name}"`);
    await bootstrap("dev", [roleOf("api", "orders")]);
    expect(await verify("dev", [roleOf("api", "orders")])).toEqual([]);
    await database.connectUser(user.name);
  });

  test("an expired credential is found by the environment that it is of", async () => {
    const issued = async (environment: Names, service: string) => {
      await bootstrap(environment, rolesOf(environment));
      return (await (await issuerOf(environment, service)).issue("2001-01-01 00:00:00+0000")).name;
    };
    const [dev, staging] = [await issued("dev", "api"), await issued("staging", "crm")];
    const expired = async (environment: Names) =>
      (await verify(environment, rolesOf(environment))).filter((line) => line.includes(database.name));
    expect(await expired("dev")).toEqual([expect.stringContaining(`expired-role: "${dev}"`)]);
    expect(await expired("staging")).toEqual([expect.stringContaining(`expired-role: "${staging}"`)]);
  });

  test.each(["it's", 'say "so"', "back\\slash", '{"environment":"dev"}', "$leasehold$", "%I %L", "Größe 表"])(
    "a database named %s has marks of its own",
    async (suffix) => {
      const name = `${database.name} ${suffix}`;
      await database.admin.query(`CREATE DATABASE ${quoteIdentifier(name)}`);
      const admin = await server.connect({ database: name });
      await admin.query("CREATE TABLE orders (id serial)");
      const odd = Object.assign(Object.create(database) as TestDatabase, { name, admin });
      for (const environment of ["dev", "staging"]) {
        const role = {
          ...roleOf(`api-${environment}`, "orders"),
          name: `api-${environment}-${name}`.slice(0, 60),
        };
        await odd.bootstrap([role], identity(environment));
        await odd.bootstrap([role], identity(environment));
        expect(await odd.privilegesOf(role.name)).toContain("SELECT ON TABLE public.orders");
      }
    },
  );
});

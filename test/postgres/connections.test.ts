import fc from "fast-check";
import type { Client } from "pg";
import {
  connectionsOf,
  MOST_CONNECTIONS,
  renderVerificationSql,
  type BootstrapInput,
} from "../../lib/postgres";
import { connectionIndex } from "../../lib/postgres/connections";
import { blocks } from "../support/pages";
import { describeOnServers, startPostgres, type PostgresServer } from "../support/postgres";
import { CredentialIssuer, TestDatabase } from "../support/postgres-database";
import { renewUser } from "../support/vault-statements";

const role = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/);
const count = fc.integer({ min: 1, max: MOST_CONNECTIONS });
const NAMES = Array.from({ length: 4000 }, (_, index) => `service-${index}-shop`);

describe("which connection serves a role", () => {
  it("is one of those that there are, and the only one where there is one", () => {
    fc.assert(
      fc.property(role, count, (name, n) => {
        expect(connectionIndex(name, n)).toBeGreaterThanOrEqual(0);
        expect(connectionIndex(name, n)).toBeLessThan(n);
        expect(connectionIndex(name, 1)).toBe(0);
      }),
    );
  });

  it("changes with one more connection for those alone that go to the new one", () => {
    fc.assert(
      fc.property(role, fc.integer({ min: 1, max: MOST_CONNECTIONS - 1 }), (name, n) => {
        expect([connectionIndex(name, n), n]).toContain(connectionIndex(name, n + 1));
      }),
    );
  });

  it.each(Array.from({ length: MOST_CONNECTIONS - 1 }, (_, index) => index + 1))(
    "moves about one in %i + 1 when there is one more than these",
    (n) => {
      const moved = NAMES.filter((name) => connectionIndex(name, n) !== connectionIndex(name, n + 1)).length;
      const expected = NAMES.length / (n + 1);
      expect(moved).toBeGreaterThan(expected * 0.8);
      expect(moved).toBeLessThan(expected * 1.2);
    },
  );

  it("spreads roles evenly", () => {
    for (const n of [2, 4, 8, MOST_CONNECTIONS]) {
      const loads = Array.from(
        { length: n },
        (_, index) => NAMES.filter((name) => connectionIndex(name, n) === index).length,
      );
      expect(Math.min(...loads)).toBeGreaterThan((NAMES.length / n) * 0.75);
      expect(Math.max(...loads)).toBeLessThan((NAMES.length / n) * 1.25);
    }
  });

  // A release that spreads them otherwise moves the leases of everybody.
  it("is promised", () => {
    const spread = (n: number) =>
      ["orders-shop", "billing-shop", "stock-shop", "mail-shop", "search-shop", "users-shop"].map((name) =>
        connectionIndex(name, n),
      );
    expect({ 2: spread(2), 4: spread(4), 8: spread(8) }).toEqual({
      2: [0, 1, 0, 0, 1, 1],
      4: [0, 1, 0, 2, 1, 3],
      8: [7, 1, 0, 2, 5, 6],
    });
  });

  it("has names that begin with those of one alone", () => {
    expect(connectionsOf("shop", "vault_admin", 3)).toEqual([
      { name: "shop", login: "vault_admin" },
      { name: "shop-2", login: "vault_admin_2" },
      { name: "shop-3", login: "vault_admin_3" },
    ]);
  });

  it.each([0, -1, 1.5, 100, 1e9, NaN])("makes no more of a number that is none: %p", (n) => {
    expect(connectionsOf("shop", "vault_admin", n).length).toBeLessThanOrEqual(MOST_CONNECTIONS);
    expect(connectionsOf("shop", "vault_admin", n)[0]?.name).toBe("shop");
  });
});

/** SQL of a page, for the database and the logins of a test. */
function sqlOfPage(having: string, { name, login }: TestDatabase): string {
  const found = blocks().find(({ page, text }) => page === "docs/connections.md" && text.includes(having));
  return (found?.text ?? `no block with ${having}`)
    .replaceAll("vault_admin", login)
    .replaceAll("DATABASE shop", `DATABASE ${name}`);
}

const GRANTS = [{ tables: ["orders"], privileges: ["SELECT", "INSERT"] }] as const;

describeOnServers("the logins of several connections", (binaries) => {
  let server: PostgresServer;
  let database: TestDatabase;
  let logins: string[];
  let sessions: Client[];
  let input: BootstrapInput;
  beforeAll(async () => {
    server = await startPostgres(binaries);
  });
  afterAll(async () => server.stop());
  beforeEach(async () => {
    database = await TestDatabase.create(server, "CREATE TABLE orders (id serial, total numeric)");
    logins = connectionsOf(database.name, database.login, 3).map(({ login }) => login);
    await several();
    sessions = await Promise.all(logins.map((login) => database.connectVault(login)));
  });

  const roles = () => [
    { name: `orders-${database.name}`, grants: GRANTS },
    { name: `billing-${database.name}`, grants: GRANTS },
  ];
  const several = () => {
    input = {
      environment: "test",
      connection: database.name,
      databaseName: database.name,
      schema: "public",
      login: database.login,
      furtherLogins: logins.slice(1),
      postgresVersion: server.version as BootstrapInput["postgresVersion"],
      roles: roles(),
    };
    return database.bootstrap(roles(), input);
  };
  const issuer = (index: number) =>
    new CredentialIssuer(database, sessions[index] as Client, {
      strategy: "group",
      roleName: `orders-${database.name}`,
      schema: "public",
      grants: GRANTS,
    });
  const admin = async (...statements: string[]) => {
    for (const statement of statements) await database.admin.query(statement);
  };
  const findings = async () =>
    (await database.admin.query<{ kind: string; finding: string }>(renderVerificationSql(input))).rows
      .filter(({ kind }) => kind !== "expiration-warning")
      .map(({ kind, finding }) => `${kind}: ${finding.replaceAll(database.login, "login")}`);

  /** Everything that a role has of its own, as the catalogs say it, without its name. */
  const rightsOf = async (login: string) => {
    const options = server.version < 16 ? "NULL, NULL" : "inherit_option, set_option";
    const { rows } = await database.admin.query<{ held: string }>(
      `SELECT format('%s %s %s %s %s %s %s', rolsuper, rolcreaterole, rolcreatedb, rolinherit, rolreplication, rolbypassrls, rolcanlogin) AS held
       FROM pg_roles WHERE rolname = $1
       UNION ALL SELECT format('in %s: %s %s', roleid::regrole, admin_option, concat_ws(' ', ${options}))
       FROM pg_auth_members WHERE member = to_regrole(quote_ident($1))
       UNION ALL SELECT format('set %s', setconfig) FROM pg_db_role_setting WHERE setrole = to_regrole(quote_ident($1))
       UNION ALL SELECT concat(classid::regclass, ' ', deptype) FROM pg_shdepend
       WHERE refclassid = 'pg_authid'::regclass AND refobjid = to_regrole(quote_ident($1)) ORDER BY 1`,
      [login],
    );
    return rows.map(({ held }) => held);
  };
  const memberOf = (login: string) => (server.version < 16 ? [] : [`in ${login}: f f f`]);

  it("have exactly the rights of the one that there is alone, and a later one those to end what an earlier one has made", async () => {
    const alone = await TestDatabase.create(server, "CREATE TABLE orders (id serial, total numeric)");
    await alone.bootstrap([
      { name: `orders-${alone.name}`, grants: GRANTS },
      { name: `billing-${alone.name}`, grants: GRANTS },
    ]);
    const usual = (await rightsOf(alone.login)).map((held) => held.replaceAll(alone.name, database.name));
    const all = await Promise.all(logins.map(rightsOf));
    expect(all[0]).toEqual(usual);
    for (const index of [1, 2]) {
      const more = memberOf(logins[index - 1] ?? "");
      // A membership depends on whoever is a member, where the server keeps account of it.
      const [own, first] = [all[index] ?? [], usual];
      expect(own.filter((held) => !first.includes(held))).toEqual(more);
      expect(first.filter((held) => !own.includes(held))).toEqual([]);
    }
    for (const login of logins) {
      const session = await database.connectVault(login);
      await expect(session.query("SELECT FROM orders")).rejects.toThrow("permission denied for table orders");
      if (server.version < 16) continue;
      for (const other of logins.filter((each) => each !== login))
        await expect(session.query(`SET ROLE ${other}`)).rejects.toThrow("permission denied to set role");
    }
  });

  it("are made once: a second run changes nothing, and verify-database finds nothing", async () => {
    expect(await several()).toEqual([]);
    expect(await findings()).toEqual([]);
  });

  it("each make credentials that can do what is declared", async () => {
    for (const index of [0, 1, 2]) {
      const { name } = await issuer(index).issue();
      expect(await database.privilegesOf(name)).toContain("INSERT ON TABLE public.orders");
      const session = await database.connectUser(name);
      await session.query("INSERT INTO orders (total) VALUES (1)");
    }
  });

  // Vault renews and revokes by the connection that the role has by then.
  it.each([
    [0, 1],
    [0, 2],
    [1, 2],
  ])("renew and end what an earlier one has made: %i by %i", async (before, after) => {
    const user = await issuer(before).issue();
    const oid = await database.oidOf(user.name);
    const session = await database.connectUser(user.name);
    await session.query("SELECT FROM orders");
    await renewUser(sessions[after] as Client, { ...user, expiration: "2999-02-02 00:00:00+0000" });
    await issuer(after).revoke(user);
    expect(await database.remainsOf(user.name, oid)).toEqual([]);
    await expect(session.query("SELECT FROM orders")).rejects.toThrow();
    await issuer(after).revoke(user);
  });

  it("end what was made while there was one connection", async () => {
    const alone = await TestDatabase.create(server, "CREATE TABLE orders (id serial, total numeric)");
    const roleName = `orders-${alone.name}`;
    const props = { strategy: "group", roleName, schema: "public", grants: GRANTS } as const;
    const declared = [{ name: roleName, grants: GRANTS }];
    await alone.bootstrap(declared);
    const first = new CredentialIssuer(alone, await alone.connectVault(), props);
    const user = await first.issue();
    const oid = await alone.oidOf(user.name);
    await alone.bootstrap(declared, { furtherLogins: [`${alone.login}_2`] });
    // It still serves the role until that is applied.
    await first.revoke(await first.issue());
    await first.through(await alone.connectVault(`${alone.login}_2`)).revoke(user);
    expect(await alone.remainsOf(user.name, oid)).toEqual([]);
  });

  it("that go hand over what they have made, by the SQL of the page", async () => {
    const user = await issuer(2).issue();
    const oid = await database.oidOf(user.name);
    if (server.version >= 16)
      await expect(issuer(1).revoke(user)).rejects.toThrow(/permission denied to (alter|drop) role/);
    if (server.version >= 16) await admin(sqlOfPage("GRANT vault_admin_3", database));
    // Until it has gone it serves what it serves.
    await issuer(2).revoke(await issuer(2).issue());
    if (server.version >= 16)
      await expect(admin(sqlOfPage("DROP ROLE vault_admin_3", database))).rejects.toThrow(
        /cannot be dropped because some objects depend on it/,
      );
    await issuer(1).revoke(user);
    expect(await database.remainsOf(user.name, oid)).toEqual([]);
    await sessions[2]?.end();
    await database.left(logins[2] ?? "");
    await admin(sqlOfPage("DROP ROLE vault_admin_3", database));
    logins = logins.slice(0, 2);
    await several();
    expect(await findings()).toEqual([]);
  });

  it.each<[string, (logins: string[], group: string) => string, string, 15 | 16]>([
    [
      "a login that is not there",
      ([, , third]) => `ALTER ROLE ${third} RENAME TO gone_${third}`,
      "missing-role: login_3",
      15,
    ],
    [
      "a login that is more",
      ([, second]) => `ALTER ROLE ${second} CREATEDB`,
      "vault-login: Vault's login login_2 has more than it needs",
      15,
    ],
    [
      "a login that may not create roles",
      ([, second]) => `ALTER ROLE ${second} NOCREATEROLE`,
      "vault-login: Vault's login login_2 lacks LOGIN or CREATEROLE",
      15,
    ],
    [
      "a login that cannot make members of a group",
      ([, second], group) => `REVOKE "${group}" FROM ${second}`,
      "vault-login: Vault's login login_2 cannot create members of",
      15,
    ],
    [
      "a login that cannot end what the one before has made",
      ([first, second]) => `REVOKE ${first} FROM ${second}`,
      "vault-login: Vault's login login_2 cannot end what login has created: GRANT login TO login_2 WITH INHERIT FALSE, SET FALSE",
      16,
    ],
    [
      "a login that can act as another",
      ([first, second]) => `GRANT ${first} TO ${second} WITH SET TRUE`,
      "vault-login: Vault's login login_2 can act as login",
      16,
    ],
    [
      "a login that may change another's password",
      ([first, second]) => `GRANT ${first} TO ${second} WITH ADMIN TRUE`,
      "vault-login: Vault's login login_2 may change the login login",
      16,
    ],
    [
      "data that a later login reads",
      ([, , third]) => `GRANT SELECT ON orders TO ${third}`,
      "vault-login: Vault's login login_3 holds privileges on table orders",
      15,
    ],
  ])("are all looked at by verify-database: %s", async (_, spoil, expected, since) => {
    if (server.version < since) return;
    await admin(spoil(logins, `orders-${database.name}`));
    expect((await findings()).join("\n")).toContain(expected);
  });

  it("that belong to another environment are refused, whichever it is", async () => {
    await admin(`COMMENT ON ROLE ${logins[1]} IS 'leasehold: login of Vault {"environment":"other"}'`);
    await expect(several()).rejects.toThrow(
      /Vault's login vault_admin\d+_2 belongs to the environment other/,
    );
  });
});

import { formatProblems } from "../../lib/core";
import type { Database, Environment } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import { connectionOf, connectionsOf } from "../../lib/postgres";
import { perform } from "../../lib/synth/perform";
import { explain } from "../../proof/report";
import { production } from "../../template/project/stacks/production";
import { environmentWith, synthesizeAside, type StackJson } from "../support/environment";
import { NotApplicable, RenderedEnvironments, type Spoilt } from "../support/rules-mutations";

const [shop] = production.databases as [Database];
const [orders] = production.services as [Environment["services"][number]];
const NAMES = ["orders", "billing", "analytics", "stock", "mail", "search"];

/** Services of these names, over so many connections. */
function spread(
  connections: number | undefined,
  changes: Partial<Database> = {},
  names = NAMES,
): Environment {
  return environmentWith({
    databases: [
      { ...shop, maxConnections: 1000, ...(connections !== undefined && { connections }), ...changes },
    ],
    services: names.map((name) => ({ ...orders, name, namespace: name })),
  });
}

const problems = (environment: Environment) =>
  formatProblems(configurationProblems([environment])).join("\n");
const resources = <T = Record<string, never>>(json: StackJson, type: string) =>
  Object.values(json.resource?.[type] ?? {}) as unknown as T[];

interface Connection {
  readonly name: string;
  readonly allowed_roles: string[];
  readonly postgresql: { readonly username: string; readonly password_wo: string };
}
const CONNECTION = "vault_database_secret_backend_connection";
const ROLE = "vault_database_secret_backend_role";

describe("what is rendered for several connections", () => {
  it("is for one, said or not, the same in every file", async () => {
    const [said, usual] = await Promise.all([
      synthesizeAside([spread(1)]),
      synthesizeAside([spread(undefined)]),
    ]);
    // The report has the name of its directory in it.
    const rendered = (files: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(files).filter(([file]) => !file.startsWith("report/")));
    expect(rendered(said.files)).toEqual(rendered(usual.files));
  });

  it("is a connection each, with a login, a password and a rotation of its own, and each role on one of them, whom all of them allow", async () => {
    const { json, files, findings } = await synthesizeAside([spread(3)]);
    expect(findings).toEqual([]);
    const platform = json("production-platform");
    const connections = resources<Connection>(platform, CONNECTION).sort((a, b) =>
      a.name.localeCompare(b.name),
    );
    expect(
      connections.map(({ name, postgresql }) => [name, postgresql.username, postgresql.password_wo]),
    ).toEqual([
      ["shop", "vault_admin", "${var.shop_password}"],
      ["shop-2", "vault_admin_2", "${var.shop_2_password}"],
      ["shop-3", "vault_admin_3", "${var.shop_3_password}"],
    ]);
    expect(
      resources<{ path: string }>(platform, "vault_generic_endpoint")
        .map(({ path }) => path)
        .sort(),
    ).toEqual(
      ["shop", "shop-2", "shop-3"].map(
        (name) => `\${vault_mount.SecretsEngine_35F0C909.path}/rotate-root/${name}`,
      ),
    );
    const made = resources<{ name: string; db_name: string }>(json("production"), ROLE);
    // Else a role that moves has nobody from the apply of the platform to that of its own stack.
    for (const { allowed_roles } of connections)
      expect([...allowed_roles].sort()).toEqual(made.map(({ name }) => name).sort());
    expect(made.map(({ name, db_name }) => [name, db_name])).toEqual(
      made.map(({ name }) => [name, connectionOf("shop", name, 3)]),
    );
    expect(new Set(made.map(({ db_name }) => db_name)).size).toBeGreaterThan(1);
    expect(files["bootstrap/production/shop.sql"]).toContain(
      "its logins vault_admin, vault_admin_2, vault_admin_3",
    );
  });

  it("names a service's connection and its login", async () => {
    const { files } = await synthesizeAside([spread(3)]);
    const { environments } = JSON.parse(files["report/access.json"] ?? "{}");
    const texts = NAMES.map((name) =>
      explain(
        environments[0],
        environments[0].services.find((each: { name: string }) => each.name === name),
        { table: "orders", verb: "SELECT" },
      ),
    );
    for (const [index, service] of NAMES.entries()) {
      const name = connectionOf("shop", `${service}-shop`, 3);
      const username = connectionsOf("shop", "vault_admin", 3).find((each) => each.name === name)?.login;
      expect(texts[index]).toContain(`in PostgreSQL by the connection ${name}, as ${username}`);
    }
  });

  it("is one database for promises, and is run", async () => {
    const reason = "payroll is nobody's business but its own";
    const environment: Environment = {
      ...spread(3),
      guarantees: [
        {
          kind: "only",
          services: ["orders"],
          on: { database: "shop", tables: ["orders"] },
          privileges: ["SELECT"],
          reason,
        },
      ],
    };
    await expect(synthesizeAside([environment])).rejects.toThrow(/stock may .*SELECT.* on/s);
    expect(await new RenderedEnvironments([spread(3)]).executed(perform)).toEqual([]);
  }, 600_000);
});

describe("what is refused of several connections", () => {
  it.each([0, 1.5, 100, -1, 17])("a number that is none: %p", (connections) => {
    expect(problems(spread(connections))).toBe(
      `[production-platform/shop] 'connections' must be a whole number from 1 to 16, got ${String(connections)}; choose one from 1 to 16`,
    );
  });

  it.each<[string, Environment, string]>([
    [
      "a database with the name of a connection",
      {
        ...spread(2),
        databases: [
          { ...shop, connections: 2 },
          { ...shop, name: "shop-2", database: "other", username: "vault_other" },
        ],
      },
      "[production-platform/shop] 'connections' must make connections <name>-2, <name>-3 and so on, of which none is a database's own, got \"shop-2\"; rename the other database, or ask for fewer connections",
    ],
    [
      "a login of another database",
      {
        ...spread(2),
        databases: [
          { ...shop, connections: 2 },
          { ...shop, name: "stock", database: "stock", username: "vault_admin_2" },
        ],
      },
      "'username' must be a login of this connection alone",
    ],
    [
      "a login that has no room for a number",
      spread(10, { username: `v${"a".repeat(61)}` }),
      `'username' must leave room for the number of a connection behind it, in 63 bytes together, got "v${"a".repeat(61)}_10"; shorten it by 2`,
    ],
    [
      "a pooler that asks as one of them",
      spread(3, {
        endpoints: [
          {
            name: "pooled",
            kind: "pgbouncer",
            poolMode: "session",
            host: "pgbouncer.acme.internal",
            authUser: "vault_admin_3",
          },
        ],
      }),
      "'endpoints' must have logins of their own: Vault's is changed by Vault, got \"vault_admin_3\"",
    ],
    [
      "privileges that are granted to each credential",
      {
        ...spread(2),
        services: spread(2).services.map((service) => ({
          ...service,
          access: service.access.map((each) => ({ ...each, strategy: "direct" as const })),
        })) as Environment["services"],
      },
      "'connections' must be left out where the strategy is \"direct\"",
    ],
  ])("%s", (_, environment, expected) => {
    expect(problems(environment)).toContain(expected);
  });
});

/** A role, the connection that it is on, and another one. */
function two(spoilt: Spoilt) {
  const [role] = spoilt.all(ROLE);
  const connections = spoilt.all(CONNECTION);
  const own = connections.find(({ name }) => name === role?.db_name);
  const other = connections.find((each) => each !== own);
  if (own === undefined || other === undefined) throw new NotApplicable("one connection");
  return { own, other, role: role?.name as string };
}

const further = (spoilt: Spoilt) => {
  const found = spoilt.all(CONNECTION).find(({ name }) => name === "shop-2");
  if (found === undefined) throw new NotApplicable("one connection");
  return found;
};

const sql = (from: string, to: string) => (spoilt: Spoilt) => {
  const file = "bootstrap/production/shop.sql";
  const before = spoilt.files[file] ?? "";
  if (!before.includes(from)) throw new NotApplicable(from);
  spoilt.files[file] = before.replaceAll(from, to);
};

describe("what was rendered for several connections, spoilt", () => {
  const environment = spread(3);
  const rendered = new RenderedEnvironments([environment]);

  it.each<[string, string | undefined, (spoilt: Spoilt) => void]>([
    ["nothing", undefined, () => {}],
    // Near misses: what is written otherwise and is the same.
    [
      "the roles of a list in another order",
      undefined,
      (spoilt) => void two(spoilt).own.allowed_roles.reverse(),
    ],
    [
      "another number of sessions",
      undefined,
      (spoilt) => void (further(spoilt).postgresql.max_open_connections = 2),
    ],
    [
      "a role that the connection which it is not on does not allow",
      undefined,
      (spoilt) => {
        const { other, role } = two(spoilt);
        other.allowed_roles = other.allowed_roles.filter((each: string) => each !== role);
      },
    ],
    [
      "a role on another connection to its database",
      undefined,
      (spoilt) => {
        const { other, role } = two(spoilt);
        const found = spoilt.all(ROLE).find(({ name }) => name === role);
        if (found !== undefined) found.db_name = other.name;
      },
    ],
    [
      "a role that its connection does not allow",
      "access/role-not-allowed",
      (spoilt) => {
        const { own, role } = two(spoilt);
        own.allowed_roles = own.allowed_roles.filter((each: string) => each !== role);
      },
    ],
    [
      "two connections with one login",
      "connection/two-on-one-login",
      (spoilt) => void (further(spoilt).postgresql.username = "vault_admin"),
    ],
    [
      "a login that nobody makes",
      "proof/disagreement",
      (spoilt) => void (further(spoilt).postgresql.username = "vault_other"),
    ],
    [
      "logins of two connections the other way round",
      "proof/disagreement",
      (spoilt) => {
        const [first, second] = spoilt.all(CONNECTION);
        if (first === undefined || second === undefined) throw new NotApplicable("one connection");
        [first.postgresql.username, second.postgresql.username] = ["vault_admin_2", "vault_admin"];
      },
    ],
    [
      "another server behind one of them",
      "proof/disagreement",
      (spoilt) => {
        const { postgresql } = further(spoilt);
        postgresql.connection_url = postgresql.connection_url.replace(
          "pg.acme.internal",
          "pg2.acme.internal",
        );
      },
    ],
    [
      "another CA for one of them",
      "proof/disagreement",
      (spoilt) =>
        void (further(spoilt).postgresql.tls_ca =
          spoilt.all("vault_kubernetes_auth_backend_config")[0]?.kubernetes_ca_cert ?? OTHER_CA),
    ],
    [
      "a connection that is gone",
      "proof/missing",
      (spoilt) => spoilt.drop(CONNECTION, ({ name }) => name === "shop-2"),
    ],
    [
      "a password that is not rotated",
      "connection/root-not-rotated",
      (spoilt) => spoilt.drop("vault_generic_endpoint", ({ path }) => path.endsWith("/shop-2")),
    ],
    [
      "a connection that an apply may destroy",
      "connection/replaceable",
      (spoilt) => void delete further(spoilt).lifecycle,
    ],
    [
      "credentials of two connections in one group",
      "proof/over-reach",
      (spoilt) => {
        const { own, role: first } = two(spoilt);
        const found = spoilt.all(ROLE).find(({ db_name }) => db_name !== own.name);
        if (found === undefined) throw new NotApplicable("nobody on another connection");
        const second = found.name;
        found.creation_statements = found.creation_statements.map((text: string) =>
          text.replaceAll(second, first),
        );
        found.revocation_statements = found.revocation_statements.map((text: string) =>
          text.replaceAll(second, first),
        );
      },
    ],
    ["a login that the SQL leaves out", "proof/disagreement", sql("'vault_admin_3'", "'vault_admin_2'")],
  ])("%s", async (_, rule, spoil) => {
    const rules = await rendered.rulesAfter(environment, spoil);
    if (rule === undefined) expect(rules).toEqual([]);
    else expect(rules).toContain(rule);
  });
});

test("a login that no connection has is refused, though nobody's credentials are made by it", async () => {
  const alone = spread(3, {}, ["orders"]);
  const rendered = new RenderedEnvironments([alone]);
  expect(await rendered.rulesAfter(alone, () => {})).toEqual([]);
  const { findings } = await rendered.findingsAfter(alone, (spoilt) => {
    const served = spoilt.all(ROLE).map(({ db_name }) => db_name);
    spoilt.drop(CONNECTION, ({ name }) => !served.includes(name));
  });
  expect(findings.map(({ message }) => message).join("\n")).toMatch(
    /"vault_admin(_\d)?" may create roles, and no connection logs in as it/,
  );
});

const OTHER_CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/** What runs and comes to something else than what is declared. */
test.each<[string, (sql: string) => string, string]>([
  [
    "a login that reads data",
    (text) =>
      text.replace(/COMMIT;\n$/, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO vault_admin_2;\nCOMMIT;\n"),
    "makes it so that vault_admin_2 may SELECT ON TABLE public.",
  ],
  [
    "a login that can become another",
    (text) =>
      text.replace(
        "GRANT %I TO %I WITH INHERIT FALSE, SET FALSE",
        "GRANT %I TO %I WITH INHERIT FALSE, SET TRUE",
      ),
    "vault_admin_2 can act as vault_admin",
  ],
  [
    "a login that cannot end what another has made",
    (text) =>
      text.replace(/WHERE NOT EXISTS \(\n.*\n *WHERE held_role = earlier/, (found) =>
        found.replace("WHERE NOT EXISTS", "WHERE false AND NOT EXISTS"),
      ),
    "does not make it so that vault_admin_2 is a member of vault_admin",
  ],
])(
  "the SQL of several connections is run: %s",
  async (_, spoil, expected) => {
    const rendered = new RenderedEnvironments([spread(2)]);
    const problems = await rendered.executed(perform, (file, text) =>
      file.endsWith(".sql") ? spoil(text) : text,
    );
    expect(problems.join("\n")).toContain(expected);
  },
  600_000,
);

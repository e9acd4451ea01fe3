import fc from "fast-check";
import { formatProblem, type Problem } from "../../lib/core";
import {
  actingProblems,
  credentialStatements,
  databaseRoleName,
  databaseRoleNameProblems,
  grantProblems,
  renderBootstrapSql,
  ttlProblems,
  type CredentialStrategy,
  type CredentialTtl,
  type Grant,
} from "../../lib/postgres";
import { declarations } from "../support/postgres-declarations";
import { splitStatement } from "../support/vault-statements";

const texts = (problems: readonly Problem[]) =>
  problems.map((problem) => formatProblem({ ...problem, path: "x" }).replace("[x] ", ""));

/** Grants as JSON may bring them, which the compiler has not seen. */
const grants = (...values: unknown[]) => values as Grant[];

describe("grants", () => {
  const problems = (values: readonly Grant[], strategy: CredentialStrategy = "group") =>
    texts(grantProblems("grants", values, strategy, "public"));

  it("pass when each table is in one grant, and columns are apart", () => {
    const values: Grant[] = [
      { tables: ["orders", "order"], privileges: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"] },
      { tables: ["orders"], schema: "archive", privileges: ["REFERENCES", "TRIGGER"] },
      { tables: ["customers"], columns: ["id", "email"], privileges: ["SELECT", "INSERT"] },
      { tables: ["customers"], columns: ["email"], privileges: ["UPDATE", "REFERENCES"] },
      { tables: ["customers"], privileges: ["DELETE"] },
      { allTablesOwnedBy: "app", privileges: ["SELECT"], reason: "it reports on everything" },
    ];
    expect(problems(values)).toEqual([]);
    expect(problems(values.slice(0, -1), "direct")).toEqual([]);
  });

  it("pass with whatever the property tests generate", () => {
    fc.assert(
      fc.property(declarations("direct"), (it) => {
        expect(problems(it.grants, "direct")).toEqual([]);
      }),
    );
  });

  it("fail if there are none, or one says nothing", () => {
    const fix = (noun: string) => `add the ${noun}s that the service needs`;
    expect(problems([])).toEqual([`'grants' must have at least one grant, got []; ${fix("grant")}`]);
    expect(problems(grants({ tables: [], privileges: [] }, { privileges: ["SELECT"] }))).toEqual([
      `'grants[0].privileges' must have at least one privilege, got []; ${fix("privilege")}`,
      `'grants[0].tables' must have at least one table, got []; ${fix("table")}`,
      `'grants[1].tables' must have at least one table, got nothing; ${fix("table")}`,
    ]);
    expect(
      problems(grants({ tables: ["orders"], columns: [], privileges: ["SELECT"] }, { tables: ["a"] })),
    ).toEqual([
      `'grants[0].columns' must have at least one column, got []; ${fix("column")}`,
      `'grants[1].privileges' must have at least one privilege, got nothing; ${fix("privilege")}`,
    ]);
  });

  it("fail if a privilege is none, and say which there are", () => {
    const table =
      "must be one of SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN, got";
    const all = "list the privileges that the service uses: ALL grants those too that nobody thought of";
    expect(
      problems(grants({ tables: ["orders"], privileges: ["ALL", "all privileges", "select", "DROP"] })),
    ).toEqual([
      `'grants[0].privileges[0]' ${table} "ALL"; ${all}`,
      `'grants[0].privileges[1]' ${table} "all privileges"; ${all}`,
      `'grants[0].privileges[2]' ${table} "select"; write it as "SELECT"`,
      `'grants[0].privileges[3]' ${table} "DROP"; choose one of these`,
    ]);
    expect(problems(grants({ tables: ["orders"], columns: ["id"], privileges: ["DELETE"] }))).toEqual([
      `'grants[0].privileges[0]' must be one of SELECT, INSERT, UPDATE, REFERENCES (of columns), got "DELETE"; ` +
        "grant it on the whole table, without columns",
    ]);
  });

  it("fail if a privilege is of something else, and say of what", () => {
    const fixOf = (grant: unknown) =>
      problems(grants(grant)).map((text) => text.split("; ").slice(1).join("; "));
    expect(
      fixOf({ tables: ["orders"], privileges: ["USAGE", "EXECUTE", "TEMP", "CONNECT", "CREATE"] }),
    ).toEqual([
      "leave it out on tables: USAGE on the schema, and on the sequences that number rows, comes by itself; other sequences are named in a grant of their own",
      'grant it on a function: { functions: ["…(…)"], privileges: ["EXECUTE"] }',
      'grant it on the database: { database: ["TEMPORARY"] }',
      "leave it out: every service may connect to its database",
      "let whoever changes the schema act as its owner: owner: { role, reason }",
    ]);
    expect(problems(grants({ sequences: ["a"], privileges: ["usage"] }, { database: ["TEMP"] }))).toEqual([
      `'grants[0].privileges[0]' must be one of USAGE, SELECT, UPDATE (of sequences), got "usage"; write it as "USAGE"`,
      `'grants[1].database[0]' must be one of TEMPORARY (of the database), got "TEMP"; write it as "TEMPORARY"`,
    ]);
    expect(problems(grants({ functions: ["f()"], privileges: ["USAGE"] }))[0]).toContain(
      "must be one of EXECUTE (of functions)",
    );
  });

  it("pass when they are on other objects, each once", () => {
    const values: Grant[] = [
      { sequences: ["order_number"], privileges: ["USAGE"] },
      { sequences: ["order_number"], schema: "app", privileges: ["USAGE", "SELECT", "UPDATE"] },
      {
        functions: ["reserve(integer)", "reserve()", "reserve(app.mood)", "reserve(mood)"],
        privileges: ["EXECUTE"],
      },
      { tables: ["sums"], privileges: ["MAINTAIN"] },
    ];
    expect(problems(values)).toEqual([]);
    expect(problems(values, "direct")).toEqual([]);
    expect(problems([{ database: ["TEMPORARY"] }])).toEqual([]);
    expect(problems([{ database: ["TEMPORARY"] }], "direct")).toEqual([
      `'grants[0].database' must be left out where the strategy is "direct": its credentials connect because PUBLIC may, and as PUBLIC they create temporary tables, ` +
        `got ["TEMPORARY"]; take it out; if TEMPORARY was revoked from PUBLIC, grant it again, or take the strategy "group"`,
    ]);
  });

  it("fail if an object is granted twice, in whatever words", () => {
    const once = "must be granted once, got";
    const fix = "say it once, in one of the grants";
    expect(
      problems([
        { sequences: ["a", "a"], privileges: ["USAGE"] },
        { functions: ["f(int, varchar(20))", "f(INTEGER, character varying)"], privileges: ["EXECUTE"] },
        { functions: ["g(mood[])", "g(public.mood[][])"], privileges: ["EXECUTE"] },
        { database: ["TEMPORARY"] },
        { database: ["TEMPORARY", "TEMPORARY"] },
      ]),
    ).toEqual([
      `'grants[4].database' must list each privilege once, got "TEMPORARY"; take out the repetition`,
      `'grants[0].sequences[1]' ${once} "public.a"; ${fix}`,
      `'grants[1].functions[1]' ${once} "public.f(integer, character varying)"; ${fix}`,
      `'grants[2].functions[1]' ${once} "public.g(public.mood[])"; ${fix}`,
      `'grants[4].database' ${once} "the database"; ${fix}`,
    ]);
  });

  it("fail if a function is not said by the types of its arguments", () => {
    const fixOf = (name: string) => {
      const [text = "", ...more] = problems([{ functions: [name], privileges: ["EXECUTE"] }]);
      expect(more).toEqual([]);
      return /^'[^']+' (.*), got ".*?"; (.*)$/s.exec(text)?.slice(1);
    };
    const several =
      "must be a function with the types of its arguments, for several functions may have one name";
    const alone = "must list types alone: no names of arguments, no IN, OUT or VARIADIC, no defaults";
    const shown = "write it as psql's \\df shows it, such as".replace("\\\\", "\\");
    for (const name of ["reserve_stock", "reserve_stock(", "reserve_stock)integer(", "reserve_stock(integer"])
      expect(fixOf(name)?.[0]).toBe(several);
    expect(fixOf("reserve_stock")?.[1]).toBe(
      `${shown} "reserve_stock(integer, text)", or "reserve_stock()" if it takes nothing`,
    );
    for (const list of [
      "sku text",
      "IN integer",
      "integer, VARIADIC text[]",
      "integer DEFAULT 1",
      "integer = 1",
      "f(integer",
      "%",
    ])
      expect([list, fixOf(`reserve_stock(${list})`)?.[0]]).toEqual([
        list,
        list === "f(integer" ? alone : alone,
      ]);
    for (const type of ['"{{name}}"', 'app."a\nb"', '"{{"[]', '"'.concat("a".repeat(64), '"')])
      expect([type, fixOf(`reserve_stock(${type})`)?.[0]]).toEqual([
        type,
        "must be a PostgreSQL identifier of 1 to 63 bytes without control characters, '{{' or '}}'",
      ]);
    expect(fixOf('reserve_stock(pg_catalog."int4) TO PUBLIC; --")')?.[0]).toBe(alone);
    expect(fixOf("reserve_stock(integer,)")?.[1]).toContain("take out the empty argument");
    expect(fixOf("reserve_stock(sku text)")?.[1]).toContain('write the type alone in place of "sku text"');
  });

  it("fail if a name is no identifier", () => {
    const must =
      "must be a PostgreSQL identifier of 1 to 63 bytes without control characters, '{{' or '}}', got";
    const fix = "shorten or rename it";
    expect(
      problems(
        grants(
          { tables: ["a\nb"], columns: ["{{name}}"], schema: "", privileges: ["SELECT"] },
          { allTablesOwnedBy: "", privileges: ["SELECT"], reason: "it reports on everything" },
        ),
      ),
    ).toEqual([
      `'grants[0].schema' ${must} ""; ${fix}`,
      `'grants[0].tables[0]' ${must} "a\\nb"; ${fix}`,
      `'grants[0].columns[0]' ${must} "{{name}}"; ${fix}`,
      `'grants[1].allTablesOwnedBy' ${must} ""; ${fix}`,
    ]);
  });

  describe("fail if a name most likely means something else", () => {
    const must =
      "must be one name as it is in the catalog, without a dot, '*', quotes around it or spaces at its ends";
    const way = `; if the catalog has the name exactly so, say it on the grant: literalNames: { reason: "…" }`;
    const reason = "the tables came from an import";
    const cases: [
      noun: "tables" | "columns" | "sequences" | "functions" | "schema",
      name: string,
      fix: string,
    ][] = [
      [
        "tables",
        "public.products",
        'write the schema beside the table: { schema: "public", tables: ["products"] }',
      ],
      [
        "tables",
        'shop."public"."Products"',
        'write the schema beside the table: { schema: "public", tables: ["Products"] }',
      ],
      ["tables", '"Products"', 'write it without the quotes: "Products"'],
      ["tables", "'products'", 'write it without the quotes: "products"'],
      ["tables", "`products`", 'write it without the quotes: "products"'],
      ["tables", " products", 'write it without the spaces: "products"'],
      ["tables", "products\u00a0", 'write it without the spaces: "products"'],
      ["tables", "*", "name each table, or take allTablesOwnedBy"],
      ["tables", "order_*", "name each table, or take allTablesOwnedBy"],
      ["columns", "orders.id", "write the column alone, and its table in 'tables': \"id\""],
      ["columns", "*", "name each column, or take the whole table and leave out 'columns'"],
      ["columns", '"id"', 'write it without the quotes: "id"'],
      [
        "sequences",
        "app.numbers",
        'write the schema beside the sequence: { schema: "app", sequences: ["numbers"] }',
      ],
      ["sequences", '"Numbers"', 'write it without the quotes: "Numbers"'],
      ["sequences", "*", "name each sequence; those that number the rows of a table come with INSERT on it"],
      [
        "functions",
        "app.f(integer)",
        'write the schema beside the function: { schema: "app", functions: ["f(integer)"] }',
      ],
      ["functions", '"F"(integer)', 'write it without the quotes: "F(integer)"'],
      ["functions", " f(integer)", 'write it without the spaces: "f(integer)"'],
      ["functions", "reserve_*(integer)", "name each function, with the types of its arguments"],
      ["schema", "shop.public", 'write the schema alone: "public"'],
      ["schema", '"Sales"', 'write it without the quotes: "Sales"'],
      ["schema", "public ", 'write it without the spaces: "public"'],
    ];
    it.each(cases)("%s: %j", (noun, name, fix) => {
      const grant = {
        ...(noun !== "sequences" &&
          noun !== "functions" && { tables: noun === "tables" ? [name] : ["orders"] }),
        ...(noun !== "schema" && noun !== "tables" && { [noun]: [name] }),
        ...(noun === "schema" && { schema: name }),
        privileges: [noun === "functions" ? "EXECUTE" : "SELECT"],
      };
      const property = noun === "schema" ? "grants[0].schema" : `grants[0].${noun}[0]`;
      expect(problems(grants(grant))).toEqual([
        `'${property}' ${must}, got ${JSON.stringify(name)}; ${fix}${way}`,
      ]);
      expect(problems(grants({ ...grant, literalNames: { reason } }))).toEqual([]);
    });

    it("but not if it only holds what is unusual, or is said to be meant so", () => {
      const usual = ["order", "OrderItem", "o'brien", 'we;ird "name"', "two words", "表", "$1", "a-b"];
      expect(
        problems([{ tables: usual, columns: usual, schema: "Sales 2", privileges: ["SELECT"] }]),
      ).toEqual([]);
      expect(problems([{ tables: ["a.b"], privileges: ["SELECT"], literalNames: { reason: "x" } }])).toEqual([
        expect.stringContaining("'grants[0].literalNames.reason' must say in at least ten characters"),
      ]);
      expect(problems([{ tables: ["a\nb"], privileges: ["SELECT"], literalNames: { reason } }])).toEqual([
        expect.stringContaining("must be a PostgreSQL identifier"),
      ]);
    });
  });

  it.each(["pg_catalog", "information_schema", "pg_toast", "PG_CATALOG"])(
    "fail if they are in %s",
    (schema) => {
      const must = "must be a schema of the application: pg_* and information_schema are the server's own";
      const literalNames = { reason: "the tables came from an import" };
      for (const grant of [{}, { literalNames }]) {
        expect(problems([{ tables: ["pg_authid"], schema, privileges: ["SELECT"], ...grant }])).toEqual([
          expect.stringContaining(`'grants[0].schema' ${must}, got "${schema}"`),
        ]);
      }
    },
  );

  const NO_OWNERS = [
    "postgres",
    "PUBLIC",
    "public",
    "pg_read_all_data",
    "pg_database_owner",
    "rds_superuser",
    "none",
  ];
  it.each(NO_OWNERS)("fail if the tables are those of %s", (owner) => {
    const reason = "it reports on everything";
    const must =
      "must be a role of the application's own: no superuser, no role of the server's or of its provider, not PUBLIC";
    expect(problems([{ allTablesOwnedBy: owner, privileges: ["SELECT"], reason }])).toEqual([
      expect.stringContaining(`'grants[0].allTablesOwnedBy' ${must}, got "${owner}"`),
    ]);
    expect(texts(actingProblems("owner", { role: owner, reason }, undefined, "group"))).toEqual([
      expect.stringContaining(`'owner.role' ${must}, got "${owner}"`),
    ]);
  });

  it("pass if an owner has a dot in its name, and fail if quotes are around it", () => {
    const owned = (allTablesOwnedBy: string): Grant[] => [
      { allTablesOwnedBy, privileges: ["SELECT"], reason: "it reports on everything" },
    ];
    expect(problems(owned("shop.owner"))).toEqual([]);
    expect(problems(owned('"shop_owner"'))).toEqual([
      expect.stringContaining(
        "'grants[0].allTablesOwnedBy' must be one name as it is in the catalog, without '*', quotes",
      ),
    ]);
  });

  it("fail if two tables differ by their Unicode form only", () => {
    const [composed, decomposed] = ["caf\u00e9", "cafe\u0301"];
    expect(problems([{ tables: [composed, decomposed, "cafe"], privileges: ["SELECT"] }])).toEqual([
      "'grants[0].tables[1]' must differ from another name by more than its Unicode form (composed or decomposed), " +
        'got "public.cafe\\\\u{301}"; write it as the catalog has it, once; if the catalog has both, rename one of them',
    ]);
    expect(problems([{ tables: [composed], privileges: ["SELECT"] }])).toEqual([]);
    expect(problems([{ tables: [decomposed], privileges: ["SELECT"] }])).toEqual([]);
  });

  it("fail if something is said twice, in the schema of the database too", () => {
    const fix = "say it once, in one of the grants";
    expect(
      problems([
        { tables: ["orders", "orders"], privileges: ["SELECT", "SELECT"] },
        { tables: ["orders"], schema: "public", privileges: ["UPDATE"] },
        { tables: ["customers"], columns: ["email", "email"], privileges: ["UPDATE"] },
        { tables: ["customers"], columns: ["email"], privileges: ["SELECT", "UPDATE"] },
        { tables: ["orders"], columns: ["id"], privileges: ["UPDATE", "INSERT"] },
        { allTablesOwnedBy: "app", privileges: ["SELECT"], reason: "it reports on everything" },
        {
          allTablesOwnedBy: "app",
          schema: "public",
          privileges: ["INSERT"],
          reason: "it reports on everything",
        },
      ]),
    ).toEqual([
      `'grants[0].privileges' must list each privilege once, got "SELECT"; take out the repetition`,
      `'grants[0].tables[1]' must be granted once, got "public.orders"; ${fix}`,
      `'grants[1].tables[0]' must be granted once, got "public.orders"; ${fix}`,
      `'grants[2].columns[1]' must be granted once, got "UPDATE of public.customers.email"; ${fix}`,
      `'grants[3].columns[0]' must be granted once, got "UPDATE of public.customers.email"; ${fix}`,
      `'grants[4].columns[0]' must be left out, for the whole table is granted too, got "UPDATE of public.orders.id"; ${fix}`,
      `'grants[6].allTablesOwnedBy' must be granted once, got "app in public"; ${fix}`,
    ]);
  });

  it("fail if all tables of an owner are granted without a reason", () => {
    expect(problems(grants({ allTablesOwnedBy: "app", privileges: ["SELECT"] }))).toEqual([
      "'grants[0].reason' must say in at least ten characters why the unsafe choice is right here, got nothing; " +
        "write the reason down, or take the safe choice",
    ]);
  });

  it("fail if the strategy direct cannot carry them", () => {
    const values: Grant[] = [
      { allTablesOwnedBy: "app", privileges: ["SELECT"], reason: "it reports on everything" },
      { tables: ["a;b"], privileges: ["SELECT"] },
    ];
    expect(problems(values, "direct")).toEqual([
      `'grants[0].allTablesOwnedBy' must be left out where the strategy is "direct": a credential cannot hold what does not exist yet, got "app"; ` +
        'name the tables, or take the strategy "group"',
      `'grants[1].tables[0]' must be without ";" where the strategy is "direct": Vault cuts statements there, got "a;b"; ` +
        'rename it, or take the strategy "group"',
    ]);
    expect(problems(values, "group")).toEqual([]);
  });
});

describe("the name of a role", () => {
  it("joins service and database", () => {
    expect(databaseRoleName("orders", "shop")).toBe("orders-shop");
  });

  it("fails if it is longer than PostgreSQL keeps", () => {
    const service = "s".repeat(58);
    expect(databaseRoleNameProblems("name", service, "shop")).toEqual([]);
    expect(texts(databaseRoleNameProblems("name", `${service}s`, "shop"))).toEqual([
      `'name' must make a role name <service>-<database> of at most 63 bytes, got "${service}s-shop"; ` +
        "shorten the name of the service or of the database",
    ]);
  });
});

describe("the TTL of a credential", () => {
  const problems = (ttl: Record<"default" | "max", string>) =>
    texts(ttlProblems("ttl", ttl as CredentialTtl));

  it("passes up to Vault's longest lease", () => {
    expect(problems({ default: "10s", max: "10s" })).toEqual([]);
    expect(problems({ default: "32d", max: "768h" })).toEqual([]);
  });

  it.each([
    [
      { default: "9s", max: "1h" },
      [
        `'ttl.default' must be at least "10s": old and new credential overlap by a tenth of it only, got "9s"; lengthen it`,
      ],
    ],
    [
      { default: "2h", max: "1h" },
      [`'ttl.default' must be at most 'ttl.max' ("1h"), got "2h"; shorten it, or lengthen the other`],
    ],
    [
      { default: "1h", max: "769h" },
      [`'ttl.max' must be at most "768h", the longest lease that Vault gives, got "769h"; shorten it`],
    ],
    [
      { default: "1 hour", max: "0s" },
      [
        `'ttl.default' must be a duration of more than nothing: a whole number and one of s, m, h, d, such as "15m" or "1h", got "1 hour"; write it as "90s", "15m", "1h" or "7d"`,
        `'ttl.max' must be a duration of more than nothing: a whole number and one of s, m, h, d, such as "15m" or "1h", got "0s"; write it as "90s", "15m", "1h" or "7d"`,
      ],
    ],
  ])("fails if it is %j", (ttl, expected) => {
    expect(problems(ttl)).toEqual(expected);
  });
});

describe("statements", () => {
  const statementsOf = (
    strategy: CredentialStrategy,
    values: readonly Grant[] = [{ tables: ["orders"], privileges: ["SELECT"] }],
  ) =>
    credentialStatements({
      strategy,
      roleName: "orders-shop",
      schema: "public",
      grants: values,
      connectionLimit: 20,
    });

  it("make a credential a member of its group, and end its sessions before dropping it", () => {
    expect(statementsOf("group")).toEqual({
      creation: [
        `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' CONNECTION LIMIT 20 IN ROLE "orders-shop";`,
      ],
      revocation: [
        `DO $leasehold$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{{name}}') THEN
    ALTER ROLE "{{name}}" NOLOGIN;
  END IF;
 END $leasehold$`,
        "COMMIT; BEGIN;",
        `DO $leasehold$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{{name}}') THEN
    DECLARE
      starting CONSTANT integer[] := ARRAY(SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'virtualxid');
    BEGIN
      FOR attempt IN 1..100 LOOP
        EXIT WHEN NOT EXISTS (
          SELECT FROM pg_catalog.pg_locks AS held LEFT JOIN pg_catalog.pg_stat_activity AS shown USING (pid)
          WHERE held.locktype = 'virtualxid' AND held.pid = ANY (starting) AND held.pid <> pg_catalog.pg_backend_pid()
            AND shown.usesysid IS NULL AND shown.datid IS NULL);
        PERFORM pg_catalog.pg_sleep(0.01), pg_catalog.pg_stat_clear_snapshot();
      END LOOP;
    END;
    SET LOCAL ROLE pg_signal_backend;
    FOR attempt IN 1..500 LOOP
      PERFORM pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE usename = '{{name}}';
      EXIT WHEN NOT FOUND;
      PERFORM pg_catalog.pg_sleep(0.01), pg_catalog.pg_stat_clear_snapshot();
    END LOOP;
    RESET ROLE;
  END IF;
 END $leasehold$`,
        `DROP ROLE IF EXISTS "{{name}}";`,
      ],
    });
  });

  it("grant to each credential itself where the strategy is direct", () => {
    const { creation } = statementsOf("direct", [
      { tables: ["orders", "order_items"], privileges: ["SELECT", "UPDATE"] },
      { tables: ["customers"], schema: "crm", columns: ["id", "email"], privileges: ["SELECT", "UPDATE"] },
    ]);
    expect(creation).toEqual([
      `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' CONNECTION LIMIT 20;`,
      `GRANT USAGE ON SCHEMA "public" TO "{{name}}";`,
      `GRANT USAGE ON SCHEMA "crm" TO "{{name}}";`,
      `GRANT SELECT, UPDATE ON TABLE "public"."orders", "public"."order_items" TO "{{name}}";`,
      `GRANT SELECT ("id", "email"), UPDATE ("id", "email") ON TABLE "crm"."customers" TO "{{name}}";`,
    ]);
  });

  it("look up sequences only for tables with INSERT", () => {
    const { creation } = statementsOf("direct", [
      { tables: ["orders"], privileges: ["SELECT"] },
      { tables: ["o'brien"], privileges: ["INSERT"] },
    ]);
    expect(creation.at(-1)).toContain(`WHERE used.table_id IN ('"public"."o''brien"'::pg_catalog.regclass)`);
  });

  it("revoke the same whatever is granted, for the credential may be older than the grants", () => {
    expect(statementsOf("direct").revocation).toEqual(
      statementsOf("direct", [{ tables: ["customers"], privileges: ["INSERT"] }]).revocation,
    );
  });

  it("reach the server as they are, whatever the names", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<CredentialStrategy>("group", "direct"),
        declarations("direct"),
        (strategy, it) => {
          const { creation, revocation } = statementsOf(strategy, it.grants);
          for (const statement of [...creation, ...revocation]) {
            // The one that is two on purpose ends Vault's transaction, and begins another.
            expect(splitStatement(statement)).toHaveLength(statement === "COMMIT; BEGIN;" ? 2 : 1);
          }
        },
      ),
    );
  });
});

describe("the text of the bootstrap SQL", () => {
  const render = (databaseName: string, reason = "it reports on everything") =>
    renderBootstrapSql({
      environment: "test",
      connection: "shop",
      databaseName,
      schema: "public",
      login: "vault_admin",
      postgresVersion: 17,
      roles: [
        {
          name: "orders-shop",
          grants: [{ tables: ["orders", "o'brien"], privileges: ["SELECT", "INSERT"] }],
        },
        {
          name: "crm-shop",
          grants: [{ tables: ["a"], columns: ["b\\c"], schema: "crm", privileges: ["SELECT"] }],
        },
        { name: "report-shop", grants: [{ allTablesOwnedBy: "app", privileges: ["SELECT"], reason }] },
      ],
    });

  it("has one row per grant, as the operator wrote it", () => {
    expect(render("shop")).toContain(`INSERT INTO leasehold_role VALUES
  ('orders-shop', false),
  ('crm-shop', false),
  ('report-shop', false);
INSERT INTO leasehold_grant VALUES
  ('orders-shop', 'public', ARRAY['orders', 'o''brien'], NULL, ARRAY['SELECT', 'INSERT']),
  ('crm-shop', 'crm', ARRAY['a'], ARRAY[E'b\\\\c'], ARRAY['SELECT']);
INSERT INTO leasehold_owner_grant VALUES
  -- it reports on everything
  ('report-shop', 'public', 'app', ARRAY['SELECT']);`);
  });

  it("keeps a comment a comment", () => {
    expect(render("shop", "two\r\nlines")).toContain("\n  -- two lines\n");
  });

  it("quotes a name that looks like the end of a quote", () => {
    expect(render("$leasehold$")).toContain("IF current_database() <> '$leasehold$' THEN");
    expect(render("$leasehold$")).toContain("END $leasehold_$;");
  });
});

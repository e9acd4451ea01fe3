import fc from "fast-check";
import {
  planOf,
  problemsOf,
  type DatabaseToRehearse,
  type RehearsalProblem,
  type RehearsedRole,
} from "../../lib/rehearsal";
import {
  credentialStatements,
  renderBootstrapSql,
  type BootstrapInput,
  type Grant,
} from "../../lib/postgres";
import { perform } from "../../lib/synth/perform";
import { declarations } from "../support/postgres-declarations";

const reason = "a rehearsal tries each kind of grant";
const ORDERS: Grant = { tables: ["orders"], privileges: ["SELECT", "INSERT"] };
const COLUMNS: Grant = { tables: ["customers"], columns: ["id", "email"], privileges: ["SELECT"] };
const OWNED: Grant = {
  allTablesOwnedBy: "app_owner",
  schema: "app",
  privileges: ["SELECT", "INSERT"],
  reason,
};
const ACTING = { role: "app_owner", reason };

type Declared = Pick<RehearsedRole, "name" | "grants"> & Partial<RehearsedRole>;

/** A database with what leasehold renders for it. */
function database(declared: readonly Declared[], changes: Partial<BootstrapInput> = {}): DatabaseToRehearse {
  const input: BootstrapInput = {
    environment: "test",
    connection: "shop",
    databaseName: "shop",
    schema: "public",
    login: "vault_admin",
    postgresVersion: 18,
    roles: declared.filter(({ strategy }) => strategy !== "direct"),
    ...changes,
  };
  const roles = declared.map(({ strategy = "group", ...role }): RehearsedRole => {
    const { creation, revocation } = credentialStatements({
      strategy,
      roleName: role.name,
      schema: input.schema,
      grants: role.grants,
      connectionLimit: 5,
      ...(role.owner && { owner: role.owner.role }),
      ...(role.replication && { replication: role.replication }),
    });
    return { ...role, strategy, statements: { creation, renewal: [], revocation } };
  });
  return { input, roles, ...(input.roles.length > 0 && { bootstrap: renderBootstrapSql(input) }) };
}

const SERVICES = [
  { name: "orders-shop", grants: [ORDERS] },
  { name: "billing-shop", grants: [COLUMNS, { ...ORDERS, privileges: ["SELECT"] as const }] },
];
const OBJECTS: Grant[] = [
  { tables: ["orders"], privileges: ["SELECT", "MAINTAIN"] },
  { sequences: ["numbers"], schema: "app", privileges: ["USAGE", "SELECT", "UPDATE"] },
  { functions: ["reserve(integer, varchar(20))", "archive(orders, anyelement)"], privileges: ["EXECUTE"] },
  { functions: ['feels(mood, public."Mixed"[])'], schema: "app", privileges: ["EXECUTE"] },
];
const objects = database([{ name: "orders-shop", grants: OBJECTS }]);
const STREAMING = { publications: ["orders_cdc", "Order.Changes"], reason };
const streaming = database([
  { name: "connector-shop", grants: [ORDERS], replication: STREAMING },
  ...SERVICES,
]);
const right = database(SERVICES);
const pooled = database(SERVICES, { poolers: [{ login: "pgbouncer", roles: ["orders-shop"] }] });
const direct = database([{ name: "orders-shop", grants: [ORDERS, COLUMNS], strategy: "direct" }]);
const acting = database([
  { name: "orders-shop", grants: [OWNED] },
  { name: "schema-shop", grants: [], owner: ACTING },
]);

/** The same with something else in the SQL for the DBA. */
function withSql(of: DatabaseToRehearse, from: string | RegExp, to: string): DatabaseToRehearse {
  const bootstrap = of.bootstrap?.replace(from, () => to) ?? "";
  expect(bootstrap).not.toBe(of.bootstrap);
  return { ...of, bootstrap };
}

/** The same with other statements of the first role. */
function withStatements(
  of: DatabaseToRehearse,
  change: (statements: NonNullable<RehearsedRole["statements"]>) => Partial<RehearsedRole["statements"]>,
): DatabaseToRehearse {
  return {
    ...of,
    roles: of.roles.map((role, index) =>
      index > 0 || role.statements === undefined
        ? role
        : { ...role, statements: { ...role.statements, ...change(role.statements) } },
    ),
  };
}

const creating = (from: string, to: string, of = right) =>
  withStatements(of, ({ creation }) => ({ creation: creation.map((text) => text.replace(from, to)) }));
const revoking = (revocation: string[], of = right) => withStatements(of, () => ({ revocation }));

const RIGHT: [string, DatabaseToRehearse][] = [
  ["of two services", right],
  ["of credentials that hold their grants themselves", direct],
  ["of tables that an owner creates, and of whoever acts as that owner", acting],
  [
    "of sequences, functions, their types, the database and MAINTAIN",
    database([
      { name: "orders-shop", grants: OBJECTS },
      { name: "billing-shop", grants: [{ database: ["TEMPORARY"] }, ORDERS] },
    ]),
  ],
  [
    "of credentials that hold rights on sequences and functions themselves",
    database([{ name: "orders-shop", grants: OBJECTS, strategy: "direct" }]),
  ],
  ["of a service that streams changes, beside others", streaming],
  ["in another schema, under another login", database(SERVICES, { schema: "sales", login: "vault" })],
  ["beside a user that still has a static password", database(SERVICES, { staticUsers: ["shop_app"] })],
  [
    "of tables that belong to a user with a static password, and to the superuser's name",
    database(
      [
        { name: "orders-shop", grants: [{ ...OWNED, allTablesOwnedBy: "shop_app" }] },
        { name: "billing-shop", grants: [{ ...OWNED, allTablesOwnedBy: "postgres" }] },
      ],
      { staticUsers: ["shop_app"] },
    ),
  ],
  ["of a service that goes by a pooler, beside one that does not", pooled],
  ["whose names need quotes", database(SERVICES, { databaseName: 'my "shop"', login: "Vault's login" })],
  ["with forty services of one shape", database(Array.from({ length: 40 }, (_, index) => ({ name: `service-${index}-shop`, grants: [ORDERS] })))], // prettier-ignore
];

const NO_STATEMENTS = { creation: [], renewal: [], revocation: [] };

const WRONG: [string, DatabaseToRehearse, string][] = [
  [
    "one privilege more in the SQL for the DBA",
    withSql(right, "ARRAY['SELECT', 'INSERT']", "ARRAY['SELECT', 'INSERT', 'DELETE']"),
    "the bootstrap SQL makes it so that orders-shop may DELETE ON TABLE public.orders, which nobody declared",
  ],
  [
    "one privilege less",
    withSql(right, "ARRAY['SELECT', 'INSERT']", "ARRAY['SELECT']"),
    "the bootstrap SQL does not make it so that orders-shop may USAGE ON SEQUENCE public.leasehold numbers 0",
  ],
  [
    "a function more in the SQL for the DBA",
    withSql(
      objects,
      "'feels(app.mood, public.Mixed[])'",
      "'feels(app.mood, public.Mixed[])', 'leasehold_beside()'",
    ),
    "the bootstrap SQL makes it so that orders-shop may EXECUTE ON FUNCTION app.leasehold_beside(), which nobody declared",
  ],
  [
    "a privilege on a sequence less",
    withSql(objects, "ARRAY['USAGE', 'SELECT', 'UPDATE']", "ARRAY['USAGE', 'SELECT']"),
    "the bootstrap SQL does not make it so that orders-shop may UPDATE ON SEQUENCE app.numbers",
  ],
  [
    "another table's columns",
    withSql(right, "ARRAY['id', 'email']", "ARRAY['id']"),
    "the bootstrap SQL does not make it so that billing-shop may SELECT (email) ON TABLE public.customers",
  ],
  [
    "a table that is not there",
    withSql(right, "ARRAY['orders']", "ARRAY['ordres']"),
    "the bootstrap SQL fails: declared, but not in this database:\ntable public.ordres",
  ],
  [
    "a right for everybody",
    withSql(right, /^COMMIT;/m, "GRANT SELECT ON public.orders TO PUBLIC;\nCOMMIT;"),
    "the bootstrap SQL makes it so that PUBLIC may SELECT ON TABLE public.orders, which nobody declared",
  ],
  [
    "a function in a block that takes from somebody else",
    withSql(
      right,
      /^COMMIT;/m,
      "DO $$ BEGIN EXECUTE 'REVOKE ' || 'SELECT ON public.\"leasehold beside\" FROM leasehold_stranger'; END $$;\nCOMMIT;",
    ),
    "the bootstrap SQL ends that leasehold_stranger may SELECT ON TABLE public.leasehold beside",
  ],
  [
    "a login with more than it needs",
    withSql(
      right,
      "format('CREATE ROLE %I LOGIN CREATEROLE NOINHERIT'",
      "format('CREATE ROLE %I LOGIN CREATEROLE INHERIT'",
    ),
    "the bootstrap SQL does not make it so that role vault_admin: LOGIN CREATEROLE NOINHERIT",
  ],
  [
    "PUBLIC that keeps its CONNECT",
    withSql(right, /what IN \(format\('CONNECT ON DATABASE %I'/g, "what IN (format('KONNECT ON DATABASE %I'"),
    "the bootstrap SQL leaves it so that PUBLIC may CONNECT ON DATABASE shop",
  ],
  [
    "a pooler that finds the users of every service",
    withSql(pooled, "AND held.rolname = ANY (%L::text[])", "AND (held.rolname = ANY (%L::text[]) OR true)"),
    "the pooler pgbouncer finds a user of billing-shop, who does not go by it",
  ],
  [
    "a pooler that finds nobody",
    withSql(pooled, "starts_with(rolname, ''v-'')", "starts_with(rolname, ''w-'')"),
    "the pooler pgbouncer does not find a user of orders-shop",
  ],
  [
    "a pooler by which everybody may ask",
    withSql(pooled, /^COMMIT;/m, "GRANT USAGE ON SCHEMA leasehold_pgbouncer TO PUBLIC;\nCOMMIT;"),
    "the bootstrap SQL makes it so that PUBLIC may USAGE ON SCHEMA leasehold_pgbouncer, which nobody declared",
  ],
  [
    "SQL that changes something each time",
    withSql(right, /^COMMIT;/m, "DO $$ BEGIN RAISE NOTICE 'again'; END $$;\nCOMMIT;"),
    'the second run of the bootstrap SQL still says "again"',
  ],
  [
    "a credential that inherits nothing",
    creating("WITH LOGIN", "WITH LOGIN NOINHERIT"),
    "a credential may not SELECT ON TABLE public.orders, which is declared",
  ],
  [
    "a credential of another service's group",
    creating('IN ROLE "orders-shop"', 'IN ROLE "billing-shop"'),
    "a credential may SELECT (email) ON TABLE public.customers, which nobody declared",
  ],
  [
    "a credential of two groups",
    creating('IN ROLE "orders-shop"', 'IN ROLE "orders-shop", "billing-shop"'),
    "the creation makes it so that v-leasehold-first is a member of billing-shop: INHERIT SET, which nobody declared",
  ],
  [
    "a credential that streams what nobody declared",
    {
      ...streaming,
      roles: streaming.roles.map((role) => ({
        ...role,
        statements: streaming.roles[0]?.statements ?? NO_STATEMENTS,
      })),
    },
    "a credential may have REPLICATION, which nobody declared",
  ],
  [
    "a credential that is to stream and cannot",
    creating(" REPLICATION", "", streaming),
    "a credential may not have REPLICATION, which is declared",
  ],
  [
    "Vault's login that may hand on REPLICATION where nobody declares it",
    withSql(
      right,
      "format('CREATE ROLE %I LOGIN CREATEROLE NOINHERIT'",
      "format('CREATE ROLE %I LOGIN REPLICATION CREATEROLE NOINHERIT'",
    ),
    "the bootstrap SQL fails: ",
  ],
  [
    "Vault's login without REPLICATION where somebody declares it",
    withSql(streaming, /^INSERT INTO leasehold_replication VALUES\n.*\n.*;\n/m, ""),
    "the bootstrap SQL does not make it so that role vault_admin: LOGIN CREATEROLE REPLICATION NOINHERIT",
  ],
  [
    "a credential that does not end",
    creating(" VALID UNTIL '{{expiration}}'", ""),
    "the creation does not make it so that role v-leasehold-first: LOGIN CONNECTION LIMIT VALID UNTIL 2998-12-31 23:59:59",
  ],
  [
    "a credential without a limit of sessions",
    creating(" CONNECTION LIMIT 5", ""),
    "the creation does not make it so that role v-leasehold-first: LOGIN CONNECTION LIMIT VALID UNTIL 2998-12-31 23:59:59",
  ],
  [
    "a credential that Vault's login may not make",
    creating("WITH LOGIN", "WITH LOGIN SUPERUSER"),
    "the creation fails: permission denied to create role",
  ],
  [
    "a credential that cannot log in",
    creating("WITH LOGIN", "WITH NOLOGIN"),
    "the creation makes it so that role v-leasehold-first: NOLOGIN CONNECTION LIMIT VALID UNTIL 2998-12-31 23:59:59, which nobody declared",
  ],
  [
    "a creation that Vault splits in a block",
    withStatements(right, ({ creation }) => ({ creation: [...creation, "do $$ begin perform 1; end $$"] })),
    "the creation fails: ",
  ],
  [
    "a revocation that only locks",
    revoking(['ALTER ROLE "{{name}}" NOLOGIN;']),
    "the revocation leaves it so that v-leasehold-second is a member of orders-shop: INHERIT SET",
  ],
  [
    "a revocation that fails the second time",
    revoking(['DROP ROLE "{{name}}";']),
    "the revocation fails: role",
  ],
  [
    "a revocation that drops what holds grants",
    revoking(['DROP ROLE IF EXISTS "{{name}}";'], direct),
    'the revocation fails: role "v-leasehold-second" cannot be dropped because some objects depend on it',
  ],
  [
    "a revocation that takes from another one, too",
    withStatements(right, ({ revocation }) => ({
      revocation: [...revocation, 'ALTER ROLE "v-leasehold-first" NOLOGIN;'],
    })),
    "the revocation makes it so that role v-leasehold-first: NOLOGIN",
  ],
  [
    "a renewal of nothing",
    withStatements(right, () => ({ renewal: ["SELECT 1"] })),
    "the renewal does not make it so that role v-leasehold-first: LOGIN CONNECTION LIMIT VALID UNTIL 2999-12-31 23:59:59",
  ],
  [
    "a credential of the owner's that acts as itself",
    withStatements({ ...acting, roles: [...acting.roles].reverse() }, ({ creation }) => ({
      creation: creation.slice(0, 1),
    })),
    "the creation does not make it so that settings of v-leasehold-first: {role=app_owner}",
  ],
  [
    "grants to a credential that its declaration has not",
    withStatements(direct, ({ creation }) => ({
      creation: [...creation, 'GRANT UPDATE ON TABLE public.orders TO "{{name}}";'],
    })),
    "a credential may UPDATE ON TABLE public.orders, which nobody declared",
  ],
  [
    "the row of one service among forty that are alike",
    withSql(
      RIGHT.at(-1)?.[1] as DatabaseToRehearse,
      "('service-31-shop', 'public', ARRAY['orders'], NULL, ARRAY['SELECT', 'INSERT'])",
      "('service-31-shop', 'public', ARRAY['orders'], NULL, ARRAY['SELECT'])",
    ),
    "the bootstrap SQL does not make it so that service-31-shop may INSERT ON TABLE public.orders",
  ],
];

async function problems(all: readonly DatabaseToRehearse[]): Promise<RehearsalProblem[][]> {
  const plans = all.map(planOf);
  const outcomes = await perform(plans.map(({ acts }) => acts.map(({ step }) => step)));
  return plans.map((plan, index) => problemsOf(plan, outcomes[index] ?? []));
}

describe("SQL as leasehold renders it", () => {
  let found: RehearsalProblem[][];
  beforeAll(async () => {
    found = await problems(RIGHT.map(([, each]) => each));
  }, 120_000);

  test.each(RIGHT.map(([title], index) => [title, index] as const))(
    "%s comes to what is declared",
    (_, index) => expect(found[index]).toEqual([]),
  );
});

describe("other SQL", () => {
  let found: RehearsalProblem[][];
  beforeAll(async () => {
    found = await problems(WRONG.map(([, each]) => each));
  }, 240_000);

  test.each(WRONG.map(([title, , told], index) => [title, told, index] as const))(
    "is told of: %s",
    (_, told, index) => {
      const all = (found[index] ?? []).map(({ problem }) => problem);
      expect(all).toContainEqual(expect.stringContaining(told));
    },
  );
});

test("whatever can be granted, of either strategy, comes to what is declared", async () => {
  const cases = fc.sample(
    fc
      .constantFrom("group" as const, "direct" as const)
      .chain((strategy) =>
        declarations(strategy).map(({ grants }) => database([{ name: "orders-shop", grants, strategy }])),
      ),
    {
      numRuns: Number(process.env["LEASEHOLD_RUNS"] ?? 12),
      seed: Number(process.env["LEASEHOLD_SEED"] ?? 1),
    },
  );
  const found = await problems(cases);
  found.forEach((each, index) => expect({ declared: cases[index]?.roles, each }).toMatchObject({ each: [] }));
}, 240_000);

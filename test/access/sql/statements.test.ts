import { analyseStatements, loadSqlParser, parseSql, readGrants } from "../../../proof/access";
import { splitByVault } from "../../../proof/access/sql/splitting";
import { creationObjections } from "../../../proof/rules/closed/statements/creation";
import { revocationObjections } from "../../../proof/rules/closed/statements/revocation";
import { credentialStatements, renderBootstrapSql, type Grant } from "../../../lib/postgres";

beforeAll(loadSqlParser);

const CREATE = `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE g;`;
const DROP = 'DROP ROLE IF EXISTS "{{name}}";';
const analysis = (creation: string[], revocation: string[] = [DROP]) =>
  analyseStatements({ creation, revocation, renewal: [] });

/** Vault 1.21: one element into what it runs. */
test.each<[string, string[]]>([
  ["SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"]],
  ["SELECT ';';", ["SELECT '", "'"]],
  ["DO $$ BEGIN PERFORM 1; END $$", ["DO $$ BEGIN PERFORM 1; END $$"]],
  ["DO $$ begin perform 1; end $$", ["DO $$ begin perform 1", "end $$"]],
  ["SELECT 'END'; SELECT 2", ["SELECT 'END'", "SELECT 2"]],
  [Buffer.from("SELECT 1; SELECT 2").toString("base64"), ["SELECT 1", "SELECT 2"]],
  ['["SELECT 1", "SELECT 2"]', ["SELECT 1", "SELECT 2"]],
])("%s is split as Vault splits it", (element, statements) => {
  expect(splitByVault(element, { blocks: true })).toEqual(statements);
});

test("renewal statements are split, whatever they say", () => {
  expect(splitByVault("DO $$ BEGIN PERFORM 1; END $$", { blocks: false })).toHaveLength(2);
});

test("what a login is created with", () => {
  const { creation, problems } = analysis([
    CREATE.replace("LOGIN", "LOGIN CREATEDB NOSUPERUSER"),
    'GRANT h TO "{{name}}"',
  ]);
  expect(problems).toEqual([]);
  expect(creation.login).toMatchObject({
    attributes: ["CREATEDB"],
    password: "placeholder",
    validUntil: "{{expiration}}",
  });
  expect(creation.memberships).toEqual([{ role: "g" }, { role: "h" }]);
});

test("what is done inside of a block counts", () => {
  const block = `DO $$ BEGIN GRANT SELECT ON public.orders TO "{{name}}"; END $$`;
  expect(analysis([CREATE, block]).creation.grants).toMatchObject([
    { on: "TABLE", objects: [{ schema: "public", name: "orders" }] },
  ]);
  const revoke = `DO $$ BEGIN IF EXISTS (SELECT) THEN DROP ROLE "{{name}}"; END IF; END $$`;
  expect(analysis([CREATE], [revoke]).revocation).toMatchObject({ dropsRole: true, notIdempotent: [] });
});

test("leasehold's own statements on objects beside tables are understood, and nothing else on them", () => {
  const statements = credentialStatements({
    strategy: "direct",
    roleName: "orders-shop",
    schema: "public",
    grants: [
      { tables: ["sums"], privileges: ["SELECT", "MAINTAIN"] },
      { sequences: ["order_number"], privileges: ["USAGE", "SELECT", "UPDATE"] },
      { functions: ["reserve_stock(int, app.mood[])", "close_day()"], privileges: ["EXECUTE"] },
    ],
    connectionLimit: 4,
  });
  const expected = { role: "orders-shop", owners: [] };
  expect([...creationObjections(statements.creation, expected)]).toEqual([]);
  expect([...revocationObjections(statements.revocation, false)]).toEqual([]);
  const { creation, problems } = analysis(statements.creation, statements.revocation);
  expect(problems).toEqual([]);
  expect(creation.grants.at(-1)).toMatchObject({
    on: "FUNCTION",
    objects: [
      { schema: "public", name: "reserve_stock(integer, app.mood[])" },
      { schema: "public", name: "close_day()" },
    ],
  });
  const wrong = (statement: string) => [...creationObjections([...statements.creation, statement], expected)];
  for (const [statement, objection] of [
    ['GRANT ALL ON SEQUENCE a TO "{{name}}"', "grants all on sequences"],
    ['GRANT EXECUTE ON ROUTINE f(int) TO "{{name}}" WITH GRANT OPTION', "hand its privilege on"],
    ['GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO "{{name}}"', "more than the objects that it names"],
    ["GRANT EXECUTE ON ROUTINE f(int) TO PUBLIC", "outlives the credential"],
    ['GRANT USAGE ON TYPE mood TO "{{name}}"', "grants USAGE on types"],
    ['GRANT CREATE ON DATABASE shop TO "{{name}}"', "grants CREATE on databases"],
  ])
    expect(wrong(statement ?? "").join()).toContain(objection);
});

/** The statements that leasehold writes are what the rules ask for, in both strategies. */
test.each(["group", "direct"] as const)("leasehold's own statements of the strategy %s", (strategy) => {
  const grants: Grant[] = [
    { tables: ["orders"], privileges: ["SELECT", "INSERT"] },
    { tables: ["customers"], columns: ["id"], privileges: ["SELECT"] },
  ];
  const statements = credentialStatements({
    strategy,
    roleName: "orders-shop",
    schema: "public",
    grants,
    connectionLimit: 4,
  });
  const { creation, revocation, problems } = analysis(statements.creation, statements.revocation);
  expect(problems).toEqual([]);
  expect(revocation).toMatchObject({ dropsRole: true, endsSessions: true, notIdempotent: [] });
  expect(creation.memberships).toEqual(strategy === "group" ? [{ role: "orders-shop" }] : []);
  expect(creation.grants.map(({ on }) => on)).toEqual(
    strategy === "group" ? [] : ["SCHEMA", "TABLE", "TABLE"],
  );
  if (strategy === "direct") expect(revocation.revokesAll).toBe(true);
});

test("leasehold's own statements for whoever acts as an owner", () => {
  const { creation, revocation } = credentialStatements({
    strategy: "group",
    roleName: "schema-shop",
    schema: "public",
    grants: [],
    owner: "shop owner's",
    connectionLimit: 4,
  });
  const found = analysis(creation, revocation);
  expect(found.problems).toEqual([]);
  expect(found.creation).toMatchObject({ actsAs: "shop owner's", memberships: [{ role: "schema-shop" }] });
  expect(found.revocation).toMatchObject({ endsSessions: true, refusesLogin: true, notIdempotent: [] });
});

const NOLOGIN = 'ALTER ROLE "{{name}}" NOLOGIN;';
test.each<[string, string[], boolean, number]>([
  ["NOLOGIN that is committed", [NOLOGIN, "COMMIT; BEGIN;", DROP], true, 0],
  ["NOLOGIN that is not", [NOLOGIN, DROP], false, 0],
  ["LOGIN", [NOLOGIN.replace("NO", ""), "COMMIT; BEGIN;", DROP], false, 0],
  ["a commit alone", [NOLOGIN, "COMMIT;", DROP], true, 1],
  ["a transaction that begins first", ["BEGIN;", "COMMIT;", DROP], false, 2],
])("%s in a revocation", (_, statements, refusesLogin, problems) => {
  const found = analysis([CREATE], statements);
  expect(found.revocation.refusesLogin).toBe(refusesLogin);
  expect(found.problems.filter(({ kind }) => kind === "not-transactional")).toHaveLength(problems);
});

test("a creation that commits in between could leave half a credential", () => {
  expect(analysis([CREATE, "COMMIT; BEGIN;"]).problems).toHaveLength(2);
});

test("the grants of leasehold's bootstrap SQL", () => {
  const sql = renderBootstrapSql({
    environment: "test",
    connection: "shop",
    databaseName: "shop",
    schema: "public",
    login: "vault_admin",
    postgresVersion: 17,
    roles: [
      {
        name: "orders-shop",
        grants: [
          { tables: ["orders"], privileges: ["SELECT", "INSERT"] },
          { tables: ["customers"], columns: ["id"], privileges: ["SELECT"], schema: "crm" },
          { allTablesOwnedBy: "app", privileges: ["SELECT"], reason: "migrations add tables" },
        ],
      },
    ],
  });
  expect(readGrants(sql, "shop.sql")).toMatchObject({
    failures: [],
    grants: [
      { role: "orders-shop", schema: "public", tables: ["orders"], privileges: ["SELECT", "INSERT"] },
      { role: "orders-shop", schema: "crm", tables: ["customers"], columns: ["id"] },
      { role: "orders-shop", owner: "app", tables: [] },
    ],
  });
});

test("an error of PostgreSQL's parser is told without literals", () => {
  expect(parseSql("SELEC 1").error).toEqual({ message: 'syntax error at or near "SELEC"', position: 0 });
  expect(parseSql("CREATE ROLE x PASSWORD 'canary' 'canary'").error?.message).not.toContain("canary");
});

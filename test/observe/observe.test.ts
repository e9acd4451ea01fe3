import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { report, statementsOfDatabase, type Target } from "../../cli/observe";
import { loadSqlParser } from "../../proof/access";
import { compare, logFormat, observe, proposal, statementsOfLog, usageOf } from "../../lib/observe";
import { startPostgres, type PostgresServer } from "../support/postgres";
import { until } from "../../clients/node/test/support";

beforeAll(() => loadSqlParser());

async function statementsIn(log: string, user: string, database: string): Promise<string[]> {
  const statements = [];
  for await (const each of statementsOfLog(Readable.from([log]), logFormat(log), user, database))
    statements.push(each);
  return statements;
}

const used = (sql: string) =>
  (usageOf(sql)?.usages ?? [])
    .map(({ schema, table, verb }) => `${verb} ${schema === null ? "" : `${schema}.`}${table}`)
    .sort();

test.each<[string, string[]]>([
  [
    "SELECT * FROM orders o JOIN app.customers c ON c.id = o.customer_id WHERE o.id = $1",
    ["SELECT app.customers", "SELECT orders"],
  ],
  ["SELECT id FROM orders FOR UPDATE", ["SELECT orders", "UPDATE orders"]],
  ["INSERT INTO orders (id) VALUES ($1)", ["INSERT orders"]],
  ["INSERT INTO orders (id) VALUES ($1) RETURNING id", ["INSERT orders", "SELECT orders"]],
  [
    "INSERT INTO orders VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 1",
    ["INSERT orders", "SELECT orders", "UPDATE orders"],
  ],
  ["INSERT INTO archive SELECT * FROM orders", ["INSERT archive", "SELECT orders"]],
  ["UPDATE orders SET n = 1", ["UPDATE orders"]],
  ["UPDATE orders SET n = n + 1", ["SELECT orders", "UPDATE orders"]],
  [
    "UPDATE orders SET n = s.n FROM staged s WHERE s.id = orders.id",
    ["SELECT orders", "SELECT staged", "UPDATE orders"],
  ],
  ["DELETE FROM orders", ["DELETE orders"]],
  ["DELETE FROM orders USING old WHERE old.id = orders.id", ["DELETE orders", "SELECT old", "SELECT orders"]],
  [
    "WITH gone AS (DELETE FROM orders RETURNING *) INSERT INTO archive SELECT * FROM gone",
    ["DELETE orders", "INSERT archive", "SELECT orders"],
  ],
  [
    "MERGE INTO stock USING sold ON sold.id = stock.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)",
    ["DELETE stock", "INSERT stock", "SELECT sold", "SELECT stock"],
  ],
  ["TRUNCATE a, b", ["TRUNCATE a", "TRUNCATE b"]],
  ["COPY orders TO STDOUT", ["SELECT orders"]],
  ["COPY orders FROM STDIN", ["INSERT orders"]],
  ["SELECT (SELECT max(id) FROM inner_table) FROM pg_catalog.pg_class", ["SELECT inner_table"]],
  ["BEGIN", []],
])("%s", (sql, expected) => expect(used(sql)).toEqual(expected));

test.each([
  ["CREATE TABLE orders (id int)", "CreateStmt"],
  ["CREATE TEMP TABLE work (id int)", undefined],
  ["ALTER TABLE orders ADD n int", "AlterTableStmt"],
  ["DROP TABLE orders", "DropStmt"],
  ["CREATE INDEX ON orders (id)", "IndexStmt"],
  ["SELECT 1", undefined],
])("%s changes the schema: %s", (sql, change) => expect(usageOf(sql)?.schemaChange).toBe(change));

test("compares with the declared grants, and proposes those that were needed", async () => {
  const observation = await observe(
    [
      "SELECT FROM orders",
      "UPDATE orders SET n = 1",
      "SELECT FROM customers",
      "INSERT INTO log.entries VALUES (1)",
      "SELEC",
    ],
    "public",
  );
  expect(observation).toMatchObject({ unread: 1, read: 5 });
  const grants = [
    { tables: ["orders"], privileges: ["SELECT", "DELETE"] },
    { tables: ["customers"], columns: ["id"], privileges: ["SELECT"] },
  ] as const;
  expect(compare(observation, grants, "public")).toEqual({
    lost: ["INSERT ON log.entries", "UPDATE ON public.orders"],
    unseen: ["DELETE ON public.orders"],
    columns: ["public.customers"],
  });
  expect(proposal(observation, "public")).toBe(`grants: [
  { schema: "log", tables: ["entries"], privileges: ["INSERT"] },
  { tables: ["customers"], privileges: ["SELECT"] },
  { tables: ["orders"], privileges: ["SELECT", "UPDATE"] },
],`);
});

test("reads pgaudit's lines and others out of a csvlog", async () => {
  const line = (user: string, message: string) =>
    `2026-11-24 12:00:00 UTC,"${user}","shop",1,"127.0.0.1:1",x,1,"SELECT",t,1/1,0,LOG,00000,"${message.replaceAll('"', '""')}",,,,,,,,,"app"`;
  const log = [
    line("app", 'AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.orders,"SELECT ""id"" FROM orders",<none>'),
    line("app", "execute <unnamed>: UPDATE orders\nSET n = $1"),
    line("app", "connection authorized"),
    line("other", "statement: DELETE FROM orders"),
  ].join("\n");
  expect(await statementsIn(log, "app", "shop")).toEqual([
    'SELECT "id" FROM orders',
    "UPDATE orders\nSET n = $1",
  ]);
});

test.each<[string, string, string]>([
  ["jsonlog", '{"user":"app"}\n{"user":"app","message":"canary-8Jx2vQ\n{}', "line 2 is no jsonlog"],
  ["csvlog", 'a,"app\n,canary-8Jx2vQ"x,', "line 2 is no csvlog"],
])("a file that is no %s is told by the line, and nothing of it is repeated", async (_, log, message) => {
  await expect(statementsIn(log, "app", "shop")).rejects.toThrow(new RegExp(`^${message}$`));
});

test.each([
  '{"user":"app","dbname":"shop","message":"statement: SELECT 1"}\n{"user":"ap',
  'a,app,shop,d,e,f,g,h,i,j,k,l,m,"statement: SELECT 1"\na,app,shop,d,e,f,g,h,i,j,k,l,m,"statement: SEL',
])("a last line that is still being written is left out", async (log) => {
  expect(await statementsIn(log, "app", "shop")).toEqual(["SELECT 1"]);
});

test("a statement counts each time, and hides no other one that only looks like it", async () => {
  const statements = Array.from(
    { length: 1000 },
    (_, n) => `SELECT * FROM orders WHERE id = ${n} AND c = 'c${n}'`,
  );
  expect(await observe([...statements, ...statements], "public")).toMatchObject({ read: 2000, unread: 0 });
  const escaped = ["t1", "t2"].map((table) => `SELECT E'a\\'b' FROM ${table} WHERE x = 'c'`);
  const schemas = ["x", "y"].map((schema) => `SELECT 1 FROM ${schema}.t3`);
  const { used } = await observe([...escaped, ...schemas], "public");
  expect([...used.keys()]).toEqual(["public.t1", "public.t2", "x.t3", "y.t3"]);
});

describe("a static user on a real server", () => {
  let server: PostgresServer;
  const target: Target = {
    service: "orders",
    user: "app",
    database: "postgres",
    schema: "public",
    grants: [{ tables: ["orders"], privileges: ["SELECT"] }],
  };
  beforeAll(async () => {
    server = await startPostgres(undefined, [
      "shared_preload_libraries=pg_stat_statements",
      "logging_collector=on",
      "log_destination=csvlog,jsonlog",
      "log_statement=all",
      "log_file_mode=0644",
    ]);
    await until(() =>
      server.connect().then(
        () => true,
        () => false,
      ),
    );
    const admin = await server.connect();
    await admin.query(`CREATE EXTENSION pg_stat_statements; CREATE ROLE app LOGIN PASSWORD 'geheim';
      CREATE TABLE orders (id int, note text); GRANT SELECT, UPDATE ON orders TO app`);
    const app = await server.connect({ user: "app", password: "geheim" });
    await app.query("SELECT id FROM orders WHERE note = 'canary-4kQ'");
    await app.query("UPDATE orders SET note = $1 WHERE id = $2", ["canary-4kQ", 1]);
  });
  afterAll(() => server.stop());

  const expectLoss = async (
    statements: Iterable<string> | AsyncIterable<string>,
    blind: readonly string[],
  ) => {
    const { lost, text } = report(await observe(statements, "public"), target, blind);
    expect(lost).toBe(1);
    expect(text).toContain("would be lost:\n  UPDATE ON public.orders");
    expect(text).toContain('{ tables: ["orders"], privileges: ["SELECT", "UPDATE"] }');
    expect(text).not.toContain("canary");
  };

  test("by pg_stat_statements, which says what it does not see", async () => {
    const connection = { host: "127.0.0.1", port: server.port, user: "postgres", password: "superuser" };
    const { statements, blind } = await statementsOfDatabase(target, connection);
    await expectLoss(statements, blind);
    expect(blind.join("\n")).toMatch(/anything before \d{4}-.*\n.*functions and triggers/s);
  });

  test.each(["csv", "json"])("by its log in %s", async (format) => {
    const directory = path.join(server.directory, "data/log");
    const read = () =>
      fs.readFileSync(
        path.join(directory, fs.readdirSync(directory).find((file) => file.endsWith(`.${format}`)) ?? ""),
        "utf8",
      );
    await until(() => read().includes("UPDATE orders"));
    await expectLoss(await statementsIn(read(), "app", "postgres"), []);
  });

  test("a server without the extension is an error that says what it takes", async () => {
    const connection = { host: "127.0.0.1", port: server.port, user: "app", password: "wrong" };
    await expect(statementsOfDatabase(target, connection)).rejects.toThrow(
      "pg_stat_statements cannot be read: password authentication failed",
    );
  });
});

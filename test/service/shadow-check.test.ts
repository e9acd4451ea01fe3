import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { planService, podTemplate, type Credentials, type ServiceProps } from "../../lib/service";
import { missingGrantsSql } from "../../lib/service/pod/shadow-check";
import { startPostgres, type PostgresServer } from "../support/postgres";
import { TestDatabase } from "../support/postgres-database";
import { cronJob, orders, readsOrders } from "../support/service-fixtures";

describe("the query for declared privileges", () => {
  let server: PostgresServer;
  let database: TestDatabase;
  beforeAll(async () => {
    server = await startPostgres();
    database = await TestDatabase.create(
      server,
      "CREATE TABLE orders (id int, total numeric)",
      "CREATE TABLE customers (id int, name text)",
      "CREATE ROLE app LOGIN",
      "GRANT SELECT, UPDATE ON orders TO app; GRANT SELECT (id) ON customers TO app",
    );
    await database.admin.query("SET ROLE app");
  });
  afterAll(() => server.stop());

  const missing = async (...grants: Parameters<typeof missingGrantsSql>[0]) =>
    Object.values((await database.admin.query<object>(missingGrantsSql(grants, "public"))).rows[0] ?? {});

  test.each([
    [[{ tables: ["orders"], privileges: ["SELECT", "UPDATE"] }], ""],
    [[{ tables: ["customers"], columns: ["id"], privileges: ["SELECT"] }], ""],
    [[], ""],
    [[{ tables: ["orders"], privileges: ["SELECT", "DELETE"] }], "DELETE ON orders"],
    [
      [{ tables: ["customers"], columns: ["id", "name"], privileges: ["SELECT"] }],
      "SELECT (name) ON customers",
    ],
    [[{ tables: ["no'body"], privileges: ["SELECT"] }], "SELECT ON no'body"],
    [[{ tables: ["orders"], schema: "elsewhere", privileges: ["SELECT"] }], "SELECT ON orders"],
  ] as const)("%j: %s", async (grants, answer) => {
    expect(await missing(...grants)).toEqual([answer]);
  });
});

/** With a psql that says who it is, because npm brings a PostgreSQL without one; the bench runs the real one. */
describe("the script, with a psql that is a stand-in", () => {
  let directory: string;
  beforeEach(() => (directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-check-"))));
  afterEach(() => fs.rmSync(directory, { recursive: true }));

  const CONTENTS: Readonly<Record<string, string>> = {
    json: '{"username":"v-a_B-1","password":"p-W_9","lease_duration":3600}',
    env: "PGUSER='v-a_B-1'\nPGPASSWORD='p-W_9'\nLEASE_DURATION=3600",
    properties: "username=v-a_B-1\npassword=p-W_9\nlease_duration=3600",
    url: "postgresql://v-a_B-1:p-W_9@pg.acme.internal:5432/shop?sslmode=verify-full",
  };

  function run(
    format: "json" | "env" | "properties" | "url",
    psql: string,
    content = CONTENTS[format] ?? "",
  ) {
    const file = path.join(directory, `shop.${format}`);
    if (content !== "") fs.writeFileSync(file, content);
    fs.writeFileSync(path.join(directory, "psql"), `#!/bin/sh\n${psql}\n`, { mode: 0o755 });
    const [script = "", env] = scriptOf({ format });
    const { stdout, stderr } = spawnSync("/bin/sh", ["-c", script.replaceAll("/vault/secrets", directory)], {
      encoding: "utf8",
      env: { ...env, PATH: `${directory}:${process.env.PATH}` },
    });
    expect(stderr).toBe("");
    return stdout;
  }

  function scriptOf(credentials: Credentials): [string, Record<string, string>] {
    const props: ServiceProps = {
      ...orders,
      workload: cronJob,
      access: [{ ...readsOrders, credentials }],
      migration: {
        stage: "shadow",
        credentials: [{ database: "shop", user: "app", secret: "app", as: { kind: "file", key: "shop" } }],
        check: { kind: "container", image: "docker.io/library/postgres:17.2-alpine" },
      },
    };
    const plan = planService(props);
    const { containers } = podTemplate(plan, cronJob, { suffix: "", source: "shadow" }).spec;
    const check = containers.find(({ name }) => name === "credentials-check");
    const env = (check?.env ?? []).map((each) => [each.name, "value" in each ? each.value : ""] as const);
    return [check?.command?.at(-1) ?? "", Object.fromEntries(env)];
  }

  test.each(["json", "env", "properties", "url"] as const)("logs in with a file in %s", (format) => {
    const seen = path.join(directory, "seen");
    const psql = `echo "$PGUSER $PGPASSWORD $PGHOST $PGSSLMODE $*" > ${seen}`;
    expect(run(format, psql)).toBe("credentials-check shop: OK\n");
    const said = fs.readFileSync(seen, "utf8");
    expect(said).toContain(format === "url" ? CONTENTS.url : "v-a_B-1 p-W_9 pg.acme.internal verify-full");
    expect(said).toContain("has_table_privilege");
  });

  test("says what is missing, what has failed, and that it waits", () => {
    expect(run("json", "echo DELETE ON orders")).toBe("credentials-check shop: MISSING DELETE ON orders\n");
    expect(run("json", "echo 'psql: error: no' >&2; exit 2")).toBe(
      "credentials-check shop: FAILED psql: error: no\n",
    );
    fs.rmSync(path.join(directory, "shop.json"));
    expect(run("json", "true", "")).toBe("credentials-check shop: WAITING for the credentials file\n");
  });
});

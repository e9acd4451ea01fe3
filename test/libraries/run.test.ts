import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { assertRuns, shownIn } from "../../clients/libraries/library";
import { runOf } from "../../clients/libraries/run";
import { program } from "../../clients/node/libraries/worker";
import { startPostgres, type PostgresServer } from "../support/postgres";

/** A pool that reads its user once, as a library does that opens connections by itself. */
const ONCE = `
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const { Pool } = createRequire(${JSON.stringify(__filename)})("pg");
const { username: user, password } = JSON.parse(readFileSync(process.env.LEASEHOLD_SHOP_CREDENTIALS_FILE, "utf8"));
const { LEASEHOLD_SHOP_HOST: host, LEASEHOLD_SHOP_PORT: port } = process.env;
const pool = new Pool({ host, port: Number(port), database: "postgres", user, password });
pool.on("error", () => {});
`;

let server: PostgresServer;
let directory: string;
beforeAll(async () => {
  server = await startPostgres();
  directory = mkdtempSync(path.join(os.tmpdir(), "leasehold-libraries-test-"));
});
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true });
});

test("a library that does not follow is told, with what PostgreSQL says", async () => {
  const file = path.join(directory, "once.mjs");
  writeFileSync(
    file,
    program(ONCE, { user: '(await pool.query("SELECT current_user AS name")).rows[0].name' }),
  );
  const library = { name: "once", version: "1", shown: ONCE, command: [process.execPath, file] as const };
  const run = await runOf(library, server, 1);
  expect(run.rotations).toBe(10);
  expect(run.asked).toBeGreaterThan(0);
  expect(run.failed.join("\n")).toContain("password authentication failed");
  expect(run.problems[0]).toBe(run.failed[0]);
  expect(run.problems.at(-1)).toBe("it has seen 1 of 11 users");
}, 300_000);

test("a program that ends by itself is told, with what it says", async () => {
  const library = {
    name: "broken",
    version: "1",
    shown: "",
    command: [process.execPath, "-e", "throw new Error('no such pool')"] as const,
  };
  await expect(runOf(library, server, 1)).rejects.toThrow(
    /the program of broken ended with 1: .*no such pool/s,
  );
}, 60_000);

describe("what a page shows", () => {
  const page = "## A\ntext\n```go\npool := a()\n```\n## B\n```go\nb\n```\n";

  test("is found under its heading", () => {
    expect(shownIn(page, "## A", "go")).toBe("pool := a()\n");
    expect(() => shownIn(page, "## A", "js")).toThrow("the page shows nothing in js under '## A'");
    expect(() => shownIn(page, "## C", "go")).toThrow("under '## C'");
  });

  test("is in the program, whatever the space between its words", () => {
    expect(() => assertRuns("func() {\n\t\tpool  :=\n a() }", "pool := a()\n", "A")).not.toThrow();
    expect(() => assertRuns("pool := b()", "pool := a()\n", "A")).toThrow("the program of A does not run");
  });
});

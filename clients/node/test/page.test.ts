import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import vm from "node:vm";
import MarkdownIt from "markdown-it";
import ts from "typescript";
import { startPostgres, type PostgresServer } from "../../../test/support/postgres";
import * as client from "../src";
import { AgentFile, contractOf, until, Users } from "./support";

/** The blocks of the client's page in a language. */
function blocks(language: string): string[] {
  const page = fs.readFileSync(path.join(__dirname, "../README.md"), "utf8");
  const tokens = new MarkdownIt().parse(page, {});
  return tokens
    .filter(({ type, info }) => type === "fence" && info === language)
    .map(({ content }) => content);
}

/** What the page puts in the place of a plain pool. */
const instead = blocks("diff")
  .flatMap((text) => text.split("\n"))
  .flatMap((line) => (line.startsWith("+") ? [line.slice(1)] : []))
  .join("\n");
const logging = `declare const log: Record<"info" | "warn" | "error", (...what: unknown[]) => void>;`;
/** The blocks one after the other, in a function that may await. */
const watched = ((lines: readonly string[]) => {
  const isImport = (line: string) => line.startsWith("import ");
  return [
    `import { Pool } from "@leasehold/pg";`,
    ...lines.filter(isImport),
    logging,
    "export async function page() {",
    ...lines.filter((line) => !isImport(line)),
    "return pool;",
    "}",
  ].join("\n");
})(blocks("ts").join("\n").split("\n"));

test.each([instead, watched])(
  "type-checks: %s",
  (text) => {
    const file = path.join(__dirname, "page.ts");
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Node16,
      types: ["node"],
    };
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists, getSourceFile } = host;
    const source = text.replaceAll('"@leasehold/pg"', '"../src"');
    host.fileExists = (name) => name === file || fileExists(name);
    host.readFile = (name) => (name === file ? source : readFile(name));
    host.getSourceFile = (name, ...rest) =>
      name === file
        ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022)
        : getSourceFile.call(host, name, ...rest);
    const program = ts.createProgram([file], options, host);
    const told = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);
    expect(told).toEqual([]);
  },
  60_000,
);

describe("runs", () => {
  const agent = new AgentFile();
  let server: PostgresServer;
  let users: Users;
  let pool: client.Pool;
  let listening: http.Server | undefined;
  const before = { ...process.env };

  beforeAll(async () => {
    server = await startPostgres();
    users = await Users.create(server);
    const contract = path.join(agent.directory, "contract.json");
    fs.writeFileSync(contract, JSON.stringify(contractOf(server, agent.file)));
    process.env["LEASEHOLD_CONTRACT"] = contract;
    agent.write(await users.next());
  });
  afterEach(async () => {
    listening?.close();
    await pool.end();
  });
  afterAll(async () => {
    process.env = before;
    agent.remove();
    await server.stop();
  });

  const run = (text: string, log: object = {}): Promise<client.Pool> => {
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
    });
    const exports: { page?: () => Promise<client.Pool> } = {};
    // On a port that is free.
    const createServer = (listener: http.RequestListener) => ({
      listen: () => void (listening = http.createServer(listener).listen(0)),
    });
    const require = (name: string) => (name === "node:http" ? { createServer } : client);
    vm.runInNewContext(outputText, { exports, require, log });
    if (exports.page === undefined) throw new Error("the page has no pool");
    return exports.page();
  };

  const user = async () => (await pool.query<{ name: string }>("SELECT current_user AS name")).rows[0]?.name;

  test("in the place of a plain pool", async () => {
    pool = await run(`${instead.replace("const pool", "export const page = async () => pool;\nconst pool")}`);
    const next = await users.next();
    agent.write(next);
    await until(async () => (await user()) === next);
  });

  test("watched", async () => {
    const told: unknown[] = [];
    const log = { info: (...what: unknown[]) => told.push(what), warn: () => {}, error: () => {} };
    pool = await run(watched, log);
    const next = await users.next();
    agent.write(next);
    await until(async () => (await user()) === next);
    expect(told).toEqual([[{ generation: 2, busy: expect.any(Number) }, "new database user"]]);

    const { port } = listening?.address() as AddressInfo;
    const get = async (url: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${url}`);
      return [response.status, await response.text()];
    };
    expect(await get("/ready")).toEqual([200, '{"ok":true}']);
    expect(await get("/live")).toEqual([200, '{"ok":true}']);
    expect(await get("/metrics")).toEqual([200, expect.stringContaining("leasehold_rotations_total{")]);
    await pool.drain();
    expect(await get("/ready")).toEqual([503, '{"ok":false,"reason":"the pool is draining"}']);
    expect(await get("/live")).toEqual([503, '{"ok":false,"reason":"the pool has ended"}']);
  });
});

import fs from "node:fs";
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
const watched = (text: string) => `import { Pool } from "@leasehold/pg";
${logging}
export async function page() {
${text}
return pool;
}`;

test.each([instead, ...blocks("ts").map(watched)])(
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
    const source = text.replace('"@leasehold/pg"', '"../src"');
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
  const before = { ...process.env };

  beforeAll(async () => {
    server = await startPostgres();
    users = await Users.create(server);
    const contract = path.join(agent.directory, "contract.json");
    fs.writeFileSync(contract, JSON.stringify(contractOf(server, agent.file)));
    process.env["LEASEHOLD_CONTRACT"] = contract;
    agent.write(await users.next());
  });
  afterEach(() => pool.end());
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
    const require = () => client;
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
    pool = await run(watched(blocks("ts").join("\n")), log);
    const next = await users.next();
    agent.write(next);
    await until(async () => (await user()) === next);
    expect(told).toEqual([[{ generation: 2, busy: expect.any(Number) }, "new database user"]]);
  });
});

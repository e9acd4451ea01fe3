import type { Command } from "commander";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Client } from "pg";
import { leasehold } from "../../cli/program";
import { bootstrapInput } from "../../lib/environment/derive";
import type { Environment, EnvironmentService } from "../../lib/environment/environment";
import { strict } from "../../lib/environment/guardrails";
import { renderBootstrapSql } from "../../lib/postgres";
import { synthesize } from "../../lib/synth/synthesize";
import { proof, run } from "../../proof/cli";
import { environments as examples } from "../../template/project/stacks";
import { production } from "../../template/project/stacks/production";
import { SHOP_SCHEMA } from "../../e2e/schema";
import { startPostgres, type PostgresServer } from "../support/postgres";
import { Project } from "../support/project";

/*
 * What pipelines know of a command: docs/upgrading.md. Each exit code that a command names is brought about, and there
 * is no other.
 */

const checkout = process.cwd();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-exit-codes-"));
const at = (name: string) => path.join(folder, name);

/** A service that has arrived, one on its way, and one on its way before the environment in which that is proven. */
const migrations: Readonly<Record<string, EnvironmentService["migration"]>> = {
  local: { stage: "complete", retired: [{ database: "shop", user: "app", secret: "orders-database" }] },
  production: {
    stage: "static",
    credentials: [
      {
        database: "shop",
        user: "app",
        secret: "orders-database",
        as: { kind: "env", variables: { PGUSER: "username", PGPASSWORD: "password" } },
      },
    ],
  },
};
const migrating = examples.map((environment): Environment => {
  const migration = migrations[environment.name];
  const services = environment.services.map((each) =>
    each.name === "orders" && migration ? { ...each, migration } : each,
  );
  return { ...environment, services };
});
const stricter = examples.map((each): Environment => ({ ...each, guardrails: { ...strict, maxTtl: "1m" } }));

interface Call {
  readonly words: readonly string[];
  /** @default - the environments of a new project, as they were synthesized */
  readonly environments?: readonly Environment[];
  readonly before?: () => Promise<unknown>;
}

type Calls = Readonly<Record<string, Readonly<Record<number, Call>>>>;

const call = (...words: string[]): Call => ({ words });

/** Commands that need no environments: both programs have them. */
const ON_FILES: Calls = {
  "blast-radius": {
    0: call("staging", "orders", "--from", "cdktf.out"),
    2: call("staging", "no-such", "--from", "cdktf.out"),
  },
  diff: {
    0: call("flawless", "flawless"),
    2: call("flawless", "no-such"),
    3: call("flawless", "less/flawless"),
    4: call("less/flawless", "flawless"),
  },
  explain: {
    0: call("staging", "orders", "--from", "cdktf.out"),
    2: call("staging", "no-such", "--from", "cdktf.out"),
  },
  lint: { 0: call("flawless"), 1: call("modules"), 2: call("no-such") },
  report: { 0: call("--from", "cdktf.out"), 2: call("--from", "no-such") },
  rules: { 0: call("access/no-audience"), 2: call("access/no-such") },
  "who-can": {
    0: call("SELECT", "orders", "staging", "--from", "cdktf.out"),
    2: call("SELECT", "orders", "staging", "--from", "no-such"),
  },
};

const OF_A_PROJECT: Calls = {
  affected: { 0: call("cdktf.out"), 2: call("no-such") },
  "bootstrap-sql": { 0: call("production", "shop"), 2: call("nowhere", "shop") },
  check: {
    0: call(),
    1: { words: [], environments: stricter },
    2: call("--output", "no-such"),
  },
  completion: { 0: call("bash"), 2: call("tcsh") },
  init: { 0: call("new"), 2: call("flawless") },
  migrate: {
    0: { words: ["local", "orders"], environments: migrating },
    1: { words: ["production", "orders"], environments: migrating },
    2: call("nowhere", "orders"),
  },
  observe: {
    0: call("production", "orders", "--user", "app", "--log", "reads.json"),
    1: call("production", "orders", "--user", "app", "--log", "drops.json"),
    2: call("production", "orders", "--user", "app", "--log", "no-such"),
  },
  "retire-sql": {
    0: { words: ["local", "shop", "app", "--step", "drop"], environments: migrating },
    2: { words: ["local", "shop", "else", "--step", "drop"], environments: migrating },
  },
  "verify-database": {
    0: { words: ["production", "shop"], before: () => bootstrap() },
    1: {
      words: ["production", "shop"],
      before: () => shop.query('GRANT SELECT ON employees TO "orders-shop"'),
    },
    2: call("production", "elsewhere"),
  },
};

let server: PostgresServer;
let shop: Client;

async function bootstrap(): Promise<void> {
  const [database] = production.databases;
  if (database) await shop.query(renderBootstrapSql(bootstrapInput(production, database)));
}

beforeAll(async () => {
  server = await startPostgres();
  await (await server.connect()).query("CREATE DATABASE shop");
  shop = await server.connect({ database: "shop" });
  await shop.query(SHOP_SCHEMA);
  for (const tree of ["flawless", "modules"])
    fs.cpSync(path.resolve("test/fixtures/lint", tree), at(tree), { recursive: true });
  // The flawless tree with a privilege less, under the same name: another one is another configuration.
  fs.cpSync(at("flawless"), at("less/flawless"), { recursive: true });
  const grants = at("less/flawless/grants.sql");
  fs.writeFileSync(grants, fs.readFileSync(grants, "utf8").replace(", UPDATE", ""));
  const log = (statement: string) =>
    JSON.stringify({ user: "app", dbname: "shop", message: `statement: ${statement}` });
  fs.writeFileSync(at("reads.json"), log("SELECT id FROM orders"));
  fs.writeFileSync(at("drops.json"), log("DELETE FROM orders"));
  // What packages a new project gets is no matter here, and would take minutes.
  fs.mkdirSync(at("bin"));
  fs.writeFileSync(at("bin/npm"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  process.env["PATH"] = `${at("bin")}:${process.env["PATH"]}`;
  const connection = { PGHOST: "127.0.0.1", PGPORT: String(server.port), PGDATABASE: "shop" };
  Object.assign(process.env, connection, { PGUSER: "postgres", PGPASSWORD: "superuser" });
  process.chdir(folder);
  await synthesize(examples, "cdktf.out");
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  jest.spyOn(console, "log").mockReturnValue();
  jest.spyOn(console, "error").mockReturnValue();
}, 120_000);
afterAll(async () => {
  jest.restoreAllMocks();
  process.chdir(checkout);
  process.exitCode = 0;
  await server.stop();
  fs.rmSync(folder, { recursive: true });
});

const programs: Readonly<Record<string, [(declared: readonly Environment[]) => Command, Calls]>> = {
  leasehold: [(declared) => leasehold(async () => declared), { ...ON_FILES, ...OF_A_PROJECT }],
  "@leasehold/proof": [() => proof(), ON_FILES],
};
const each = Object.entries(programs).flatMap(([program, [, calls]]) =>
  Object.entries(calls).flatMap(([name, codes]) =>
    Object.entries(codes).map(([code, called]) => [program, name, Number(code), called] as const),
  ),
);

test.each(each)(
  "%s %s ends with %i",
  async (program, name, code, { words, environments = examples, before }) => {
    await before?.();
    process.exitCode = undefined;
    await run(programs[program]![0](environments), [name, ...words]);
    expect(Number(process.exitCode ?? 0)).toBe(code);
  },
  60_000,
);

test("leasehold synth ends with 0, 1 and 2", () => {
  const project = new Project();
  const literal = project.path("stacks", "staging.ts");
  expect(project.run(["synth"]).status).toBe(0);
  fs.writeFileSync(literal, fs.readFileSync(literal, "utf8").replace('max: "24h"', 'max: "48h"'));
  expect(project.run(["synth"]).status).toBe(1);
  fs.rmSync(project.path("stacks", "index.ts"));
  expect(project.run(["synth"]).status).toBe(2);
  project.remove();
}, 120_000);

/** The meaning of each exit code, by command, as its help has it. */
function codesInHelp(): Map<string, Map<number, string>> {
  const all = new Map<string, Map<number, string>>();
  for (const [make] of Object.values(programs))
    for (const command of make([]).commands) {
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      const codes = help.split("Exit codes:\n")[1]?.split("\n\n")[0] ?? "";
      const read = [...codes.matchAll(/^ {2}(\d) {2}(.+)$/gm)];
      all.set(command.name(), new Map(read.map(([, code, meaning = ""]) => [Number(code), meaning])));
    }
  return all;
}

test("each code that a command names is tried, and no other", () => {
  const named = [...codesInHelp()].map(([name, codes]) => [name, [...codes.keys()].sort()]);
  const tried: Calls = { ...ON_FILES, ...OF_A_PROJECT, synth: { 0: call(), 1: call(), 2: call() } };
  expect(Object.fromEntries(named)).toEqual(
    Object.fromEntries(Object.entries(tried).map(([name, codes]) => [name, Object.keys(codes).map(Number)])),
  );
});

test("the page has the same", () => {
  const columns = [0, 1, 2, 3, 4];
  const rows = new Map<string, string[]>();
  for (const [name, codes] of [...codesInHelp()].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const row = columns.map((code) => codes.get(code) ?? "").join(" | ");
    rows.set(row, [...(rows.get(row) ?? []), `\`${name}\``]);
  }
  const page = fs.readFileSync(path.join(checkout, "docs/upgrading.md"), "utf8");
  const table = [...rows].map(([row, names]) => `| ${names.join(", ")} | ${row} |`);
  expect(page).toContain(`\n${table.join("\n")}\n`);
});

/** Runs each library of the page through ten rotations: `bash .ci/libraries`; with `--write` the page gets the table. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { startPostgres, type PostgresServer } from "../../../test/support/postgres";
import { ASKS, type Ask } from "./asks";
import { GROUP, OVERLAP_SECONDS, ROTATIONS, Rotations } from "./rotations";
import { program, type Seen } from "./worker";

const PAGE = path.join(__dirname, "../LIBRARIES.md");
const NODE = Number(process.versions.node.split(".")[0]);

interface Run extends Seen {
  readonly name: string;
  readonly version: string;
  readonly lines: number;
  /** What is wrong with it. */
  readonly problems: readonly string[];
}

async function main(): Promise<void> {
  const page = readFileSync(PAGE, "utf8");
  const shown = [...page.matchAll(/^## (.+)\n[^#]*?```js/gm)].map(([, name = ""]) => name);
  const left = shown.filter((name) => !(name in ASKS));
  if (left.length > 0) throw new Error(`nothing asks what LIBRARIES.md shows for ${left.join(", ")}`);
  const server = await startPostgres();
  const scratch = path.join(__dirname, ".run");
  mkdirSync(scratch, { recursive: true });
  const runs: Run[] = [];
  try {
    for (const [name, ask] of Object.entries(ASKS)) {
      if (ask.node !== undefined && NODE < ask.node) {
        console.log(`${name}: not run, it needs Node ${ask.node}, and this is ${NODE}`);
        continue;
      }
      const run = await runOf(name, ask, shownIn(page, name), server, scratch);
      console.log(line(run));
      run.problems.forEach((problem) => console.log(`  ${problem}`));
      runs.push(run);
    }
  } finally {
    await server.stop();
    rmSync(scratch, { recursive: true });
  }
  if (process.argv.includes("--write")) writeFileSync(PAGE, withTable(page, runs));
  if (runs.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
}

async function runOf(
  name: string,
  ask: Ask,
  shown: string,
  server: PostgresServer,
  scratch: string,
): Promise<Run> {
  const admin = await server.connect();
  const directory = mkdtempSync(path.join(tmpdir(), "leasehold-library-"));
  try {
    await prepare(admin, ask, server.port);
    const rotations = new Rotations(admin, path.join(directory, "shop.json"));
    const first = await rotations.next();
    const file = path.join(scratch, `${name}.mjs`);
    writeFileSync(file, program(shown, ask));
    const seen = await watched(file, variables(server.port, rotations.file), () => rotations.run(first));
    return {
      ...seen,
      name,
      version: versionOf(name),
      lines: shown.split("\n").filter((text) => /leasehold|[Pp]ool/.test(text)).length,
      problems: problemsOf(seen, ask),
    };
  } finally {
    await server.endSessions();
    rmSync(directory, { recursive: true });
  }
}

function problemsOf(seen: Seen, { done }: Ask): string[] {
  const problems = [...new Set(seen.failed)].slice(0, 3);
  // Half a second may not be enough for a worker of a busy machine to meet each user.
  const users = seen.users.filter(Boolean).length;
  if (users > 0 && users < ROTATIONS - 2) problems.push(`it has seen ${users} of ${ROTATIONS + 1} users`);
  if (done !== undefined && seen.done !== seen.asked) {
    problems.push(`${seen.done} of ${seen.asked} jobs were done`);
  }
  if (seen.asked < 100) problems.push(`it has asked ${seen.asked} times, too few to say anything`);
  return problems;
}

async function watched(
  file: string,
  env: Record<string, string>,
  rotate: () => Promise<unknown>,
): Promise<Seen> {
  const child = spawn(process.execPath, [file], { env: { ...process.env, ...env }, stdio: "pipe" });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.on("error", () => {});
  const exited = once(child, "close");
  await Promise.race([
    exited,
    new Promise<void>((resolve) =>
      child.stderr.on("data", (chunk: Buffer) => {
        errors += chunk.toString();
        if (errors.includes("ready")) resolve();
      }),
    ),
  ]);
  if (child.exitCode === null) await rotate();
  child.stdin.end();
  await exited;
  if (output === "") throw new Error(`${path.basename(file)} ended with ${child.exitCode}: ${errors}`);
  return JSON.parse(output) as Seen;
}

async function prepare(
  admin: Awaited<ReturnType<PostgresServer["connect"]>>,
  { schema }: Ask,
  port: number,
): Promise<void> {
  await admin.query(
    `DO $$ BEGIN CREATE ROLE ${GROUP} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
  );
  if (schema === undefined) return;
  const load = createRequire(__filename);
  if (schema === "pgboss") {
    const PgBoss = load("pg-boss") as { getConstructionPlans(): string };
    await admin.query(PgBoss.getConstructionPlans());
    await admin.query("SELECT pgboss.create_queue('numbers', '{\"policy\":\"standard\"}')");
  } else {
    const { runMigrations } = load("graphile-worker") as {
      runMigrations(options: { connectionString: string }): Promise<void>;
    };
    const { user, password } = admin;
    await runMigrations({
      connectionString: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`,
    });
  }
  await admin.query(`GRANT USAGE ON SCHEMA ${schema} TO ${GROUP}`);
  await admin.query(`GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO ${GROUP}`);
  await admin.query(`GRANT ALL ON ALL SEQUENCES IN SCHEMA ${schema} TO ${GROUP}`);
  const guarded = await admin.query<{ name: string }>(
    "SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = $1::regnamespace AND relrowsecurity",
    [schema],
  );
  for (const { name } of guarded.rows) {
    await admin.query(`CREATE POLICY services ON ${name} TO ${GROUP} USING (true) WITH CHECK (true)`);
  }
}

function variables(port: number, file: string): Record<string, string> {
  const values = {
    CREDENTIALS_FILE: file,
    FORMAT: "json",
    HOST: "127.0.0.1",
    PORT: String(port),
    DATABASE: "postgres",
    SSL_MODE: "disable",
    POOL_MAX: "4",
    POOL_MAX_LIFETIME: "60",
    OVERLAP: String(OVERLAP_SECONDS),
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`LEASEHOLD_SHOP_${name}`, value]));
}

function shownIn(page: string, name: string): string {
  const [, shown] = page.split(`## ${name}\n`)[1]?.split("```js\n") ?? [];
  if (shown === undefined) throw new Error(`LIBRARIES.md shows nothing for ${name}`);
  return shown.slice(0, shown.indexOf("```"));
}

function versionOf(name: string): string {
  const packages: Record<string, string> = {
    Drizzle: "drizzle-orm",
    MikroORM: "@mikro-orm/postgresql",
    Prisma: "@prisma/adapter-pg",
  };
  const { dependencies } = JSON.parse(readFileSync(path.join(__dirname, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  return dependencies[packages[name] ?? name.toLowerCase()] as string;
}

function line({ name, version, lines, asked, failed }: Run): string {
  return `| ${name} | ${version} | ${lines} | ${asked + failed.length} | ${failed.length} |`;
}

function withTable(page: string, runs: readonly Run[]): string {
  const rows = [
    "| library | version | lines | queries | failed |",
    "|---|---|---|---|---|",
    ...runs.map((run) => line(run)),
  ];
  return page.replace(
    /<!-- runs -->\n[^]*<!-- \/runs -->/,
    `<!-- runs -->\n${rows.join("\n")}\n<!-- /runs -->`,
  );
}

void main();

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Client } from "pg";
import { ASKS, type Ask } from "../node/libraries/asks";
import { program } from "../node/libraries/worker";
import { shownIn, type LanguageClient } from "./library";
import { GROUP } from "./rotations";

const FOLDER = path.join(__dirname, "../node/libraries");
/** Beside the libraries, so that a program finds them. */
const SCRATCH = path.join(FOLDER, ".run");
const PACKAGES: Readonly<Record<string, string>> = {
  Drizzle: "drizzle-orm",
  MikroORM: "@mikro-orm/postgresql",
  Prisma: "@prisma/adapter-pg",
};

/** Each block of the page is a program of its own, with workers behind it. */
export const node: LanguageClient = {
  name: "Node",
  page: "node/LIBRARIES.md",
  libraries(page) {
    const shown = [...page.matchAll(/^## (.+)\n[^#]*?```js/gm)].map(([, name = ""]) => name);
    const left = shown.filter((name) => !(name in ASKS));
    if (left.length > 0) throw new Error(`nothing asks what LIBRARIES.md shows for ${left.join(", ")}`);
    const { dependencies } = JSON.parse(readFileSync(path.join(FOLDER, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    return Object.entries(ASKS).map(([name, ask]) => {
      const block = shownIn(page, `## ${name}`, "js");
      const file = path.join(SCRATCH, `${name}.mjs`);
      return {
        name,
        version: dependencies[PACKAGES[name] ?? name.toLowerCase()] ?? "",
        shown: block,
        command: [process.execPath, file],
        isDone: ask.done !== undefined,
        async prepare(admin, port) {
          mkdirSync(SCRATCH, { recursive: true });
          writeFileSync(file, program(block, ask));
          if (ask.schema !== undefined) await makeSchema(admin, port, ask.schema);
        },
      };
    });
  },
  end: () => rmSync(SCRATCH, { recursive: true, force: true }),
};

async function makeSchema(admin: Client, port: number, schema: NonNullable<Ask["schema"]>): Promise<void> {
  const load = createRequire(path.join(FOLDER, "package.json"));
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

/**
 * `npm run bench:rotation`: what an application notices of its credentials being replaced, for each language's client beside
 * a plain pool of a user that never changes, and for the other ways to hold connections. All run on one real PostgreSQL; users
 * are made and dropped by the statements that leasehold generates.
 *
 * An overlap of 40 s is a tenth of leases of 400 s, whose users are replaced after six minutes at the soonest. Here they are after
 * 56 s, so that rotations add up: four pods have a pool of four each and rotate on their own. `--overlap 4` is near the shortest.
 *
 * `--language Go` for one of them, `--way leasehold` for one way beside the plain pool, `--way plain` for the plain pool beside
 * itself, which says from where on a difference is one; `--rounds 1` for a short look; `--memory 2000` for what a process
 * holds after that many rotations.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startPostgres } from "../../test/support/postgres";
import { TestDatabase } from "../../test/support/postgres-database";
import { leaveProgramsACore } from "./cores";
import { LANGUAGES, type Language } from "./languages";
import { measure, STATIC_USER, type Pair, type Setting } from "./measure";
import { memory } from "./memory";
import { Result } from "./result";
import { table } from "./table";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      language: { type: "string", multiple: true },
      // Beside the first one, with which all are compared.
      way: { type: "string", multiple: true },
      // Of two programs each: one process is faster than the next of the same program, for as long as it runs.
      rounds: { type: "string", default: "4" },
      // Of each pod in a round.
      rotations: { type: "string", default: "1" },
      pods: { type: "string", default: "4" },
      // Of each pod, and the most connections that it has.
      workers: { type: "string", default: "4" },
      period: { type: "string", default: "56" },
      overlap: { type: "string", default: "40" },
      memory: { type: "string" },
    },
  });
  const languages = named(values.language, values.way);
  leaveProgramsACore();
  const server = await startPostgres();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-rotation-"));
  try {
    const setting: Setting = {
      database: await prepare(server),
      port: server.port,
      directory,
      rotations: Number(values.rotations),
      pods: Number(values.pods),
      workers: Number(values.workers),
      timing: { period: Number(values.period), overlap: Number(values.overlap) },
    };
    let lost = 0;
    for (const language of languages) {
      const prepared = language.prepare(fs.mkdtempSync(path.join(directory, "program-")));
      if ("missing" in prepared) {
        console.log(`${language.name}: not run, ${prepared.missing}\n`);
        continue;
      }
      lost +=
        values.memory === undefined
          ? await compare(language, prepared.command, values.way, Number(values.rounds), setting)
          : await memory(
              language,
              prepared.command,
              values.way ?? ["plain", OURS],
              Number(values.memory),
              setting,
            );
    }
    process.exitCode = lost === 0 ? 0 : 1;
  } finally {
    await server.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** How many queries our own client has lost. */
async function compare(
  language: Language,
  command: readonly string[],
  wanted: readonly string[] | undefined,
  rounds: number,
  setting: Setting,
): Promise<number> {
  const [plain, ...others] = Object.keys(language.ways) as [string, ...string[]];
  const pairs = new Map<string, Pair[]>();
  for (const way of wanted?.filter((each) => each in language.ways) ?? others) {
    const seen: Pair[] = [];
    pairs.set(way, seen);
    while (seen.length < rounds) seen.push(await measure(command, [plain, way], setting));
  }
  console.log(table(language, pairs));
  return Result.of((pairs.get(OURS) ?? []).map(([, way]) => way)).failed;
}

const OURS = "leasehold";

/** The languages to run, each with at least one of the ways that are wanted. */
function named(
  names: readonly string[] | undefined,
  ways: readonly string[] | undefined,
): readonly Language[] {
  refuse(
    "language",
    LANGUAGES.map(({ name }) => name),
    names,
  );
  const languages = LANGUAGES.filter(({ name }) => names?.includes(name) ?? true);
  refuse(
    "way",
    languages.flatMap((each) => Object.keys(each.ways)),
    ways,
  );
  return languages.filter((each) => ways?.some((way) => way in each.ways) ?? true);
}

function refuse(what: string, known: readonly string[], names: readonly string[] = []): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(
      `no ${what} is named ${unknown.join(", ")}; there are: ${[...new Set(known)].join("; ")}`,
    );
}

async function prepare(server: Awaited<ReturnType<typeof startPostgres>>): Promise<TestDatabase> {
  const database = await TestDatabase.create(
    server,
    "CREATE TABLE orders (id int PRIMARY KEY, total numeric)",
    "INSERT INTO orders SELECT id, 1 FROM generate_series(1, 4000) AS id",
  );
  await database.bootstrap([
    { name: "orders-shop", grants: [{ tables: ["orders"], privileges: ["SELECT", "UPDATE"] }] },
  ]);
  const { user, password } = STATIC_USER;
  await database.admin.query(`CREATE ROLE ${user} LOGIN PASSWORD '${password}' IN ROLE "orders-shop"`);
  return database;
}

void main();

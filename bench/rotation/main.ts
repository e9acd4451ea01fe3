/**
 * `npm run bench:rotation`: what an application notices of its credentials being replaced, for each language's client beside
 * a plain pool of a user that never changes, and for the other ways to hold connections. All run on one real PostgreSQL; users
 * are made and dropped by the statements that leasehold generates, on the shortest of its timings.
 *
 * With leases of 20 s and at most 60 s a user is replaced every 56 s and lives on for 4 s: so it is here, and with hours it is less
 * often. Four pods have a pool of four each and rotate on their own, so that rotations add up.
 *
 * `--language Go` for one of them, `--way leasehold` for one way beside the plain pool, `--rounds 1 --rotations 1` for a short look; `--memory 2000` for what a process holds after that many rotations.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startPostgres } from "../../test/support/postgres";
import { TestDatabase } from "../../test/support/postgres-database";
import { LANGUAGES, type Language } from "./languages";
import { measure, STATIC_USER, type Setting } from "./measure";
import { memory } from "./memory";
import { Result } from "./result";
import { table } from "./table";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      language: { type: "string", multiple: true },
      // Beside the first one, with which all are compared.
      way: { type: "string", multiple: true },
      rounds: { type: "string", default: "2" },
      // Of each pod in a round.
      rotations: { type: "string", default: "2" },
      pods: { type: "string", default: "4" },
      // Of each pod, and the most connections that it has.
      workers: { type: "string", default: "4" },
      period: { type: "string", default: "56" },
      overlap: { type: "string", default: "4" },
      memory: { type: "string" },
    },
  });
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
    for (const language of named(values.language).map((each) => inWays(each, values.way))) {
      const prepared = language.prepare(fs.mkdtempSync(path.join(directory, "program-")));
      if ("missing" in prepared) {
        console.log(`${language.name}: not run, ${prepared.missing}\n`);
        continue;
      }
      lost +=
        values.memory === undefined
          ? await compare(language, prepared.command, Number(values.rounds), setting)
          : await memory(language, prepared.command, Number(values.memory), setting);
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
  rounds: number,
  setting: Setting,
): Promise<number> {
  const results = new Map<string, Result[]>(Object.keys(language.ways).map((way) => [way, []]));
  // In turn, and back again: a machine is busier at one time than at another, and what grows busier tells of no way.
  const ways = [...results];
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, seen] of ways) seen.push(await measure(command, way, setting));
    ways.reverse();
  }
  console.log(table(language, results));
  return Result.of(results.get(OURS) ?? []).failed;
}

const OURS = "leasehold";

function named(names: readonly string[] | undefined): readonly Language[] {
  if (names === undefined) return LANGUAGES;
  const known = LANGUAGES.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`no language is named ${unknown.join(", ")}; there are: ${known.join("; ")}`);
  return LANGUAGES.filter(({ name }) => names.includes(name));
}

/** The language with these of its ways only. */
function inWays(language: Language, wanted: readonly string[] | undefined): Language {
  if (wanted === undefined) return language;
  const ways = Object.entries(language.ways).filter(([way], index) => index === 0 || wanted.includes(way));
  return { ...language, ways: Object.fromEntries(ways) };
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

/**
 * `npm run bench:rotation`: what an application notices of its credentials being replaced, for every way
 * to hold a pool, side by side on one real PostgreSQL. Users are made and dropped by the statements that
 * leasehold generates, on its timing in small. `npm run bench:rotation -- --rotations 24 --workers 16` for a short look.
 *
 * With leases of 20 s and at most 60 s a user is replaced every 56 s and lives on for 4 s: 14 to 1, and with hours
 * it is more. The overlap here has room for transactions of two seconds, and a user is replaced every 4 s, so that
 * rotations add up: 4 to 3, far more logins than any application has. `--period 42 --only @leasehold/pg` is 14 to 1.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startPostgres } from "../../test/support/postgres";
import { TestDatabase } from "../../test/support/postgres-database";
import { Issuer, VaultConnection, type Timing } from "./issuer";
import { noLoad, work, type Load } from "./load";
import { table, type Result } from "./table";
import { oldUserSeconds } from "./old-user";
import { VARIANTS, type Variant } from "./variants";

const OVERLAP = 3;
const STATIC_USER = { user: "static_orders", password: "static" };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rotations: { type: "string", default: "104" },
      workers: { type: "string", default: "16,64" },
      // Each has a pool and rotates on its own, so that rotations add up faster than they follow each other.
      pods: { type: "string", default: "8" },
      period: { type: "string", default: "4" },
      // Beside the first one, with which all are compared.
      only: { type: "string" },
    },
  });
  const pods = Number(values.pods);
  const timing: Timing = { period: Number(values.period), overlap: OVERLAP };
  const perPod = Math.max(1, Math.ceil(Number(values.rotations) / pods));
  const variants = VARIANTS.filter(
    ({ name }, index) => index === 0 || values.only === undefined || name === values.only,
  );
  if (values.only !== undefined && variants.length < 2)
    throw new Error(
      `no pool is named ${values.only}; there are: ${VARIANTS.map(({ name }) => name).join(", ")}`,
    );
  const server = await startPostgres();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-rotation-"));
  try {
    const database = await prepare(server);
    console.log(
      `${perPod * pods} rotations each, of ${pods} pods, one each ${timing.period} s with an overlap of ${timing.overlap} s; Node ${process.version}\n`,
    );
    let lost = 0;
    for (const workers of values.workers.split(",").map(Number)) {
      const results: Result[] = [];
      for (const variant of variants) {
        const place = path.join(directory, `${workers}-${VARIANTS.indexOf(variant)}`);
        const setting = { workers, pods, perPod, timing, server, database, directory: place };
        results.push(await measure(variant, setting));
      }
      console.log(table(workers, results));
      lost += results.find(({ name }) => name === "@leasehold/pg")?.load.failed ?? 0;
    }
    process.exitCode = lost === 0 ? 0 : 1;
  } finally {
    await server.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

type Server = Awaited<ReturnType<typeof startPostgres>>;

async function prepare(server: Server): Promise<TestDatabase> {
  const database = await TestDatabase.create(
    server,
    "CREATE TABLE orders (id int PRIMARY KEY, total numeric)",
    "INSERT INTO orders SELECT id, 1 FROM generate_series(1, 1000) AS id",
  );
  await database.bootstrap([
    { name: "orders-shop", grants: [{ tables: ["orders"], privileges: ["SELECT", "UPDATE"] }] },
  ]);
  const { user, password } = STATIC_USER;
  await database.admin.query(`CREATE ROLE ${user} LOGIN PASSWORD '${password}' IN ROLE "orders-shop"`);
  return database;
}

interface Setting {
  readonly workers: number;
  readonly pods: number;
  readonly perPod: number;
  readonly timing: Timing;
  readonly server: Server;
  readonly database: TestDatabase;
  readonly directory: string;
}

async function measure(variant: Variant, setting: Setting): Promise<Result> {
  const { workers, perPod, timing, server, database, directory } = setting;
  const perPool = Math.ceil(workers / setting.pods);
  const vault = new VaultConnection(await database.connectVault());
  const pods = await Promise.all(
    Array.from({ length: setting.pods }, async (_, index) => {
      const issuer = new Issuer(
        vault,
        path.join(directory, String(index)),
        `${path.basename(directory)}-${index}`,
        timing,
      );
      await issuer.rotate();
      const application = await variant.start({
        host: "127.0.0.1",
        port: server.port,
        database: database.name,
        file: issuer.file,
        max: perPool,
        maxLifetime: timing.overlap * 0.9,
        overlap: timing.overlap,
        staticUser: STATIC_USER,
      });
      return { issuer, application };
    }),
  );
  const issuers = pods.map(({ issuer }) => issuer);
  const watch = oldUserSeconds(database.admin, issuers);
  let stopped = false;
  const load: Load = noLoad();
  const startedAt = Date.now();
  const working = pods.flatMap(({ application }, pod) =>
    Array.from({ length: perPool }, (_, worker) =>
      work(application, pod * 1000 + worker + 1, () => stopped, load),
    ),
  );
  await Promise.all(
    issuers.map((issuer, index) => issuer.run(perPod, (index * timing.period) / setting.pods)),
  );
  stopped = true;
  await Promise.all(working);
  const seconds = (Date.now() - startedAt) / 1000;
  const oldUser = await watch.stop();
  const opened = pods.reduce((sum, { application }) => sum + application.opened(), 0);
  await Promise.all(pods.map(({ application }) => application.end()));
  return { name: variant.name, load, seconds, opened, oldUser };
}

void main();

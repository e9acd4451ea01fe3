import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestDatabase } from "../../test/support/postgres-database";
import type { Timing } from "./issuer";
import { oldUserSeconds } from "./old-user";
import { startPods } from "./pods";
import { Program } from "./program";
import { Result } from "./result";

export const STATIC_USER = { user: "static_orders", password: "static" };

export interface Setting {
  readonly database: TestDatabase;
  readonly port: number;
  readonly directory: string;
  /** Of each pod. */
  readonly rotations: number;
  readonly pods: number;
  /** Of each pod. */
  readonly workers: number;
  readonly timing: Timing;
}

/** Before it counts, and with a rotation in it: a JVM compiles what it runs often, logins as well as queries. */
const WARM_UP_SECONDS = 8;

let runs = 0;

/** One round of one way. */
export async function measure(command: readonly string[], way: string, setting: Setting): Promise<Result> {
  const { database, port, workers, timing, rotations } = setting;
  const directory = path.join(setting.directory, `run${runs++}`);
  const { issuers, contract } = await startPods({
    database,
    port,
    directory,
    pods: setting.pods,
    poolMax: workers,
    timing,
  });
  const program = Program.start({
    command,
    way,
    workers,
    pods: setting.pods,
    contract,
    staticUser: STATIC_USER,
    asked: path.join(directory, "asked"),
  });
  const pause = (WARM_UP_SECONDS * 1000) / (issuers.length + 1);
  for (const issuer of issuers) {
    await sleep(pause);
    await issuer.rotate();
  }
  // Until the users of before are gone.
  await sleep(pause + timing.overlap * 1000);
  const warm = issuers.map(({ issued }) => issued.length);
  const before = await sessions(database);
  await program.count();
  const watch = oldUserSeconds(database.admin, issuers);
  const startedAt = Date.now();
  await Promise.all(
    issuers.map((issuer, index) => issuer.run(rotations, (index * timing.period) / setting.pods)),
  );
  const seconds = (Date.now() - startedAt) / 1000;
  const seen = await program.end();
  const result = new Result();
  result.oldUser = await watch.stop();
  result.seconds = seconds;
  result.rotations = rotations * setting.pods;
  // Sessions report themselves when they end.
  await sleep(1000);
  result.sessions = (await sessions(database)) - before;
  result.add(
    seen,
    issuers.map(({ issued }, pod) => issued.slice(warm[pod]).map(({ from }) => from)),
  );
  return result;
}

async function sessions({ admin, name }: TestDatabase): Promise<number> {
  const { rows } = await admin.query<{ sessions: string }>(
    "SELECT sessions FROM pg_stat_database WHERE datname = $1",
    [name],
  );
  return Number(rows[0]?.sessions);
}

import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestDatabase } from "../../test/support/postgres-database";
import type { Timing } from "./issuer";
import { oldUserSeconds } from "./old-user";
import { startPods } from "./pods";
import { Program } from "./program";
import type { Result } from "./result";

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

/** Before it counts: a JVM compiles what it runs often. */
const WARM_UP_SECONDS = 8;

/** For pools that notice a new user: what a lease of an hour comes to. One in small would be a login every two seconds. */
export const LIFETIME_OF_AN_HOUR = 324;

/** Of pools that do without notice, which are off the old user by this alone. */
const WITHOUT_NOTICE = ["max-lifetime", "recipe"];

let runs = 0;

/** One round of one way. */
export async function measure(
  command: readonly string[],
  way: string,
  setting: Setting,
  result: Result,
): Promise<void> {
  const { database, port, workers, timing, rotations } = setting;
  const directory = path.join(setting.directory, `run${runs++}`);
  const { issuers, contract } = await startPods({
    database,
    port,
    directory,
    pods: setting.pods,
    poolMax: workers,
    timing,
    poolMaxLifetime: WITHOUT_NOTICE.includes(way) ? timing.overlap * 0.9 - 0.5 : LIFETIME_OF_AN_HOUR,
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
  await sleep(WARM_UP_SECONDS * 1000);
  const before = await sessions(database);
  await program.count();
  const watch = oldUserSeconds(database.admin, issuers);
  const startedAt = Date.now();
  await Promise.all(
    issuers.map((issuer, index) => issuer.run(rotations, (index * timing.period) / setting.pods)),
  );
  const seconds = (Date.now() - startedAt) / 1000;
  const seen = await program.end();
  result.oldUser = Math.max(result.oldUser, await watch.stop());
  result.seconds += seconds;
  result.rotations += rotations * setting.pods;
  // Sessions report themselves when they end.
  await sleep(1000);
  result.sessions += (await sessions(database)) - before;
  result.add(
    seen,
    issuers.map(({ issued }) => issued.slice(1).map(({ from }) => from)),
  );
}

async function sessions({ admin, name }: TestDatabase): Promise<number> {
  const { rows } = await admin.query<{ sessions: string }>(
    "SELECT sessions FROM pg_stat_database WHERE datname = $1",
    [name],
  );
  return Number(rows[0]?.sessions);
}

import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestDatabase } from "../../test/support/postgres-database";
import type { Issuer, Timing } from "./issuer";
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

/** What two ways have come to beside each other. */
export type Pair = readonly [base: Result, way: Result];

/** Before it counts, and with rotations in it: a JVM compiles what it runs often, logins as well as queries. */
const WARM_UP_SECONDS = 8;
/** Longer than a pool takes to replace its connections, and no longer: `pg` closes those that nobody has used for 10 s, as while the other program runs. */
const MOST_SLICE_SECONDS = 8;

/**
 * Two ways beside each other: both programs are there all the time, and take turns of seconds. What the machine does meanwhile
 * differs from minute to minute by more than what is to be seen.
 */
export async function measure(
  command: readonly string[],
  ways: readonly [base: string, way: string],
  setting: Setting,
): Promise<Pair> {
  const { timing, pods, rotations } = setting;
  const sides = [
    await Side.start(command, ways[0], setting),
    await Side.start(command, ways[1], setting),
  ] as const;
  for (const side of sides) await side.warmUp();
  const apart = timing.period / pods;
  const slices = Math.ceil(apart / MOST_SLICE_SECONDS);
  const seen: [Result[], Result[]] = [[], []];
  for (let turn = 0; turn < rotations * pods * slices; turn += 1) {
    const rotates = turn % slices === 0 ? (turn / slices) % pods : undefined;
    seen[0].push(await sides[0].slice(apart / slices, rotates));
    seen[1].push(await sides[1].slice(apart / slices, rotates));
  }
  for (const side of sides) await side.end();
  return [Result.of(seen[0]), Result.of(seen[1])];
}

let started = 0;

/** One of the two: a program, and the pods whose credentials it has. */
class Side {
  private constructor(
    private readonly database: TestDatabase,
    private readonly program: Program,
    private readonly issuers: readonly Issuer[],
  ) {}

  static async start(command: readonly string[], way: string, setting: Setting): Promise<Side> {
    const { database, port, workers, pods, timing } = setting;
    const directory = path.join(setting.directory, `run${started++}`);
    const { issuers, contract } = await startPods({
      database,
      port,
      directory,
      pods,
      poolMax: workers,
      timing,
    });
    const program = Program.start({
      command,
      way,
      workers,
      pods,
      contract,
      staticUser: STATIC_USER,
      asked: path.join(directory, "asked"),
    });
    return new Side(database, program, issuers);
  }

  async warmUp(): Promise<void> {
    this.program.go();
    const pause = (WARM_UP_SECONDS * 1000) / (this.issuers.length + 1);
    for (const issuer of this.issuers) {
      await sleep(pause);
      await issuer.rotate();
    }
    await sleep(pause);
    await this.program.halt();
  }

  /** @param rotates the pod that has a new user as soon as the program runs */
  async slice(seconds: number, rotates: number | undefined): Promise<Result> {
    const { database, program, issuers } = this;
    const result = new Result();
    const before = await sessions(database);
    const watch = oldUserSeconds(database.admin, issuers);
    const from = performance.now();
    program.go();
    const known = issuers.map(({ issued }) => issued.length);
    if (rotates !== undefined) {
      await issuers[rotates]?.rotate();
      result.rotations = 1;
    }
    await sleep(seconds * 1000 - (performance.now() - from));
    result.seconds = (performance.now() - from) / 1000;
    const seen = await program.halt();
    result.oldUser = await watch.stop();
    result.sessions = (await sessions(database)) - before;
    result.add(
      seen,
      issuers.map(({ issued }, pod) => issued.slice(known[pod]).map(({ from }) => from)),
    );
    return result;
  }

  async end(): Promise<void> {
    await this.program.end();
    await Promise.all(this.issuers.map((issuer) => issuer.dropped()));
  }
}

async function sessions({ admin, name }: TestDatabase): Promise<number> {
  const { rows } = await admin.query<{ sessions: string }>(
    "SELECT sessions FROM pg_stat_database WHERE datname = $1",
    [name],
  );
  return Number(rows[0]?.sessions);
}

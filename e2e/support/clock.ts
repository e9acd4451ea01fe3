import { binary } from "../doctor/binaries";
import type { BackgroundProcess } from "./process";
import { run, runOrThrow } from "./run";
import { eventually } from "./wait";

/** Between two answers to what time it is. */
const NEAR_SECONDS = 5;

/**
 * Has a program that runs believe another time, from one moment to the next, as when somebody sets the clock of its machine. What it
 * measures with a clock that nobody sets goes on.
 *
 * @param aheadSeconds what it is ahead of this machine's
 * @param asked what time it is there, in seconds since 1970
 */
export async function setClock(
  name: string,
  process: BackgroundProcess | undefined,
  aheadSeconds: number,
  asked: () => Promise<number>,
): Promise<void> {
  if (process?.pid === undefined) throw new Error(`${name} does not run`);
  // It ends with 0 whatever has come of it.
  await runOrThrow(binary("watchmaker"), argumentsOf(process.pid, aheadSeconds));
  await eventually(`other time of ${name}`, async () => {
    const ahead = (await asked()) - Date.now() / 1000;
    return Math.abs(ahead - aheadSeconds) < NEAR_SECONDS;
  });
}

/** The same for all that are still there when it comes to them. */
export async function setClocks(pids: readonly number[], aheadSeconds: number): Promise<void> {
  for (const pid of pids) await run(binary("watchmaker"), argumentsOf(pid, aheadSeconds));
}

function argumentsOf(pid: number, aheadSeconds: number): string[] {
  return ["-pid", String(pid), "-sec_delta", String(aheadSeconds)];
}

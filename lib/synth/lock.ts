import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ExpectedError } from "@leasehold/proof/core";
import { cleaningUp } from "./interruption";
import { hasEnded, processId, thisProcess } from "./owner";

/** Somebody else has had what we need for too long. */
export class OccupiedError extends ExpectedError {}

/** How long one synth waits for another, in milliseconds. */
const PATIENCE = 120_000;
const INTERVAL = 25;
/** A process takes a lock away from one that has ended in far less, in milliseconds. */
const TAKING_AWAY = 10_000;

/**
 * Does something while nobody else does it under the same name. The lock is a symbolic link to nowhere, as
 * Emacs makes them: made at once with what it says, or not at all. It says which process has it, because
 * CDKTF renders without a pause for longer than any heartbeat may be away: only a process that has ended
 * loses its lock.
 *
 * @throws OccupiedError where another process keeps it for two minutes
 */
export async function locked<T>(file: string, work: () => Promise<T>): Promise<T> {
  const mine = thisProcess();
  for (const start = Date.now(); !take(file, mine); await sleep(INTERVAL)) {
    const owner = ownerOf(file);
    if (owner !== undefined && hasEnded(owner)) takeAway(file, owner);
    if (owner !== undefined && Date.now() - start > PATIENCE)
      throw new OccupiedError(
        `${file} is held by process ${processId(owner)} (${owner}) for two minutes; wait for it, or remove the file where that process is on no machine any more`,
      );
  }
  return cleaningUp(() => release(file, mine), work);
}

function take(file: string, mine: string): boolean {
  return made(() => fs.symlinkSync(mine, file));
}

function release(file: string, mine: string): void {
  if (ownerOf(file) === mine) fs.rmSync(file, { force: true });
}

function ownerOf(file: string): string | undefined {
  try {
    return fs.readlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** One at a time, and only what is still the lock that was looked at: somebody else may have been faster. */
function takeAway(file: string, owner: string): void {
  const busy = `${file}.taking-away`;
  if (!made(() => fs.mkdirSync(busy))) {
    const since = fs.statSync(busy, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > TAKING_AWAY) fs.rmSync(busy, { recursive: true, force: true });
    return;
  }
  try {
    release(file, owner);
  } finally {
    fs.rmSync(busy, { recursive: true, force: true });
  }
}

function made(make: () => void): boolean {
  try {
    make();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

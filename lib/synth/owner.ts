import fs from "node:fs";
import os from "node:os";

/**
 * This process as a text that names no other one, also after its id was given away again: id, start (where
 * the system tells it) and machine.
 */
export function thisProcess(): string {
  return [process.pid, startOf(process.pid) ?? "0", machine()].join("-");
}

/** Whether the process that a text of {@link thisProcess} names has ended; one of another machine is not known to. */
export function hasEnded(owner: string): boolean {
  const [, id, start, host] = /^(\d+)-(\d+)-(.+)$/.exec(owner) ?? [];
  if (id === undefined || host !== machine()) return false;
  if (!isRunning(Number(id))) return true;
  return start !== "0" && startOf(Number(id)) !== start;
}

/** The id of a process that a text of {@link thisProcess} names. */
export function processId(owner: string): string {
  return owner.split("-")[0] ?? owner;
}

function machine(): string {
  return os.hostname().replaceAll(/[^\w.]/g, "_");
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Linux counts it in ticks since the machine started: field 22, after a name in brackets that may hold anything. */
function startOf(id: number): string | undefined {
  try {
    const text = fs.readFileSync(`/proc/${id}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

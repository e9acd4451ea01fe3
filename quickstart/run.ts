import fs from "node:fs";
import path from "node:path";
import type { Options } from "./options";

/** What `--down` has to know of a run. */
export interface Run {
  readonly context: string;
  /** Absent where PostgreSQL is this run's own. */
  readonly postgres?: string;
}

const fileOf = (directory: string): string => path.join(directory, "run.json");

export function recordRun(directory: string, run: Run): void {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  // It may hold a password.
  fs.writeFileSync(fileOf(directory), JSON.stringify(run), { mode: 0o600 });
}

/** The run that is there; undefined where there is none. */
export function recordedRun(directory: string): Run | undefined {
  const file = fileOf(directory);
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Run) : undefined;
}

export function runOf({ postgres }: Options, context: string): Run {
  return { context, ...(postgres && { postgres }) };
}

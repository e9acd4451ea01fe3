import { ExpectedError } from "@leasehold/proof/core";
import { packageOf } from "@leasehold/proof/input";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { CLEAR, FACTS, SUPERUSER, type Outcome, type Perform, type Step } from "../rehearsal";

/** Nobody knows what the SQL comes to. */
export class NotPerformedError extends ExpectedError {}

const PROGRAM = path.join(packageOf(__dirname).folder, "bin", "rehearsal.js");
const ENGINE = packageOf(path.dirname(require.resolve("@electric-sql/pglite")));

/**
 * Performs rehearsals on a PostgreSQL in WebAssembly, in a process that is gone afterwards. What came of the same
 * steps before is not done again, so that an unchanged configuration pays nothing: it is kept in
 * `node_modules/.cache/leasehold` of the installation, as far as that can be written.
 *
 * @throws NotPerformedError where the PostgreSQL does not start, or breaks off
 */
export const perform: Perform = async (rehearsals) => {
  const folder = rehearsalsFolder();
  const kept = rehearsals.map((steps) => folder && read(fileOf(folder, steps)));
  const missing = rehearsals.filter((_, index) => !kept[index]);
  const cluster = folder && path.join(folder, `${fingerprint()}.tar.gz`);
  const outcomes = missing.length === 0 ? [] : await performed(missing, cluster);
  const fresh = new Map(missing.map((steps, index) => [steps, outcomes[index] ?? []]));
  if (folder !== undefined)
    fresh.forEach((came, steps) => write(fileOf(folder, steps), JSON.stringify(came)));
  return rehearsals.map((steps, index) => fresh.get(steps) ?? (kept[index] || []));
};

/** Where what came of steps is kept; nothing where the installation cannot be written. */
export function rehearsalsFolder(): string | undefined {
  const folder = path.join(ENGINE.folder, "..", "..", ".cache", "leasehold", "rehearsals");
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
    return folder;
  } catch {
    return undefined;
  }
}

function fileOf(folder: string, steps: readonly Step[]): string {
  return path.join(folder, `${fingerprint(JSON.stringify(steps))}.json`);
}

/** Of everything that what comes of steps depends on. */
function fingerprint(steps = ""): string {
  const parts = [ENGINE.version, fs.readFileSync(PROGRAM), FACTS, CLEAR, SUPERUSER, steps];
  return parts.reduce((hash, part) => hash.update(part).update("\0"), createHash("sha256")).digest("hex");
}

/** What was kept; nothing where it is not there or was cut off. */
function read(file: string): Outcome[] | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Outcome[];
  } catch {
    return undefined;
  }
}

/** Whole or not at all: another synth may be reading it. */
function write(file: string, content: string): void {
  const aside = `${file}.${process.pid}`;
  fs.writeFileSync(aside, content);
  fs.renameSync(aside, file);
}

async function performed(
  rehearsals: readonly (readonly Step[])[],
  cluster: string | undefined,
): Promise<Outcome[][]> {
  const server = spawn(process.execPath, [PROGRAM], { stdio: "pipe" });
  server.stdin.on("error", () => {});
  server.stdin.end(JSON.stringify({ facts: FACTS, clear: CLEAR, superuser: SUPERUSER, cluster, rehearsals }));
  const ended = new Promise<number | null>((resolve, reject) =>
    server.once("error", reject).once("close", resolve),
  );
  const [said, complaints, code] = await Promise.all([text(server.stdout), text(server.stderr), ended]);
  if (code === 0) return JSON.parse(said) as Outcome[][];
  const [reason = `exit code ${code}`] = complaints.split("\n").filter((line) => /Error|error/.test(line));
  throw new NotPerformedError(
    `the PostgreSQL on which the SQL is run did not start, or broke off: ${reason.trim()}; it needs about 1 GB of memory for some seconds. Free some and try again`,
  );
}

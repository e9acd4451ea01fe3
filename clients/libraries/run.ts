import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { PostgresServer } from "../../test/support/postgres";
import type { Library, Seen } from "./library";
import { Rotations } from "./rotations";

export interface Run extends Seen {
  readonly name: string;
  readonly version: string;
  /** That name the pool. */
  readonly lines: number;
  readonly rotations: number;
  /** What is wrong with it. */
  readonly problems: readonly string[];
}

/** A library under load, until there were ten rotations and as many queries as are asked for. */
export async function runOf(library: Library, server: PostgresServer, queries: number): Promise<Run> {
  const { name, version, shown } = library;
  const directory = mkdtempSync(path.join(tmpdir(), "leasehold-library-"));
  try {
    const rotations = await Rotations.begin(server, path.join(directory, "shop.json"));
    await library.prepare?.(await server.connect(), server.port);
    const seen = await watched(library, variables(server.port, rotations, queries), (enough) =>
      rotations.run(enough),
    );
    const count = rotations.count;
    const lines = shown.split("\n").filter((text) => /leasehold|[Pp]ool/.test(text)).length;
    return { ...seen, name, version, lines, rotations: count, problems: problemsOf(seen, library, count) };
  } finally {
    await server.endSessions();
    rmSync(directory, { recursive: true });
  }
}

function problemsOf(seen: Seen, { isDone = false }: Library, rotations: number): string[] {
  const problems = [...new Set(seen.failed)].slice(0, 3);
  const users = seen.users.filter(Boolean).length;
  // A worker of a busy machine may not meet each user.
  if (users > 0 && users < rotations * 0.8) {
    problems.push(`it has seen ${users} of ${rotations + 1} users`);
  }
  if (isDone && seen.done !== seen.asked) problems.push(`${seen.done} of ${seen.asked} jobs were done`);
  if (seen.asked < 100) problems.push(`it has asked ${seen.asked} times, too few to say anything`);
  return problems;
}

async function watched(
  { name, command: [program, ...words], directory }: Library,
  env: Record<string, string>,
  rotate: (enough: () => boolean) => Promise<void>,
): Promise<Seen> {
  const child = spawn(program, words, { cwd: directory, env: { ...process.env, ...env }, stdio: "pipe" });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.on("error", () => {});
  const exited = once(child, "close");
  let isOver = false;
  void exited.then(() => (isOver = true));
  await Promise.race([
    exited,
    new Promise<void>((resolve) =>
      child.stderr.on("data", (chunk: Buffer) => {
        errors += chunk.toString();
        if (errors.includes("ready")) resolve();
      }),
    ),
  ]);
  if (child.exitCode === null) await rotate(() => isOver || errors.includes("enough"));
  child.stdin.end();
  await exited;
  // A library may log to where the program writes what it has seen.
  const [last = ""] = output.trim().split("\n").slice(-1);
  if (last === "") throw new Error(`the program of ${name} ended with ${child.exitCode}: ${errors}`);
  return JSON.parse(last) as Seen;
}

function variables(
  port: number,
  { file, overlapSeconds }: Rotations,
  queries: number,
): Record<string, string> {
  const values = {
    CREDENTIALS_FILE: file,
    FORMAT: "json",
    HOST: "127.0.0.1",
    PORT: String(port),
    DATABASE: "postgres",
    SSL_MODE: "disable",
    POOL_MAX: "4",
    POOL_MAX_LIFETIME: "60",
    OVERLAP: String(overlapSeconds),
  };
  return {
    QUERIES: String(queries),
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`LEASEHOLD_SHOP_${name}`, value])),
  };
}

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** How often each is called; the median counts. */
const RUNS = 5;
const checkout = path.resolve(__dirname, "../..");
const program = path.join(checkout, "bin", "leasehold.js");

/** The first is what Node itself takes. Those that read environments find nothing changed. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  "node -e 0": ["-e", "0"],
  "--help": [program, "--help"],
  "--version": [program, "--version"],
  rules: [program, "rules"],
  lint: [program, "lint", path.join(checkout, "test", "fixtures", "lint", "flawless")],
  "report --from": [program, "report", "--from", path.join("cdktf.out", "report", "access.json")],
  check: [program, "check"],
  "bootstrap-sql": [program, "bootstrap-sql", "production", "shop"],
};

/** Processor time of a call, user and system, in seconds: as bash measures it. */
function cpu(words: readonly string[], cwd: string): number {
  const script = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>/dev/null';
  const { status, stderr } = spawnSync("bash", ["-c", script, "bash", process.execPath, ...words], {
    cwd,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`node ${words.join(" ")} ended with ${status}`);
  const [user = 0, system = 0] = stderr.trim().split(" ").map(Number);
  return user + system;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** A project as `init` writes it, with the packages of this checkout. */
function project(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-bench-"));
  fs.cpSync(path.join(checkout, "template", "project"), folder, { recursive: true });
  fs.mkdirSync(path.join(folder, "node_modules"));
  fs.symlinkSync(checkout, path.join(folder, "node_modules", "leasehold"));
  fs.symlinkSync(path.join(checkout, "node_modules", "@types"), path.join(folder, "node_modules", "@types"));
  return folder;
}

const cwd = project();
try {
  cpu([program, "synth"], cwd);
  const names = Object.keys(CALLS);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  // In turn, so that what else the machine does meets all of them.
  for (let run = 0; run < RUNS; run++)
    for (const name of names) times.get(name)?.push(cpu(CALLS[name] ?? [], cwd));
  const node = median(times.get("node -e 0") ?? []);
  console.log(`cpu seconds (user + system), median of ${RUNS} runs, beside node -e 0`);
  for (const [name, all] of times) {
    const own = median(all);
    console.log(
      `${name.padEnd(14)}  ${own.toFixed(2).padStart(5)} s  ${(own / node).toFixed(1).padStart(5)} ×`,
    );
  }
} finally {
  fs.rmSync(cwd, { recursive: true });
}

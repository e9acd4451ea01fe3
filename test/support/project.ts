import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const SOURCES = [
  "bin",
  "cli",
  "lib",
  "stacks",
  "main.ts",
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
];
const checkout = path.resolve(__dirname, "../..");

/** A copy of this project that a test may spoil, with the packages that are installed here. */
export class ProjectCopy {
  readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-project-"));

  constructor() {
    for (const source of SOURCES)
      fs.cpSync(path.join(checkout, source), this.path(source), { recursive: true });
    fs.symlinkSync(path.join(checkout, "node_modules"), this.path("node_modules"));
  }

  path(...names: readonly string[]): string {
    return path.join(this.directory, ...names);
  }

  /** Runs a script of `bin/` as an operator does. */
  run(script: string, words: readonly string[] = [], variables = {}): SpawnSyncReturns<string> {
    const env: NodeJS.ProcessEnv = { ...process.env, ...variables };
    delete env["CDKTF_OUTDIR"];
    return spawnSync(process.execPath, [path.join("bin", script), ...words], {
      cwd: this.directory,
      env,
      encoding: "utf8",
    });
  }

  remove(): void {
    fs.rmSync(this.directory, { recursive: true });
  }
}

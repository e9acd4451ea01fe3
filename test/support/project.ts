import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const checkout = path.resolve(__dirname, "../..");
/** The program, as it is installed in a project. */
export const PROGRAM = path.join("node_modules", "leasehold", "bin", "leasehold.js");

/** A project as `init` writes it, which a test may spoil; leasehold is this checkout, as it was built. */
export class Project {
  readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-project-"));

  constructor() {
    fs.cpSync(path.join(checkout, "template", "project"), this.directory, { recursive: true });
    fs.mkdirSync(this.path("node_modules"));
    fs.symlinkSync(checkout, this.path("node_modules", "leasehold"));
    fs.symlinkSync(path.join(checkout, "node_modules", "@types"), this.path("node_modules", "@types"));
  }

  path(...names: readonly string[]): string {
    return path.join(this.directory, ...names);
  }

  /** Runs a command of leasehold as an operator does. */
  run(words: readonly string[], variables = {}): SpawnSyncReturns<string> {
    const env: NodeJS.ProcessEnv = { ...process.env, ...variables };
    delete env["CDKTF_OUTDIR"];
    return spawnSync(process.execPath, [PROGRAM, ...words], { cwd: this.directory, env, encoding: "utf8" });
  }

  remove(): void {
    fs.rmSync(this.directory, { recursive: true });
  }
}

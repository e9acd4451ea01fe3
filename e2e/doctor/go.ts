import { spawnSync } from "node:child_process";
import { findBinary } from "./binaries";
import { projectDirectory } from "../support/project-directory";

/** The Go that the example is built with. */
export interface Go {
  readonly executable: string;
  readonly version: string;
}

/** The Go of this machine and no other: one that it would fetch is no part of what was looked at. */
export const GO_ENVIRONMENT = { ...process.env, GOTOOLCHAIN: "local", GOFLAGS: "", GOWORK: "off" };

/** The Go that is here, if the example's module takes it; or why not. */
export function askGo(executable = findBinary("go")): Go | { missing: string } {
  const todo = "get it from: package manager, or https://go.dev/dl";
  if (executable === undefined) return { missing: `Go of the storefront; ${todo}` };
  const ask = (...words: string[]) =>
    spawnSync(executable, words, {
      cwd: projectDirectory("examples/orders-go"),
      env: GO_ENVIRONMENT,
      encoding: "utf8",
    });
  // It refuses a module that asks for a later one.
  const { status, stderr, error } = ask("list", "-m");
  if (status === 0) return { executable, version: ask("env", "GOVERSION").stdout.trim() };
  return { missing: `${executable}: ${error?.message ?? stderr.trim().split("\n").at(-1)}; ${todo}` };
}

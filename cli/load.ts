import { firstLine, UsageError } from "@leasehold/proof/cli";
import { ExpectedError } from "@leasehold/proof/core";
import { createJiti } from "jiti";
import fs from "node:fs";
import path from "node:path";

/** Where a project keeps what leasehold makes of its sources; nobody else writes there, as somebody may to a common folder. */
export function cacheOf(project: string): string {
  return path.join(project, "node_modules", ".cache", "leasehold");
}

/**
 * Runs a file of TypeScript of a project's, and gives what it exports. Node 20 runs no TypeScript, and what later ones
 * run is less than `tsc` accepts.
 *
 * @throws UsageError where the file fails as it runs
 */
export async function load<T>(project: string, file: string): Promise<T> {
  const isInstalled = fs.existsSync(path.join(project, "node_modules"));
  const jiti = createJiti(__filename, {
    fsCache: isInstalled && path.join(cacheOf(project), "jiti"),
    interopDefault: false,
  });
  try {
    return (await jiti.import(path.join(project, file))) as T;
  } catch (error) {
    if (error instanceof ExpectedError) throw error;
    throw new UsageError(`${file} fails as it runs: ${firstLine(error)}${placeIn(project, error)}`);
  }
}

/** Where in the project an error was thrown, as far as its stack says. */
function placeIn(project: string, error: unknown): string {
  const frames = (error instanceof Error ? (error.stack ?? "") : "").split("\n");
  const frame = frames.find((each) => each.includes(project + path.sep) && !each.includes("node_modules"));
  const [, file, line] = /([^\s(]+?):(\d+)(?::\d+)?\)?$/.exec(frame ?? "") ?? [];
  return file === undefined ? "" : ` (${path.relative(project, file.replace(/^file:\/\//, ""))}:${line})`;
}

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
 */
export async function load<T>(project: string, file: string): Promise<T> {
  const isInstalled = fs.existsSync(path.join(project, "node_modules"));
  const jiti = createJiti(__filename, {
    fsCache: isInstalled && path.join(cacheOf(project), "jiti"),
    interopDefault: false,
  });
  return (await jiti.import(path.join(project, file))) as T;
}

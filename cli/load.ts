import { createJiti } from "jiti";
import fs from "node:fs";
import path from "node:path";

/**
 * Runs a file of TypeScript of the project's, and gives what it exports. Node 20 runs no TypeScript, and what
 * later ones run is less than `tsc` accepts.
 */
export async function load<T>(file: string): Promise<T> {
  const cache = path.join(path.dirname(file), "node_modules", ".cache");
  // Where nothing is said it would keep what it compiled in the folder for temporary files, which is everybody's.
  const fsCache = fs.existsSync(cache) && path.join(cache, "jiti");
  const jiti = createJiti(__filename, { fsCache, interopDefault: false });
  return (await jiti.import(file)) as T;
}

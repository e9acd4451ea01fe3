import { createJiti } from "jiti";
import fs from "node:fs";
import path from "node:path";

/**
 * Runs a file of TypeScript of the project's, and gives what it exports. Node 20 runs no TypeScript, and what
 * later ones run is less than `tsc` accepts.
 */
export async function load<T>(file: string): Promise<T> {
  const cache = path.join(path.dirname(file), "node_modules", ".cache");
  const jiti = createJiti(__filename, { fsCache: fs.existsSync(cache), interopDefault: false });
  return (await jiti.import(file)) as T;
}

import { UsageError } from "@leasehold/proof/cli";
import fs from "node:fs";
import path from "node:path";

/** Where a project lists its environments. */
export const ENVIRONMENTS = path.join("stacks", "index.ts");
/** What CDKTF runs of a project. */
export const MAIN = "main.ts";

/** The folder of the project that a folder belongs to: the nearest one that lists environments; nothing where there is none. */
export function projectAround(folder: string): string | undefined {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (fs.existsSync(path.join(at, ENVIRONMENTS))) return at;
    if (at === path.dirname(at)) return undefined;
  }
}

/**
 * The same, for those who need one.
 *
 * @throws UsageError where there is none
 */
export function projectOf(folder: string): string {
  const project = projectAround(folder);
  if (project !== undefined) return project;
  throw new UsageError(
    `there is no ${ENVIRONMENTS} in ${folder} or above it: run this in a project of leasehold, or make one with npx leasehold init`,
  );
}

import fs from "node:fs";
import path from "node:path";

/** The checkout: the nearest directory above with a package.json. */
export function projectDirectory(directory = __dirname): string {
  return fs.existsSync(path.join(directory, "package.json"))
    ? directory
    : projectDirectory(path.dirname(directory));
}

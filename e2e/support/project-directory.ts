import fs from "node:fs";
import path from "node:path";

/** A place in the checkout, which is the nearest directory above with a package.json. */
export function projectDirectory(place = "."): string {
  let directory = __dirname;
  while (!fs.existsSync(path.join(directory, "package.json"))) directory = path.dirname(directory);
  return path.join(directory, place);
}

import fs from "node:fs";
import path from "node:path";

/** A package as it lies on the disk. */
export interface Package {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/** The package that a file belongs to: sources lie at another depth than what is built. */
export function packageOf(folder: string): Package {
  const file = path.join(folder, "package.json");
  if (!fs.existsSync(file)) return packageOf(path.dirname(folder));
  const { name, version } = JSON.parse(fs.readFileSync(file, "utf8")) as Omit<Package, "folder">;
  return { folder, name, version };
}

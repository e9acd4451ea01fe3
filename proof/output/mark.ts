import fs from "node:fs";
import path from "node:path";
import { ExpectedError } from "../core";

/** Marks a folder as one that leasehold writes to, and lists what it wrote there: nothing else is ever removed. */
export const MARK = ".leasehold.json";

/** A folder holds what leasehold did not write, so it is not touched. */
export class ForeignFolderError extends ExpectedError {}

/** The files that leasehold says it wrote in a folder; none where it has marked nothing. */
export function markedFiles(outdir: string): readonly string[] {
  const mark = path.join(outdir, MARK);
  return fs.existsSync(mark) ? marked(mark) : [];
}

function marked(mark: string): readonly string[] {
  try {
    const { files } = JSON.parse(fs.readFileSync(mark, "utf8")) as { files: readonly string[] };
    if (files.every((file) => isBelow(path.resolve("/o", file), "/o"))) return files;
  } catch {
    // Whatever is wrong with it, it does not say what is ours.
  }
  throw new ForeignFolderError(
    `${mark} does not say any more what leasehold wrote there; remove the folder, or name another one`,
  );
}

/** Whether a path is a folder, or below it. */
export function isBelow(target: string, directory: string): boolean {
  return (
    target === directory ||
    target.startsWith(directory.endsWith(path.sep) ? directory : `${directory}${path.sep}`)
  );
}

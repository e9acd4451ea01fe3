import fs from "node:fs";
import path from "node:path";
import { ForeignFolderError, isBelow, MARK, markedFiles } from "@leasehold/proof/output";

/** The mark while it is written. */
const UNFINISHED = `${MARK}.new`;

/**
 * The files in a folder that leasehold wrote, relative to it.
 *
 * @param recognize what an earlier leasehold wrote, which marked nothing; nothing where it was not leasehold
 * @throws ForeignFolderError where the folder is somebody else's
 */
export function ownFiles(
  outdir: string,
  recognize: (directory: string) => readonly string[] | undefined,
): readonly string[] {
  const shown = JSON.stringify(outdir);
  if (outdir.trim() === "")
    throw new ForeignFolderError(`the output folder is ${shown}; name one, such as CDKTF_OUTDIR=cdktf.out`);
  const stat = fs.statSync(outdir, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory())
    throw new ForeignFolderError(`the output folder ${shown} is no folder; name another one`);
  const entries = fs.readdirSync(outdir).filter((name) => name !== UNFINISHED);
  if (entries.includes(MARK)) return markedFiles(outdir);
  if (entries.length === 0) return [];
  const recognized = recognize(outdir);
  if (recognized !== undefined) return recognized;
  const [some, more] = [entries.sort().slice(0, 5), entries.length - 5];
  throw new ForeignFolderError(
    `the output folder ${shown} is not leasehold's: it holds ${some.map((name) => JSON.stringify(name)).join(", ")}${more > 0 ? ` and ${more} more` : ""}, and no ${MARK} that says what of it leasehold wrote; nothing was changed. Set CDKTF_OUTDIR to an empty folder, or to one that is not there`,
  );
}

/** Says what leasehold wrote in a folder; at once or not at all. */
export function writeMark(outdir: string, files: Iterable<string>): void {
  const text = JSON.stringify({ writtenBy: "leasehold", files: [...new Set(files)].sort() }, null, 2);
  fs.writeFileSync(path.join(outdir, UNFINISHED), `${text}\n`);
  fs.renameSync(path.join(outdir, UNFINISHED), path.join(outdir, MARK));
}

/** Removes one of leasehold's files, and the folders that are empty then; never through a link to elsewhere. */
export function removeOwn(outdir: string, file: string): void {
  const target = path.join(outdir, file);
  const parent = path.dirname(target);
  if (!fs.existsSync(parent) || !isBelow(fs.realpathSync(parent), fs.realpathSync(outdir))) return;
  if (fs.lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) return;
  fs.rmSync(target, { force: true });
  removeEmpty(path.dirname(file), outdir);
}

function removeEmpty(directory: string, outdir: string): void {
  if (directory === ".") return;
  const target = path.join(outdir, directory);
  if (fs.readdirSync(target).length > 0) return;
  fs.rmdirSync(target);
  removeEmpty(path.dirname(directory), outdir);
}

import fs from "node:fs";
import path from "node:path";
import { ForeignFolderError, MANIFEST, readManifest, STAGES_FILE } from "@leasehold/proof/output";
import { manifestOf, NOTHING_LEFT, type Left } from "./left";
import { ownFiles, removeOwn, writeMark } from "./mark";
import { filesBelow, filesOfSynth, readStages } from "./output";

/** A plan that `cdktf diff` saved, or somebody after our runbook: it would apply a configuration that is no longer there. */
const SAVED_PLANS = ["plan", "tfplan"];

/**
 * What leasehold wrote in a folder. It may be written to where it is not there, is empty, or carries
 * leasehold's mark; or where it is the output of a leasehold that left no mark, and nothing else.
 *
 * @throws ForeignFolderError where it is anything else
 */
export function claim(outdir: string): readonly string[] {
  return ownFiles(outdir, outputWithoutMark);
}

/**
 * Replaces what an earlier synth wrote by what stands in `aside`. The manifest, without which the
 * CDKTF CLI deploys nothing, goes first and comes last. One synth at a time: the caller sees to that.
 *
 * @param left what stands in both, and stays as it is
 * @throws ForeignFolderError where something that leasehold did not write stands in the way
 */
export function publish(aside: string, outdir: string, { files: left }: Left = NOTHING_LEFT): void {
  const [files, before] = [filesOfSynth(aside), claim(outdir)];
  const changes = (file: string) => !left.includes(file);
  refuseClashes(outdir, files, before);
  fs.mkdirSync(outdir, { recursive: true });
  // Said before it is done: a run that is killed in between leaves nothing that is not known to be ours.
  writeMark(outdir, [...before, ...files]);
  remove(outdir, before.filter(changes));
  for (const file of [...files.filter((each) => each !== MANIFEST && changes(each)), MANIFEST]) {
    fs.mkdirSync(path.join(outdir, path.dirname(file)), { recursive: true });
    fs.renameSync(path.join(aside, file), path.join(outdir, file));
  }
  writeMark(outdir, files);
}

/**
 * Removes everything that could be deployed; what Terraform keeps there (`.terraform`, locks) stays.
 *
 * @param left what stays as well: others have proven it
 * @throws ForeignFolderError where the folder is not leasehold's
 */
export function withdraw(outdir: string, left: Left = NOTHING_LEFT): void {
  const before = claim(outdir);
  const kept = before.filter((file) => file === STAGES_FILE || left.files.includes(file));
  if (before.length === kept.length) return;
  const manifest = left.stacks.length > 0 ? manifestOf(outdir, left) : undefined;
  remove(
    outdir,
    before.filter((file) => !kept.includes(file)),
  );
  if (manifest !== undefined) fs.writeFileSync(path.join(outdir, MANIFEST), manifest);
  writeMark(outdir, [...kept, ...(manifest === undefined ? [] : [MANIFEST])]);
}

/** The manifest first; a plan that was saved is put aside, for somebody may still want to read it. */
function remove(outdir: string, files: readonly string[]): void {
  for (const file of [MANIFEST, ...files.filter((each) => each !== MANIFEST)]) {
    if (files.includes(file)) removeOwn(outdir, file);
  }
  const stacks = files.filter((file) => file.startsWith("stacks/")).map(path.dirname);
  for (const plan of stacks.flatMap((stack) => SAVED_PLANS.map((name) => path.join(outdir, stack, name)))) {
    if (fs.existsSync(plan)) fs.renameSync(plan, `${plan}.outdated`);
  }
}

function refuseClashes(outdir: string, files: readonly string[], before: readonly string[]): void {
  const known = new Set(before);
  const clashes = files.filter(
    (file) =>
      !known.has(file) && fs.lstatSync(path.join(outdir, file), { throwIfNoEntry: false }) !== undefined,
  );
  if (clashes.length === 0) return;
  throw new ForeignFolderError(
    `leasehold did not write ${clashes.map((file) => JSON.stringify(path.join(outdir, file))).join(", ")}, and would write there; move it away`,
  );
}

const AT_THE_TOP = [MANIFEST, STAGES_FILE, "stacks", "manifests", "bootstrap", "report"];

/**
 * The files of an output that carries no mark. Terraform and CDKTF's command line keep theirs in the folders
 * of stacks; whatever else there is makes it somebody else's folder. That it is leasehold's shows in the
 * stages of migrations, or, of a leasehold that wrote none, in an environment's stack `<name>-platform`.
 */
function outputWithoutMark(directory: string): readonly string[] | undefined {
  if (!fs.readdirSync(directory).every((name) => AT_THE_TOP.includes(name))) return undefined;
  const own = filesOfSynth(directory);
  const others = filesBelow(directory).filter((file) => !own.includes(file));
  if (!others.every((file) => /^stacks\/[^/]+\//.test(file))) return undefined;
  // Of what was withdrawn, only Terraform's own files are left.
  if (own.length === 0) return fs.readdirSync(directory).join() === "stacks" ? [] : undefined;
  try {
    const isOurs =
      readStages(directory) !== undefined ||
      Object.keys(readManifest(directory)).some((stack) => stack.endsWith("-platform"));
    return isOurs ? own : undefined;
  } catch {
    return undefined;
  }
}

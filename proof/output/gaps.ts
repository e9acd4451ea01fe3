import fs from "node:fs";
import path from "node:path";
import type { ReadFailure } from "../access";
import { isRecord, readJson, UnreadableError } from "../input";
import { MANIFEST, stackFile } from "./layout";
import { readManifest, stacksOnDisk } from "./manifest";
import { MARK, markedFiles } from "./mark";

/**
 * What an output says it holds and does not: stacks of its manifest, and files of its mark. Nothing can be said
 * about a chain of which a part is not there, least of all that it holds.
 */
export function gapsOf(outdir: string): ReadFailure[] {
  const manifest = attempt(() => readManifest(outdir));
  if (manifest instanceof UnreadableError) return [failure(manifest.file, manifest.reason)];
  const named = Object.keys(manifest);
  const strays = stacksOnDisk(outdir).filter((stack) => !named.includes(stack));
  const stackFiles = named.map(stackFile);
  const marked = markedFiles(outdir).filter((file) => !stackFiles.includes(path.normalize(file)));
  return [
    ...named.flatMap((stack) => stackGaps(outdir, stack)),
    ...strays.map((stack) =>
      failure(path.join(outdir, stackFile(stack)), `is not in ${MANIFEST}: no synth of this output wrote it`),
    ),
    ...missing(outdir, marked, `${MARK} says that a synth wrote it`),
  ];
}

/** The stacks that a manifest names; none where it cannot be read, which {@link gapsOf} says. */
export function stacksNamed(outdir: string): string[] {
  const manifest = attempt(() => readManifest(outdir));
  return manifest instanceof UnreadableError ? [] : Object.keys(manifest);
}

/** What helps against every gap. */
export const REMEDY = "run a synth: npm run synth";

/** Those of some files that are not there, or empty. */
export function missing(outdir: string, files: readonly string[], why: string): ReadFailure[] {
  return files.flatMap((name) => {
    const file = path.join(outdir, name);
    const size = fs.statSync(file, { throwIfNoEntry: false })?.size;
    const lack = size === undefined ? "is not there" : "is empty";
    return size ? [] : [failure(file, `${lack}, and ${why}; ${REMEDY}`)];
  });
}

function stackGaps(outdir: string, stack: string): ReadFailure[] {
  const file = path.join(outdir, stackFile(stack));
  const json = attempt(() => readJson(file, "must be a stack's Terraform JSON", isRecord));
  if (json instanceof UnreadableError) return [failure(file, `${json.reason}; ${REMEDY}`)];
  const is = stackName(json);
  if (is === stack) return [];
  return [
    failure(
      file,
      `is ${is === undefined ? "of no stack that CDKTF wrote" : `the stack ${is}`}, and must be ${stack}; ${REMEDY}`,
    ),
  ];
}

/** CDKTF writes it for its own command line. */
function stackName({ "//": remarks }: Record<string, unknown>): string | undefined {
  const metadata = isRecord(remarks) ? remarks.metadata : undefined;
  return isRecord(metadata) && typeof metadata.stackName === "string" ? metadata.stackName : undefined;
}

function attempt<T>(read: () => T): T | UnreadableError {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableError) return error;
    throw error;
  }
}

function failure(file: string, message: string): ReadFailure {
  return { file, message };
}

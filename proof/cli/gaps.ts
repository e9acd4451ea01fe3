import fs from "node:fs";
import path from "node:path";
import type { ReadFailure } from "../access";
import { gapsOf, MANIFEST, MARK } from "../output";
import { UsageError } from "./failure";

/**
 * Refuses to speak of an output of which a part is not there: what is absent looks healthy.
 *
 * @param more what whoever asks needs of it, and did not find
 * @throws UsageError with everything that is missing, or that is not what it should be
 */
export function refuseGaps(outdir: string, more: () => readonly ReadFailure[] = () => []): void {
  if (!fs.existsSync(path.join(outdir, MANIFEST))) throw nothingIn(outdir);
  const gaps = [...gapsOf(outdir), ...more()];
  if (gaps.length === 0) return;
  const lines = new Set(gaps.map(({ file, message }) => `  ${file}: ${message}`));
  throw new UsageError([`${outdir} is not what a synth left there:`, ...lines].join("\n"));
}

/** Whether a folder is the output of a synth, be it withdrawn. */
export function isOutput(directory: string): boolean {
  return [MANIFEST, MARK].some((name) => fs.existsSync(path.join(directory, name)));
}

/** There is no output, or it was withdrawn. */
export function nothingIn(outdir: string): UsageError {
  return new UsageError(`there is nothing in ${outdir}; run a synth first: npm run synth`);
}

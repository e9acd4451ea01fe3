import { UsageError } from "@leasehold/proof/cli";
import fs from "node:fs";
import { witnessAt, type Witness } from "../lib/synth/witness";
import { synthesizedAt } from "./git-ref";

/**
 * Where services stood in the output of a synth or at a git ref, which is synthesized aside.
 *
 * @returns nothing where nothing is named: then the last synth is the witness
 */
export function witnessNamed(given: string | undefined): (() => Promise<Witness>) | undefined {
  if (given === undefined || given === "") return undefined;
  return async () => {
    const witness = fs.existsSync(given)
      ? witnessAt(given, given)
      : await synthesizedAt(given, async (outdir) => witnessAt(outdir, given));
    if (witness !== undefined) return witness;
    throw new UsageError(
      `${JSON.stringify(given)} says nothing of migrations: it must be the output of a synth or a git ref with migration stages (leasehold writes cdktf.out/migration-stages.json)`,
    );
  };
}

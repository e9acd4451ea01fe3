import { readStages, type StagesOfServices } from "./output";

/** Where services stood at some time before. */
export interface Witness {
  /** As a message names it: `the last synth`. */
  readonly name: string;
  readonly stages: StagesOfServices;
}

/** What a synth left in its output; nothing where there was none. */
export function witnessAt(outdir: string, name: string): Witness | undefined {
  const stages = readStages(outdir);
  return stages && { name, stages };
}

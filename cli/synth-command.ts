import { withHelp } from "@leasehold/proof/cli";
import { Command } from "commander";
import { withdrawOutput } from "../lib/synth/synthesize";
import { load } from "./load";
import { outputDirectory } from "./output";
import { MAIN, projectOf } from "./project";
import { reportRefusal } from "./refusal";
import { checkTypes } from "./types";

/** `leasehold synth`: what CDKTF calls; it checks the types of the project, and runs its `main.ts`. */
export function synthCommand(): Command {
  const command = new Command("synth").action(async () => {
    const project = projectOf(process.cwd());
    try {
      await checkTypes(project);
      await load(project, MAIN);
    } catch (error) {
      // What an earlier synth wrote is not what the environments say now.
      await withdrawOutput(outputDirectory());
      reportRefusal(error);
    }
  });
  return withHelp(command, {
    notes:
      "It is written to cdktf.out, or to what CDKTF_OUTDIR names. LEASEHOLD_WITNESS names what was deployed.",
    exitCodes: { 0: "written", 1: "refused", 2: "could not run" },
    example: "npx leasehold synth",
    page: "docs/ci.md",
  });
}

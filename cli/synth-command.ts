import { Command } from "commander";
import { withdrawOutput } from "../lib/synth/synthesize";
import { load } from "./load";
import { outputDirectory } from "./output";
import { MAIN, projectOf } from "./project";
import { reportRefusal } from "./refusal";
import { checkTypes } from "./types";

/** `leasehold synth`: what CDKTF calls; it checks the types of the project, and runs its `main.ts`. */
export function synthCommand(): Command {
  return new Command("synth").action(async () => {
    const project = projectOf(process.cwd());
    try {
      checkTypes(project);
      await load(project, MAIN);
    } catch (error) {
      // What an earlier synth wrote is not what the environments say now.
      await withdrawOutput(outputDirectory());
      reportRefusal(error);
    }
  });
}

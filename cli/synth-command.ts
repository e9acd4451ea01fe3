import { withHelp } from "@leasehold/proof/cli";
import { Command } from "commander";
import { withdrawOutput } from "../lib/synth/synthesize";
import { checkDeclared } from "./environments";
import { load } from "./load";
import { askFor } from "./only";
import { outputDirectory } from "./output";
import { MAIN, projectOf } from "./project";
import { reportRefusal } from "./refusal";

interface Options {
  readonly only: readonly string[];
}

/** `leasehold synth`: what CDKTF calls; it checks the types of the project, and runs its `main.ts`. */
export function synthCommand(): Command {
  const command = new Command("synth")
    .option(
      "--only <environment>",
      "renders and proves this one, and those in which its changes are proven (repeatable)",
      (name: string, names: string[]) => [...names, name],
      [],
    )
    .action(async ({ only }: Options) => {
      const project = projectOf(process.cwd());
      askFor(only);
      try {
        await checkDeclared(project);
        await load(project, MAIN);
      } catch (error) {
        // What an earlier synth wrote is not what the environments say now.
        await withdrawOutput(outputDirectory());
        reportRefusal(error);
      }
    });
  return withHelp(command, {
    notes:
      "It is written to cdktf.out, or to what CDKTF_OUTDIR names. LEASEHOLD_WITNESS names what was deployed.\n" +
      "With --only (or LEASEHOLD_ONLY=production,staging) what an earlier synth wrote of the others stays there.",
    exitCodes: { 0: "written", 1: "refused", 2: "could not run" },
    example: "npx leasehold synth",
    page: "docs/ci.md",
  });
}

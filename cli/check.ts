import fs from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { environments } from "../stacks";
import { prove } from "../stacks/prove";
import { UsageError } from "./failure";
import { find } from "./find";
import { conclude, failOnOption, formatOption, type FindingsOptions } from "./findings";
import { witnessNamed } from "./witness";

interface Options extends FindingsOptions {
  readonly output: string;
  readonly witness?: string;
}

/** `leasehold check [environment…]`: judges what the last synth wrote, without rendering anything. */
export function checkCommand(): Command {
  return new Command("check")
    .description("Judge what the last synth wrote: exit code 0 clean, 1 findings, 2 could not run")
    .argument("[environments...]", "names of environments; all of them where none is named")
    .addOption(formatOption())
    .addOption(failOnOption())
    .option("--output <directory>", "what the synth wrote", "cdktf.out")
    .option(
      "--witness <before>",
      "where services stood before their migration's step: the output of a synth, or a git ref",
    )
    .action(check);
}

async function check(names: readonly string[], options: Options): Promise<void> {
  const directory = options.output;
  if (!fs.existsSync(path.join(directory, "manifest.json"))) {
    throw new UsageError(`there is nothing in ${directory}; run a synth first: npm run synth`);
  }
  const asked = names.map((name) => find("environment", name, environments));
  const judged = asked.length === 0 ? environments : asked;
  const witness = await witnessNamed(options.witness)?.();
  conclude(await prove(judged, { directory, ...(witness && { witness }) }, environments), options);
}

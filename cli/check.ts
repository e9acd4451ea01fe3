import { find, JUDGED, working, withHelp } from "@leasehold/proof/cli";
import { conclude, failOnOption, formatOption, type FindingsOptions } from "@leasehold/proof/cli/findings";
import { nothingIn } from "@leasehold/proof/cli/gaps";
import { MANIFEST } from "@leasehold/proof/output";
import { Command } from "commander";
import fs from "node:fs";
import path from "node:path";
import type * as Performing from "../lib/synth/perform";
import type * as Proving from "../lib/synth/prove";
import { withDeclarations } from "./declarations";
import type { Environments } from "./environments";
import { judgedBefore } from "./judged-before";
import { witnessNamed } from "./witness";

interface Options extends FindingsOptions {
  readonly output: string;
  readonly witness?: string;
}

/** `leasehold check [environment…]`: judges what the last synth wrote, without rendering anything. */
export function checkCommand(environments: Environments): Command {
  const command = new Command("check")
    .argument("[environments...]", "names of environments; all of them where none is named")
    .addOption(formatOption())
    .addOption(failOnOption())
    .option("--output <directory>", "what the synth wrote", "cdktf.out")
    .option(
      "--witness <before>",
      "where services stood before their migration's step: the output of a synth, or a git ref",
    )
    .action((names: readonly string[], options: Options) => check(environments, names, options));
  return withHelp(command, {
    exitCodes: JUDGED,
    example: "npx leasehold check production --fail-on warning",
    page: "docs/ci.md",
  });
}

async function check(environments: Environments, names: readonly string[], options: Options): Promise<void> {
  const directory = options.output;
  if (!fs.existsSync(path.join(directory, MANIFEST))) {
    throw nothingIn(directory);
  }
  const all = await environments();
  const asked = names.map((name) => find("environment", name, all));
  const judged = asked.length === 0 ? all : asked;
  const witness = await witnessNamed(options.witness)?.();
  const question = {
    environments: all,
    judged: judged.map(({ name }) => name),
    directory,
    shownAs: directory,
    witness,
  };
  const found = await judgedBefore({ by: "check", ...question }, () =>
    working("proving", async () => {
      // They take longer to load than it takes to see that nothing has changed.
      const { prove } = require("../lib/synth/prove") as typeof Proving;
      const { perform } = require("../lib/synth/perform") as typeof Performing;
      const { findings, failures } = await prove(
        judged,
        { directory, ...(witness && { witness }), perform },
        all,
      );
      return { findings, failures };
    }),
  );
  conclude(withDeclarations(found, all), options);
}

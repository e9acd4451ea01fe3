import { Command } from "commander";
import { findBinary } from "../e2e/doctor/binaries";
import { CHART_VARIABLE } from "../e2e/nodes/chart";
import { PYTHON_VARIABLE } from "../e2e/doctor/python";
import { projectDirectory } from "../e2e/support/project-directory";
import { errorMessage } from "../e2e/support/wait";
import { down } from "./down";
import type { Options } from "./options";
import { progressLine } from "./progress";
import { recordedRun } from "./run";
import { up } from "./up";

function optionsOf(): Options {
  return new Command("npm run quickstart --")
    .description(
      "the environment `local` in a cluster that is there: Vault, two applications, and their first rotation",
    )
    .option("--context <name>", "context of the kubeconfig; the current one where none is named")
    .option("--host <address>", "address or name by which pods reach this machine, where it is not found out")
    .option("--postgres <url>", "a PostgreSQL as its superuser, in the place of one of this run's own")
    .option("--port <port>", "where the PostgreSQL of this run's own listens", Number, 54_329)
    .option(
      "--chart <directory>",
      "Vault's chart on disk, in the place of its repository",
      process.env[CHART_VARIABLE],
    )
    .option(
      "--load <command>",
      "command that gets the images' archive $ARCHIVE onto the nodes, where it is not known",
    )
    .option(
      "--python <file>",
      "a Python that has leasehold's client, in the place of one made for it",
      process.env[PYTHON_VARIABLE],
    )
    .option(
      "--directory <directory>",
      "holds everything that a run makes on this machine",
      projectDirectory(".quickstart"),
    )
    .option("--down", "take away what an earlier run has made")
    .parse()
    .opts<Options>();
}

async function main(options: Options): Promise<number> {
  // The one that is here.
  if (findBinary("terraform") === undefined && findBinary("tofu")) process.env.E2E_TERRAFORM = "tofu";
  const progress = await progressLine();
  return options.down ? down(options.directory, progress) : up(options, progress);
}

const options = optionsOf();
main(options).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(`\n${errorMessage(error)}`);
    if (recordedRun(options.directory) !== undefined)
      console.error("\nnpm run quickstart -- --down takes away what is there so far.");
    process.exitCode = 1;
  },
);

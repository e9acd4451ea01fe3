import { Option } from "commander";
import type { AccessReports } from "../report";
import { UsageError } from "./failure";
import type * as Reports from "./reports";

/** What the option says. */
export interface SourceOptions {
  readonly from?: string;
}

/** As `reportsAt` of ./reports, loaded when there is something to read. */
export const reportsAt: typeof Reports.reportsAt = (from) =>
  (require("./reports") as typeof Reports).reportsAt(from);

/** Where the commands of a program take their reports from. */
export interface Source {
  /** How the program is called, for examples. */
  readonly program: string;
  /** An environment, for examples. */
  readonly environment: string;
  /** How it is found, for examples: nothing, or a blank and an option. */
  readonly where: string;
  /** What is reported on where nothing is said, as help shows it; nothing where something must be said. */
  readonly standard?: string;
  /** The report on what `--from` names, or on what is reported on where nothing is said. */
  load(options: SourceOptions): Promise<AccessReports>;
  /** The report on one side of a comparison. */
  at(given: string): Promise<AccessReports>;
  /** What one side of a comparison may be. */
  readonly sides: string;
}

/** Reports on files, whoever wrote them. */
export const files: Source = {
  program: "npx @leasehold/proof",
  environment: "infra",
  where: " --from infra/",
  load: async ({ from }) => {
    if (from === undefined)
      throw new UsageError("say what to report on: --from with a folder, or a saved report");
    return reportsAt(from);
  },
  at: reportsAt,
  sides: "the output of a synth, a saved report in JSON, or a folder with Terraform",
};

/** What is reported on. */
export function fromOption({ standard }: Source): Option {
  const option = new Option(
    "--from <path>",
    `the output of a synth, a saved report in JSON, or Terraform that leasehold has not written${standard === undefined ? "" : ` (default: ${standard})`}`,
  );
  return option.makeOptionMandatory(standard === undefined);
}

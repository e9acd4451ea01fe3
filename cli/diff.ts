import fs from "node:fs";
import { Command, Option } from "commander";
import {
  accessDiff,
  DIFF_FORMATS,
  renderDiff,
  type AccessReports,
  type DiffFormat,
  type Direction,
} from "../lib/report";
import { UsageError } from "./failure";
import { synthesizedAt } from "./git-ref";
import { loadReports, reportsAt } from "./reports";

/** What a pipeline reads: 4 asks for a second reviewer. */
const EXIT_CODES: Readonly<Record<Direction, number>> = { unchanged: 0, narrowed: 3, widened: 4 };

/** `leasehold diff <base> [head]`: what a change opens. */
export function diffCommand(): Command {
  return new Command("diff")
    .description("What changes in access: exit code 0 nothing, 3 narrowed only, 4 widened, 2 could not run")
    .argument(
      "<base>",
      "the output of a synth, a saved report in JSON, or a git ref, which is synthesized aside",
    )
    .argument("[head]", "the same (default: what the last synth wrote to cdktf.out)")
    .addOption(
      new Option("--format <format>", "how changes are shown").choices([...DIFF_FORMATS]).default("text"),
    )
    .addHelpText("after", "\nExample:\n  npm run synth && npx leasehold diff origin/main --format md")
    .action(diff);
}

async function diff(
  base: string,
  head: string | undefined,
  { format }: { format: DiffFormat },
): Promise<void> {
  const after = head === undefined ? await loadReports({}) : await reportsOf(head);
  const found = accessDiff(await reportsOf(base), after);
  process.stdout.write(renderDiff(found, format));
  process.exitCode = EXIT_CODES[found.direction];
}

/** A path wins over a ref of the same name. */
async function reportsOf(given: string): Promise<AccessReports> {
  if (fs.existsSync(given)) return reportsAt(given);
  const reports = await synthesizedAt(given, reportsAt);
  if (reports === undefined)
    throw new UsageError(`there is no file, folder or git ref ${JSON.stringify(given)}`);
  return reports;
}

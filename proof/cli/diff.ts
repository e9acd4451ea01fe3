import { Command, Option } from "commander";
import { accessDiff, DIFF_FORMATS, renderDiff, type DiffFormat, type Direction } from "../report";
import type { Source } from "./source";

/** What a pipeline reads: 4 asks for a second reviewer. */
const EXIT_CODES: Readonly<Record<Direction, number>> = { unchanged: 0, narrowed: 3, widened: 4 };

/** `diff <base> [head]`: what a change opens. */
export function diffCommand(source: Source): Command {
  const { standard, sides, program } = source;
  return new Command("diff")
    .description("What changes in access: exit code 0 nothing, 3 narrowed only, 4 widened, 2 could not run")
    .argument("<base>", sides)
    .argument(
      ...((standard === undefined
        ? ["<head>", "the same"]
        : ["[head]", `the same (default: ${standard})`]) as [string, string]),
    )
    .addOption(
      new Option("--format <format>", "how changes are shown").choices([...DIFF_FORMATS]).default("text"),
    )
    .addHelpText("after", `\nExample:\n  ${program} diff origin/main --format md`)
    .action((base: string, head: string | undefined, options: { format: DiffFormat }) =>
      diff(source, base, head, options),
    );
}

async function diff(
  source: Source,
  base: string,
  head: string | undefined,
  { format }: { format: DiffFormat },
): Promise<void> {
  const after = head === undefined ? await source.load({}) : await source.at(head);
  const found = accessDiff(await source.at(base), after);
  process.stdout.write(renderDiff(found, format));
  process.exitCode = EXIT_CODES[found.direction];
}

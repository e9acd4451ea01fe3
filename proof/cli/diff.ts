import { Command, Option } from "commander";
import { accessDiff, DIFF_FORMATS, renderDiff, type DiffFormat, type Direction } from "../report";
import { withHelp } from "./help";
import type { Source } from "./source";

/** What a pipeline reads: 4 asks for a second reviewer. */
const EXIT_CODES: Readonly<Record<Direction, number>> = { unchanged: 0, narrowed: 3, widened: 4 };

/** `diff <base> [head]`: what a change opens. */
export function diffCommand(source: Source): Command {
  const { standard, sides, program } = source;
  const command = new Command("diff")
    .argument("<base>", sides)
    .argument(
      ...((standard === undefined
        ? ["<head>", "the same"]
        : ["[head]", `the same (default: ${standard})`]) as [string, string]),
    )
    .addOption(
      new Option("--format <format>", "how changes are shown").choices([...DIFF_FORMATS]).default("text"),
    )
    .action((base: string, head: string | undefined, options: { format: DiffFormat }) =>
      diff(source, base, head, options),
    );
  return withHelp(command, {
    exitCodes: {
      0: "nothing",
      2: "could not run",
      3: "narrowed only",
      4: "widened, or a promise broken, doubtful or taken back",
    },
    example: `${program} diff ${standard === undefined ? "before/ after/" : "origin/main"} --format md`,
    page: "docs/ci.md",
  });
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

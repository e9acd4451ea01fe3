import { pageBlocks } from "../support/page-blocks";

/**
 * The commands of one section of a runbook, as they stand there: each line of its blocks of shell.
 *
 * @param section its heading; empty for what comes before the first one
 */
export function runbookCommands(page: string, section: string): string[] {
  return pageBlocks(`docs/runbooks/${page}`, section, "sh").flatMap(lines);
}

/** The one command of a section that begins like this; that there is one is part of the test. */
export function runbookCommand(page: string, section: string, start: string): string {
  const found = runbookCommands(page, section).filter((command) => command.startsWith(start));
  const [command] = found;
  if (command === undefined || found.length > 1)
    throw new Error(
      `docs/runbooks/${page}, "${section}" has ${found.length} commands that begin with "${start}"`,
    );
  return command;
}

/** A line that goes on in the next one is one command. */
function lines(block: string): string[] {
  return block
    .replace(/\\\n\s*/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");
}

import fs from "node:fs";
import path from "node:path";
import { projectDirectory } from "../support/project-directory";

/**
 * The commands of one section of a runbook, as they stand there: each line of its blocks of shell.
 *
 * @param section its heading; empty for what comes before the first one
 */
export function runbookCommands(page: string, section: string): string[] {
  return runbookBlocks(page, section, "sh").flatMap(lines);
}

/** The blocks of one section that are written in a language. */
export function runbookBlocks(page: string, section: string, language: string): string[] {
  const text = fs.readFileSync(path.join(projectDirectory(), "docs/runbooks", page), "utf8");
  const sections = text.split(/^## /m);
  const found = section === "" ? sections[0] : sections.find((each) => each.startsWith(`${section}\n`));
  if (found === undefined) throw new Error(`docs/runbooks/${page} has no section "${section}"`);
  return [...found.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, written]) => written === language)
    .map(([, , block = ""]) => block);
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

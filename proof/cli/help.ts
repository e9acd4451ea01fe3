import type { Command } from "commander";

/** What the help of a command says below its options. */
export interface Help {
  /** What has to be known before it is called. */
  readonly notes?: string;
  /** What each exit code says. */
  readonly exitCodes: Readonly<Record<number, string>>;
  /** One call, as it is typed. */
  readonly example: string;
  /** The page of the repository that says more, from its root. */
  readonly page: string;
}

/** The exit codes of whatever judges. */
export const JUDGED = { 0: "clean", 1: "findings", 2: "could not run" } as const;

/** The exit codes of whatever answers. */
export const ANSWERED = { 0: "answered", 2: "could not run" } as const;

/** The same command with the end that the help of every command has. */
export function withHelp(command: Command, { notes, exitCodes, example, page }: Help): Command {
  const codes = Object.entries(exitCodes).map(([code, meaning]) => `  ${code}  ${meaning}`);
  const parts = [
    ...(notes === undefined ? [] : [notes]),
    ["Exit codes:", ...codes].join("\n"),
    `Example:\n  ${example}`,
    `Page: ${page}`,
  ];
  return command.addHelpText("after", `\n${parts.join("\n\n")}`);
}

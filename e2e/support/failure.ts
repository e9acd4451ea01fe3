import { types } from "node:util";

const { isNativeError } = types;

/** Lines of output that are printed with a failure; the rest is in its log. */
export const LINES_OF_OUTPUT = 30;

/** Lines of the failure itself: an error that holds a whole document is a log as well. */
const LINES_OF_ERROR = 12;
const LINES_OF_ONE_ERROR = 6;

/** A command that has not come to what was asked of it; what it printed is kept apart from what went wrong. */
export class CommandFailed extends Error {
  constructor(
    what: string,
    readonly output: string,
  ) {
    super([what, ...errorsOf(output)].join("\n"));
    this.name = "CommandFailed";
  }
}

/** The errors in what Terraform prints, with or without its frames; each with what follows it. */
function errorsOf(output: string): string[] {
  const lines = output
    .split("\n")
    .map((line) => line.replace(/^[│╷╵]\s?/, "").trimEnd())
    .filter(Boolean);
  const starts = lines.flatMap((line, index) => (line.startsWith("Error: ") ? [index] : []));
  return starts.flatMap((start, index) => lines.slice(start, starts[index + 1]).slice(0, LINES_OF_ONE_ERROR));
}

/** The whole of a failure, for its log. */
export function wholeFailure(error: unknown): string {
  if (!isNativeError(error)) return `${String(error)}\n`;
  const output = error instanceof CommandFailed ? `\n\n${error.output}` : "";
  return `${error.stack ?? error.message}${output}\n`;
}

/** What went wrong first, then where, then the end of what led there, and where all of it is. */
export function formatFailure(error: unknown, log: string): string {
  const message = (isNativeError(error) ? error.message : String(error)).split("\n");
  const output =
    error instanceof CommandFailed
      ? error.output.trimEnd().split("\n").filter(Boolean)
      : message.slice(LINES_OF_ERROR);
  const end = output.slice(-LINES_OF_OUTPUT);
  const cut = end.length < output.length ? `, the last ${end.length} of ${output.length} lines` : "";
  return [
    ...message.slice(0, LINES_OF_ERROR),
    ...placesOf(error),
    ...(end.length === 0 ? [] : [`what led there${cut}:`, ...end.map((line) => `  ${line}`)]),
    `all of it: ${log}`,
  ].join("\n");
}

/** Where in the bench it was thrown. */
function placesOf(error: unknown): string[] {
  if (!isNativeError(error)) return [];
  return (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at .*\be2e\//.test(line))
    .slice(0, 4)
    .map((line) => line.trimEnd());
}

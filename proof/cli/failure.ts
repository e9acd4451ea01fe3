import { CommanderError } from "commander";
import { ExpectedError, looksSecret } from "../core";
import { systemProblem } from "../input/input";
import type { RefusedConfigurationError } from "../rules";
import type * as Findings from "./findings";

/** A command cannot do what it was asked to: an unknown name, or something that is not there. */
export class UsageError extends ExpectedError {}

/**
 * Tells on standard error what went wrong, in words and without a stack trace, and sets the exit code: 2, for
 * nothing was judged.
 */
export function reportFailure(error: unknown): void {
  process.exitCode = 2;
  for (const each of error instanceof AggregateError ? (error.errors as unknown[]) : [error]) tell(each);
}

function tell(error: unknown): void {
  if (process.env["LEASEHOLD_DEBUG"]) console.error(error);
  // Commander has said it already.
  if (error instanceof CommanderError) return;
  if (isRefusal(error)) {
    console.error("error: the configuration is refused\n");
    return (require("./findings") as typeof Findings).printFindings(error.found, console.error);
  }
  const message =
    error instanceof ExpectedError ? error.message : (systemProblem(error) ?? unexpected(error));
  console.error(`error: ${message}`);
}

/** By its name: who prints no findings does not wait for the rules. */
function isRefusal(error: unknown): error is RefusedConfigurationError {
  return error instanceof Error && error.name === "RefusedConfigurationError";
}

/** A fault of ours, on one line: its message may hold what somebody wrote. */
function unexpected(error: unknown): string {
  return `${firstLine(error)}; this is a fault of leasehold's: please report it, with what LEASEHOLD_DEBUG=1 prints beside it`;
}

/** What an error says, on one line that a message may repeat. */
export function firstLine(error: unknown): string {
  const [line = ""] = String(error).split("\n");
  return looksSecret(line) ? "an error whose text looks like a secret (withheld)" : line.slice(0, 200);
}

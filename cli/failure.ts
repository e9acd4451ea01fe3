import { InvalidConfigurationError } from "../lib/core";
import { RefusedConfigurationError } from "../stacks/refused";
import { printFindings } from "./findings";

/** A command was called with words that it does not know. */
export class UsageError extends Error {}

/**
 * Tells what went wrong on standard error and makes the process fail: 1 where a configuration is refused,
 * 2 where a command could not run; a stack trace only for our own faults.
 */
export function reportFailure(error: unknown): void {
  process.exitCode = error instanceof UsageError ? 2 : 1;
  if (error instanceof RefusedConfigurationError) {
    console.error("error: the configuration is refused\n");
    return printFindings(error.found, console.error);
  }
  const expected = error instanceof InvalidConfigurationError || error instanceof UsageError;
  console.error(expected ? `error: ${error.message}` : error);
}

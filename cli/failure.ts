import { InvalidConfigurationError } from "../lib/core";

/** A command was called with words that it does not know. */
export class UsageError extends Error {}

/** Tells what went wrong on standard error and makes the process fail; a stack trace only for our own faults. */
export function reportFailure(error: unknown): void {
  const expected = error instanceof InvalidConfigurationError || error instanceof UsageError;
  console.error(expected ? `error: ${error.message}` : error);
  process.exitCode = 1;
}

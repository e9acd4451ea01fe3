import { CommanderError, type Command } from "commander";
import { reportFailure } from "./failure";

/** Runs a command, and sets the exit code: 0 and what the command says, or 2 where it could not run. */
export async function run(program: Command, words: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    // Whoever asked for help got what was asked for.
    if (!(error instanceof CommanderError && error.exitCode === 0)) reportFailure(error);
  }
}

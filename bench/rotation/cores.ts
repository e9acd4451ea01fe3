import { execFileSync } from "node:child_process";
import os from "node:os";

/**
 * A program has a core, and PostgreSQL with everything else another one. Where they share all of them, who runs beside whom is
 * chance, and it stays so for as long as a process lives: the threads of two same programs in Python were seen to use 16 % more, or less.
 */
const [PROGRAM, REST] = ["0", "1"];
const APART = os.platform() === "linux" && os.cpus().length > 1;

/** This process, and what it will start, but for programs. */
export function leaveProgramsACore(): void {
  if (APART) execFileSync("taskset", ["-a", "-c", "-p", REST, String(process.pid)], { stdio: "ignore" });
}

/** The command that runs another one where a program is to run. */
export function ofAProgram(command: readonly string[]): readonly string[] {
  return APART ? ["taskset", "-c", PROGRAM, ...command] : command;
}

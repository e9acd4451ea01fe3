import { execFile, type ChildProcess } from "node:child_process";
import { CommandFailed } from "./failure";

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** @default 120_000 */
  readonly timeoutMs?: number;
  /** Is given the process, for whoever may want to interrupt it. */
  readonly onStart?: (process: ChildProcess) => void;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end; the exit code is the caller's to judge. */
export function run(
  command: string,
  args: readonly string[],
  { env = process.env, cwd, timeoutMs = 120_000, onStart }: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const options = { env, cwd, timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 64 << 20 } as const;
    const process = execFile(command, [...args], options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === "number" ? error.code : 127) : 0;
      resolve({ code, stdout, stderr: error && stderr === "" ? error.message : stderr });
    });
    onStart?.(process);
  });
}

/** Runs a command that must succeed, and returns its standard output. */
export async function runOrThrow(
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code !== 0) throw new CommandFailed(`${command} ${args.join(" ")} ended with ${code}`, stdout + stderr);
  return stdout;
}

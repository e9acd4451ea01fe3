import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { sleep } from "./wait";

export interface ProcessOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** File that takes standard output and standard error; appended to. */
  readonly logFile: string;
}

/** How a process ended. */
export interface Exit {
  /** As a shell reports it: 128 + the signal's number when a signal ended it. */
  readonly code: number;
}

/** A process that runs until it is stopped, with its output in a file. */
export class BackgroundProcess {
  readonly logFile: string;
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<Exit>;
  exit: Exit | undefined;
  private readonly child: ChildProcess;

  constructor(
    readonly name: string,
    command: string,
    args: readonly string[],
    { env = process.env, cwd, logFile }: ProcessOptions,
  ) {
    this.logFile = logFile;
    fs.mkdirSync(path.dirname(logFile), { recursive: true });
    const log = fs.openSync(logFile, "a");
    this.child = spawn(command, args, { env, cwd, stdio: ["ignore", log, log] });
    fs.closeSync(log);
    this.exited = new Promise((resolve) => {
      const end = (code: number) => {
        this.exit = { code };
        resolve(this.exit);
      };
      this.child.once("error", (error) => {
        fs.appendFileSync(logFile, `${error.message}\n`);
        end(127);
      });
      this.child.once("exit", (code, signal) => end(code ?? 128 + signalNumber(signal)));
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.exit) this.child.kill(signal);
  }

  /** Asks the process to end, and kills it when it has not after the grace period. */
  async stop(signal: NodeJS.Signals = "SIGTERM", graceMs = 10_000): Promise<Exit> {
    this.signal(signal);
    const timer = new AbortController();
    const kill = sleep(graceMs, undefined, { signal: timer.signal }).then(
      () => this.signal("SIGKILL"),
      () => undefined,
    );
    const exit = await this.exited;
    timer.abort();
    await kill;
    return exit;
  }

  /** The last lines of the log, for an error message. */
  tail(lines = 15): string {
    return fs.readFileSync(this.logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }
}

function signalNumber(signal: NodeJS.Signals | null): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGKILL: 9,
    SIGSEGV: 11,
    SIGTERM: 15,
  };
  return (signal && numbers[signal]) ?? 0;
}

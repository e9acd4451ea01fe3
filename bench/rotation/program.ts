import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import { createInterface, type Interface } from "node:readline";
import { once } from "node:events";
import { ofAProgram } from "./cores";

/** What a program has seen since it was told to go. */
export interface Seen {
  readonly queries: number;
  readonly failed: number;
  /** How often each message came. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of the process, in seconds. */
  readonly cpu: number;
  readonly asked: readonly Asked[];
}

/** A short query. */
export interface Asked {
  readonly pod: number;
  /** Milliseconds of the clock. */
  readonly at: number;
  /** From asking for a connection to the answer, in milliseconds. */
  readonly taken: number;
}

export interface ProgramOptions {
  readonly command: readonly string[];
  readonly way: string;
  /** Of each pod. */
  readonly workers: number;
  readonly pods: number;
  readonly contract: string;
  readonly staticUser: { readonly user: string; readonly password: string };
  /** Where it writes what it asked. */
  readonly asked: string;
}

/**
 * The program of a language, as `PROGRAM WAY WORKERS FILE`. It holds connections in that way to each database of the contract
 * (`LEASEHOLD_CONTRACT`; `pod0`, `pod1`, …, `BENCH_PODS` of them), has so many workers for each, and is to know a user that
 * never changes (`BENCH_USER`, `BENCH_PASSWORD`). A line `go` on its input has its workers ask, until a line `halt`: they end what they
 * are at, it writes a line `POD MILLISECONDS MICROSECONDS` per short query to the file, and answers a line of JSON. It ends with its input.
 */
export class Program {
  private readonly ended: Promise<never>;

  private constructor(
    private readonly process: ChildProcess,
    private readonly answers: Interface,
    private readonly file: string,
  ) {
    this.ended = once(process, "exit").then(([code]) => {
      throw new Error(`the program has ended with ${code}`);
    });
    // Whoever waits for an answer is told.
    this.ended.catch(() => {});
  }

  static start({ command, way, workers, pods, contract, staticUser, asked }: ProgramOptions): Program {
    const [program = "", ...args] = ofAProgram(command);
    const env = {
      ...process.env,
      LEASEHOLD_CONTRACT: contract,
      BENCH_PODS: String(pods),
      BENCH_USER: staticUser.user,
      BENCH_PASSWORD: staticUser.password,
    };
    const child = spawn(program, [...args, way, String(workers), asked], {
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    return new Program(child, createInterface({ input: child.stdout }), asked);
  }

  go(): void {
    this.process.stdin?.write("go\n");
  }

  /** Answers when nothing runs any more. */
  async halt(): Promise<Seen> {
    this.process.stdin?.write("halt\n");
    const [line] = (await Promise.race([once(this.answers, "line"), this.ended])) as [string];
    const asked = fs.readFileSync(this.file, "utf8").trimEnd().split("\n").map(askedOf);
    return { ...(JSON.parse(line) as Omit<Seen, "asked">), asked };
  }

  get pid(): number {
    return this.process.pid as number;
  }

  async end(): Promise<void> {
    this.process.stdin?.end();
    if (this.process.exitCode === null) await once(this.process, "exit");
  }
}

function askedOf(line: string): Asked {
  const [pod = NaN, at = NaN, micros = NaN] = line.split(" ").map(Number);
  return { pod, at, taken: micros / 1000 };
}

import { spawn, execFileSync, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import { createInterface, type Interface } from "node:readline";
import { once } from "node:events";

/** What a program has counted. */
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
 * (`LEASEHOLD_CONTRACT`; `pod0`, `pod1`, …, `BENCH_PODS` of them), has so many workers ask each, and is to know a user that
 * never changes (`BENCH_USER`, `BENCH_PASSWORD`). A line `count` on its input has it forget what it saw and answer `counting`. At the end
 * of its input it stops, writes a line `POD MILLISECONDS MICROSECONDS` per short query to the file, and answers a line of JSON.
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
    const [program = "", ...args] = command;
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

  /** From now on it counts. */
  async count(): Promise<void> {
    this.process.stdin?.write("count\n");
    await this.answer();
  }

  /** Mebibytes that it holds. */
  memory(): number {
    return Number(execFileSync("ps", ["-o", "rss=", "-p", String(this.process.pid)])) / 1024;
  }

  async end(): Promise<Seen> {
    this.process.stdin?.end();
    const seen = JSON.parse(await this.answer()) as Omit<Seen, "asked">;
    const asked = fs.readFileSync(this.file, "utf8").trimEnd().split("\n").map(askedOf);
    if (this.process.exitCode === null) await once(this.process, "exit");
    return { ...seen, asked };
  }

  private async answer(): Promise<string> {
    const [line] = (await Promise.race([once(this.answers, "line"), this.ended])) as [string];
    return line;
  }
}

function askedOf(line: string): Asked {
  const [pod = NaN, at = NaN, micros = NaN] = line.split(" ").map(Number);
  return { pod, at, taken: micros / 1000 };
}

import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { Contract } from "../src";
import { Compiled } from "./compiled";
import { AgentFile, contractOf, type Users } from "./support";

/** What an application has seen when it ended. */
export interface Ended {
  readonly code: number | null;
  /** Of its standard error, without warnings. */
  readonly errors: string;
  readonly queries: number;
  readonly failed: number;
  /** Texts of the errors, each once. */
  readonly reasons: readonly string[];
  readonly connections: number;
  readonly warnings: number;
  readonly answers: boolean;
}

/** A process without a handler for uncaught exceptions, which works on a pool: `child.ts`. */
export interface Application {
  /** Whom it was started with. */
  readonly user: string;
  readonly agent: AgentFile;
  stop(): Promise<Ended>;
}

export const SURVIVED = { code: 0, errors: "", answers: true };

/** Starts applications, and removes what they leave. */
export class Applications {
  readonly #compiled = new Compiled();
  #agents: AgentFile[] = [];

  /** Resolves when it works. */
  async start(
    { port, users }: { readonly port: number; readonly users: Users },
    pool: "pg" | "leasehold",
    scenario: string,
    database: Partial<Contract["databases"][string]> = {},
  ): Promise<Application> {
    const agent = new AgentFile();
    this.#agents.push(agent);
    const user = await users.next();
    agent.write(user);
    const contract = contractOf({ port }, agent.file);
    const file = path.join(agent.directory, "contract");
    const shop = { ...contract.databases.shop, poolMax: 8, ...database };
    fs.writeFileSync(file, JSON.stringify({ ...contract, databases: { shop } }));
    const stop = await this.#run(pool, scenario, file);
    return { user, agent, stop };
  }

  removeFiles(): void {
    this.#agents.forEach((agent) => agent.remove());
    this.#agents = [];
  }

  remove(): void {
    this.removeFiles();
    this.#compiled.remove();
  }

  async #run(...args: readonly string[]): Promise<() => Promise<Ended>> {
    const child = spawn(process.execPath, [this.#compiled.file("test/child.js"), ...args], { stdio: "pipe" });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.stdin.on("error", () => {});
    const exited = new Promise<number | null>((resolve) => child.on("close", resolve));
    await Promise.race([
      exited,
      new Promise<void>((resolve) => child.stdout.on("data", () => output.includes("ready") && resolve())),
    ]);
    return async () => {
      child.stdin.write("stop\n");
      const code = await exited;
      const [, seen = "{}"] = output.trim().split("\n");
      return { code, errors: withoutWarnings(errors), ...(JSON.parse(seen) as object) } as Ended;
    };
  }
}

function withoutWarnings(errors: string): string {
  return errors
    .split("\n")
    .filter((line) => !/Warning: |--trace-warnings/.test(line))
    .join("\n");
}

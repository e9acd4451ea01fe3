import fs from "node:fs";
import type { Servers } from "../../e2e/servers/servers";

/** What a step has cost. */
export interface Cost {
  readonly seconds: number;
  /** Most mebibytes at once, of Terraform and its providers together. */
  readonly memory: number;
  /** Requests that Vault has answered. */
  readonly vault: number;
  /** Requests that the API server has answered, those of its own controllers among them. */
  readonly apiServer: number;
}

const LOOK_MS = 200;

/** Reads what steps cost off the servers and off the processes of Terraform. */
export class Meter {
  private process = 0;

  private constructor(
    private readonly servers: Servers,
    private readonly calls: string,
  ) {}

  /** @param calls file for an audit device of the meter's own: it has one line for each answer */
  static async create(servers: Servers, calls: string): Promise<Meter> {
    await servers.vault.client.write("sys/audit/bench", { type: "file", options: { file_path: calls } });
    return new Meter(servers, calls);
  }

  /** From now on this process and what it has started are looked at. */
  readonly watch = ({ pid = 0 }: { readonly pid?: number | undefined }): void => {
    this.process = pid;
  };

  async measure(step: () => Promise<unknown>): Promise<Cost> {
    const before = await this.requests();
    let memory = 0;
    const looking = setInterval(() => (memory = Math.max(memory, residentOf(this.process))), LOOK_MS);
    const startedAt = performance.now();
    try {
      await step();
    } finally {
      clearInterval(looking);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const after = await this.requests();
    return {
      seconds,
      memory,
      vault: after.vault - before.vault,
      apiServer: after.apiServer - before.apiServer,
    };
  }

  private async requests(): Promise<{ vault: number; apiServer: number }> {
    const answers = fs
      .readFileSync(this.calls, "utf8")
      .split("\n")
      .filter((line) => line.includes('"type":"response"'));
    const metrics = await this.servers.apiServer.client.get<string>("/metrics");
    const counts = [...metrics.matchAll(/^apiserver_request_total\{.*\} (\S+)$/gm)].map(([, count]) =>
      Number(count),
    );
    return { vault: answers.length, apiServer: counts.reduce((sum, each) => sum + each, 0) };
  }
}

/** Mebibytes that a process and all below it hold. */
function residentOf(process: number): number {
  if (process === 0) return 0;
  const parents = new Map<number, number>();
  for (const name of fs.readdirSync("/proc")) {
    if (/^\d+$/.test(name)) parents.set(Number(name), Number(statusOf(Number(name), "PPid")));
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid === process || (pid !== undefined && pid > 1 && isBelow(parents.get(pid)));
  const all = [...parents.keys()].filter((pid) => isBelow(pid));
  return all.reduce((sum, pid) => sum + Number.parseInt(statusOf(pid, "VmRSS") || "0", 10), 0) / 1024;
}

/** Nothing where the process has just ended. */
function statusOf(pid: number, key: string): string {
  try {
    const text = fs.readFileSync(`/proc/${pid}/status`, "utf8");
    return new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? "";
  } catch {
    return "";
  }
}

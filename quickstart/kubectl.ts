import { binary } from "../e2e/doctor/binaries";
import { BackgroundProcess } from "../e2e/support/process";
import { run, runOrThrow, type Finished } from "../e2e/support/run";
import { eventually } from "../e2e/support/wait";
import { VAULT } from "./places";

/** kubectl on one context. */
export class Kubectl {
  constructor(
    readonly context: string,
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {}

  try(...args: readonly string[]): Promise<Finished> {
    return run(binary("kubectl"), ["--context", this.context, ...args], { env: this.env });
  }

  run(...args: readonly string[]): Promise<string> {
    return runOrThrow(binary("kubectl"), ["--context", this.context, ...args], { env: this.env });
  }

  async items<T>(...args: readonly string[]): Promise<T[]> {
    return (JSON.parse(await this.run("get", ...args, "-o", "json")) as { items: T[] }).items;
  }

  /** Vault on this machine's port while something is done, once it answers and is unsealed. */
  async withVault<T>(logFile: string, action: () => Promise<T>): Promise<T> {
    const to = ["-n", VAULT.namespace, "port-forward", "service/vault", `${VAULT.port}:8200`];
    const forward = new BackgroundProcess("kubectl", binary("kubectl"), ["--context", this.context, ...to], {
      env: this.env,
      logFile,
    });
    try {
      await eventually("answer of Vault through kubectl port-forward", async () => {
        const { status } = await fetch(`${VAULT.address}/v1/sys/health`);
        return status === 200;
      });
      return await action();
    } finally {
      await forward.stop();
    }
  }
}

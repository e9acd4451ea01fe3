import type { ChildProcess } from "node:child_process";
import { Terraform } from "../e2e/terraform";
import { eventually, sleep } from "../e2e/support/wait";
import { imagesNotPulled, type WaitingPod } from "./checks";
import type { Kubectl } from "./kubectl";
import { ROOT_TOKEN, VAULT } from "./places";

const LOOK_MS = 2_000;
/** An image may have to be pulled. */
const PULLED_MS = 300_000;

type PodWithPhase = WaitingPod & { readonly status?: { readonly phase?: string } };

/** Terraform on the stacks of `local`, which does not wait for images that no node gets. */
export class Stacks {
  readonly terraform: Terraform;
  private readonly running = new Set<ChildProcess>();

  constructor(
    private readonly kubectl: Kubectl,
    directory: string,
    chart?: string,
  ) {
    this.terraform = new Terraform({
      directory,
      chart,
      env: { VAULT_ADDR: VAULT.address, VAULT_TOKEN: ROOT_TOKEN },
      onStart: (process) => {
        this.running.add(process);
        process.once("close", () => this.running.delete(process));
      },
    });
  }

  async apply(
    stack: string,
    say: (detail: string) => void,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const ended = new AbortController();
    const watched = this.watch(say, ended.signal);
    try {
      await this.terraform.apply(stack, variables);
    } catch (error) {
      ended.abort();
      const stuck = await watched;
      throw stuck.length > 0 ? new Error(stuck.join("\n")) : error;
    } finally {
      ended.abort();
    }
  }

  /**
   * Waits for the server of Vault, whose image may take its time: Helm does not wait for it, and a port-forward to a pod that does not
   * run yet ends at once.
   *
   * @throws Error where no node gets the image
   */
  async vaultRuns(say: (detail: string) => void): Promise<void> {
    const stuck = await eventually(
      "server of Vault that runs",
      async () => {
        const pods = await this.pods();
        say(inWords(pods));
        const isRunning = pods.some(
          ({ metadata, status }) => metadata.name === VAULT.pod && status?.phase === "Running",
        );
        const missing = imagesNotPulled(pods);
        return (isRunning || missing.length > 0) && missing;
      },
      { timeoutMs: PULLED_MS, intervalMs: LOOK_MS },
    );
    if (stuck.length > 0) throw new Error(stuck.join("\n"));
  }

  /** Says which pods are there; where one waits for what never comes, interrupts Terraform. */
  private async watch(say: (detail: string) => void, ended: AbortSignal): Promise<string[]> {
    for (;;) {
      await sleep(LOOK_MS, undefined, { signal: ended }).catch(() => undefined);
      if (ended.aborted) return [];
      const pods = await this.pods();
      say(inWords(pods));
      const stuck = imagesNotPulled(pods);
      if (stuck.length === 0) continue;
      this.running.forEach((process) => process.kill("SIGINT"));
      return stuck;
    }
  }

  private async pods(): Promise<PodWithPhase[]> {
    const of = (namespace: string) => this.kubectl.items<WaitingPod>("pods", "-n", namespace).catch(() => []);
    return (await Promise.all([VAULT.namespace, "shop", "analytics"].map(of))).flat();
  }
}

function inWords(pods: readonly PodWithPhase[]): string {
  return pods.map(({ metadata, status }) => `${metadata.name} ${status?.phase ?? ""}`).join(", ");
}

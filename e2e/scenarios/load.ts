import type { WatchedPod } from "../cluster/watched-pods";
import { HttpJson } from "../support/http-json";
import { sleep } from "../support/wait";

const WORKERS = 8;

/** Customers of pods, wherever they are: they ask whichever is ready, as a Kubernetes Service sends them. */
export class PodsLoad {
  readonly failures: string[] = [];
  private answered = 0;
  private stopped = false;
  private readonly workers: Promise<void>[];
  private readonly clients = new Map<string, HttpJson>();

  constructor(private readonly pods: () => readonly WatchedPod[]) {
    this.workers = Array.from({ length: WORKERS }, (_, index) => this.work(index));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.workers);
  }

  summary(): string {
    return `${this.answered + this.failures.length}, ${this.failures.length}`;
  }

  private async work(index: number): Promise<void> {
    for (let turn = index; !this.stopped; turn += 1) {
      const ready = this.pods().filter((pod) => pod.isReady);
      const pod = ready[turn % ready.length];
      if (pod === undefined) this.failures.push("no pod is ready");
      else await this.ask(pod);
      await sleep(25);
    }
  }

  private async ask(pod: WatchedPod): Promise<void> {
    const answer = await this.client(pod)
      .request("GET", "/orders/1")
      .catch((error: Error) => ({ status: 0, body: error.message }));
    // A pod that was told to stop meanwhile is no longer an endpoint: a proxy asks another one.
    if (answer.status === 0 && !pod.isReady) return;
    if (answer.status === 200) this.answered += 1;
    else this.failures.push(`${pod.name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  private client(pod: WatchedPod): HttpJson {
    const name = pod.name;
    const client = this.clients.get(name) ?? new HttpJson({ baseUrl: `http://${pod.address}:8080` });
    this.clients.set(name, client);
    return client;
  }
}

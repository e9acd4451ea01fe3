import type { Bench } from "../bench";
import type { RunningPod } from "../pod-runner/running-pod";
import { sleep } from "../support/wait";

/** The endpoints of a Kubernetes Service, for there is no controller that writes them: whom its selector chooses. */
export class Endpoints {
  private selector: Record<string, string> = {};
  private stopped = false;
  private readonly looking: Promise<void>;

  private constructor(
    private readonly bench: Bench,
    private readonly namespace: string,
    private readonly name: string,
  ) {
    this.looking = this.look();
  }

  static async of(bench: Bench, namespace: string, name: string): Promise<Endpoints> {
    const endpoints = new Endpoints(bench, namespace, name);
    await endpoints.read();
    return endpoints;
  }

  pods(): RunningPod[] {
    return this.bench.runner.list(this.namespace, this.selector);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.looking;
  }

  private async look(): Promise<void> {
    while (!this.stopped) {
      await this.read();
      await sleep(100);
    }
  }

  /** While there is no such Service, it leads where it led. */
  private async read(): Promise<void> {
    const service = await this.bench.servers.apiServer.client.find<{
      spec: { selector: Record<string, string> };
    }>(`/api/v1/namespaces/${this.namespace}/services/${this.name}`);
    if (service) this.selector = service.spec.selector;
  }
}

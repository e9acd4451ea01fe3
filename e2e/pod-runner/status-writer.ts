import { KubernetesError, type KubernetesClient } from "../servers/kubernetes-client";

/** Reports the newest state, one request at a time; changes in between are reported together. */
export class StatusWriter {
  private writing: Promise<void> | undefined;
  private again = false;
  private closed = false;

  constructor(
    private readonly kubernetes: KubernetesClient,
    private readonly path: string,
    private readonly render: () => object,
  ) {}

  changed(): void {
    this.again = true;
    this.writing ??= this.write().finally(() => {
      this.writing = undefined;
    });
  }

  /** Waits until the newest state has been reported, and reports nothing afterwards. */
  async flush(): Promise<void> {
    this.changed();
    await this.writing;
    this.closed = true;
  }

  close(): void {
    this.closed = true;
  }

  private async write(): Promise<void> {
    while (this.again && !this.closed) {
      this.again = false;
      try {
        await this.kubernetes.patch(this.path, { status: this.render() });
      } catch (error) {
        // The pod may be gone already: somebody has deleted it without a grace period.
        if (!(error instanceof KubernetesError)) throw error;
        if (error.status !== 404 && error.status !== 409) console.error(`pod runner: ${error.message}`);
      }
    }
  }
}

import fs from "node:fs";
import path from "node:path";
import type { WatchedPod } from "../cluster/watched-pods";
import { sleep } from "../support/wait";

/** A user that a credentials file has named, and from when on. */
export interface SeenUser {
  readonly user: string;
  readonly at: Date;
}

/** Reads a JSON credentials file every 20 ms, as an application that never looks away would. */
export class CredentialsWatch {
  readonly seen: SeenUser[] = [];
  /** Reads that found the file missing, empty or cut short. */
  readonly torn: string[] = [];
  private stopped = false;
  private readonly loop: Promise<void>;

  constructor(pod: WatchedPod, fileName: string) {
    this.loop = this.watch(path.join(pod.volume("vault-secrets", "empty-dir"), fileName));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  private async watch(file: string): Promise<void> {
    while (!this.stopped) {
      try {
        const { username } = JSON.parse(fs.readFileSync(file, "utf8")) as { username: string };
        if (this.seen.at(-1)?.user !== username) this.seen.push({ user: username, at: new Date() });
      } catch (error) {
        this.torn.push(String(error));
      }
      await sleep(20);
    }
  }
}

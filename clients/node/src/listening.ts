import { setTimeout as sleep } from "node:timers/promises";
import { escapeIdentifier, type Notification, type PoolClient } from "pg";
import { safely } from "./safely";

/** What is told of each notification; what it throws, or rejects with, is a warning of the process. */
export type NotificationHandler = (notification: Notification) => unknown;

/** A channel that is listened to until somebody stops it. */
export interface Listening {
  /** Gives its connection back; what is sent afterwards does not come. */
  stop(): Promise<void>;
}

/** What listening needs of its pool. */
export interface Lines {
  /** A connection of the newest user. */
  fresh(): Promise<PoolClient>;
  isOld(client: PoolClient): boolean;
  /** Whether PostgreSQL refuses the newest user. */
  refused(): boolean;
}

/** How soon a session is opened anew that was lost, and how often it is asked whether it is still of the newest user. */
const AGAIN_MILLIS = 500;

/** Listens to one channel, on a connection that moves to the newest user by itself. */
export class ListeningConnection implements Listening {
  #client: PoolClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #moving: Promise<void> | undefined;

  constructor(
    private readonly lines: Lines,
    private readonly channel: string,
    private readonly handler: NotificationHandler,
  ) {}

  /** @throws what the first connection is refused with */
  async start(): Promise<this> {
    const client = await this.#open();
    if (this.#stopped) {
      await this.#leave(client);
      return this;
    }
    this.#client = client;
    this.#timer = setInterval(() => this.look(), AGAIN_MILLIS).unref();
    return this;
  }

  /** Moves where there is a newer user, or no session any more. */
  look(): void {
    const client = this.#client;
    const stays = client !== undefined && (!this.lines.isOld(client) || this.lines.refused());
    if (stays || this.#stopped) return;
    this.#moving ??= this.#move().finally(() => (this.#moving = undefined));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#moving;
    await this.#leave(this.#client);
    this.#client = undefined;
  }

  /** Listens on the new connection before it leaves the old one. */
  async #move(): Promise<void> {
    try {
      const before = this.#client;
      this.#client = await this.#open();
      await this.#leave(before);
    } catch {
      // The old one, where there still is one, listens on; it is tried again.
      await sleep(AGAIN_MILLIS, undefined, { ref: false });
    }
  }

  async #open(): Promise<PoolClient> {
    const client = await this.lines.fresh();
    client.on("notification", this.#told);
    client.once("end", () => this.#lost(client));
    try {
      await client.query(`LISTEN ${escapeIdentifier(this.channel)}`);
      return client;
    } catch (error) {
      this.#giveBack(client);
      throw error;
    }
  }

  readonly #told = (notification: Notification): void => {
    if (notification.channel === this.channel) {
      safely("the handler of 'listen'", this.handler, notification);
    }
  };

  #lost(client: PoolClient): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#giveBack(client);
    this.look();
  }

  /** What was sent before it is left still comes. */
  async #leave(client: PoolClient | undefined): Promise<void> {
    if (client === undefined) return;
    await client.query(`UNLISTEN ${escapeIdentifier(this.channel)}`).catch(() => {});
    this.#giveBack(client);
  }

  /** It is closed: nobody is to inherit what it listens to. */
  #giveBack(client: PoolClient): void {
    client.off("notification", this.#told);
    try {
      client.release(true);
    } catch {
      // It was given back when its session ended.
    }
  }
}

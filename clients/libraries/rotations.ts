import { randomBytes } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { PostgresServer } from "../../test/support/postgres";

const LEAST = 10;
/** Faster than any Vault makes them, which makes none before the overlap of the one before is over. */
const BETWEEN_MILLIS = 1000;
const OVERLAPPING = 2;
/** Of the load of each processor: what is asked has a small share of one above it, in which its connections cannot be replaced in time. */
const MUCH_LOAD = 2;
export const GROUP = "shop_rw";

/** Makes users as Vault does, and writes them as the agent does. */
export class Rotations {
  /** Users that have come after the first one. */
  count = 0;
  private user = "";

  /** A user that has sessions to be ended keeps the connection busy that drops it. */
  private constructor(
    private readonly maker: Client,
    private readonly dropper: Client,
    readonly file: string,
    private readonly betweenMillis: number,
  ) {}

  get overlapSeconds(): number {
    return (OVERLAPPING * this.betweenMillis) / 1000;
  }

  /** With the first user. */
  static async begin(server: PostgresServer, file: string): Promise<Rotations> {
    const [maker, dropper] = [await server.connect(), await server.connect()];
    const [load = 0] = os.loadavg();
    const slower = Math.max(1, load / os.availableParallelism() / MUCH_LOAD);
    const rotations = new Rotations(maker, dropper, file, slower * BETWEEN_MILLIS);
    await rotations.maker.query(
      `DO $$ BEGIN CREATE ROLE ${GROUP} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    );
    await rotations.#next();
    return rotations;
  }

  /** Ten users at least, one after the other, until it is enough; each is dropped when its overlap is over. */
  async run(isEnough: () => boolean): Promise<void> {
    let dropped = Promise.resolve();
    while (this.count < LEAST || !isEnough()) {
      const before = this.user;
      await this.#next();
      this.count += 1;
      const overlap = sleep(this.overlapSeconds * 1000);
      dropped = dropped.then(() => overlap).then(() => this.#drop(before));
      await sleep(this.betweenMillis);
    }
    await dropped;
  }

  async #next(): Promise<void> {
    this.user = `v-orders-${randomBytes(6).toString("hex")}`;
    const password = randomBytes(12).toString("hex");
    await this.maker.query(`CREATE ROLE "${this.user}" LOGIN PASSWORD '${password}' IN ROLE ${GROUP}`);
    writeFileSync(`${this.file}.tmp`, JSON.stringify({ username: this.user, password }));
    renameSync(`${this.file}.tmp`, this.file);
  }

  async #drop(user: string): Promise<void> {
    await this.dropper.query(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1",
      [user],
    );
    await this.dropper.query(`DROP ROLE "${user}"`);
  }
}

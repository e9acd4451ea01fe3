import { randomBytes } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";

export const WORKERS = 8;
export const ROTATIONS = 10;
/** Faster than any Vault makes them. */
const BETWEEN_MILLIS = 500;
export const OVERLAP_SECONDS = 2;
export const GROUP = "shop_rw";

/** Makes users as Vault does, and writes them as the agent does. */
export class Rotations {
  constructor(
    private readonly admin: Client,
    readonly file: string,
  ) {}

  async next(): Promise<string> {
    const user = `v-orders-${randomBytes(6).toString("hex")}`;
    const password = randomBytes(12).toString("hex");
    await this.admin.query(`CREATE ROLE "${user}" LOGIN PASSWORD '${password}' IN ROLE ${GROUP}`);
    writeFileSync(`${this.file}.tmp`, JSON.stringify({ username: user, password }));
    renameSync(`${this.file}.tmp`, this.file);
    return user;
  }

  /** Ten users, one after the other; each is dropped when its overlap is over. */
  async run(first: string): Promise<string> {
    let user = first;
    const leaving: Promise<void>[] = [];
    for (let count = 0; count < ROTATIONS; count += 1) {
      const before = user;
      user = await this.next();
      leaving.push(sleep(OVERLAP_SECONDS * 1000).then(() => this.#drop(before)));
      await sleep(BETWEEN_MILLIS);
    }
    await Promise.all(leaving);
    return user;
  }

  async #drop(user: string): Promise<void> {
    await this.admin.query(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1",
      [user],
    );
    await this.admin.query(`DROP ROLE "${user}"`);
  }
}

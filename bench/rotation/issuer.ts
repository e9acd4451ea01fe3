import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { credentialStatements, type CredentialStatements } from "../../lib/postgres";
import { createUser, revokeUser } from "../../test/support/vault-statements";

/** The real one has hours between rotations and minutes of overlap, mostly. */
export interface Timing {
  /** From one new file to the next, in seconds. */
  readonly period: number;
  /** How long the old user still works after the new file is there, in seconds. */
  readonly overlap: number;
}

/** A user that was dropped, or will be. */
export interface Issued {
  readonly name: string;
  /** When its file was there. */
  readonly from: number;
  /** When its successor's file was there; absent for the last one. */
  until?: number;
}

/** Vault's connection, which takes one transaction at a time. */
export class VaultConnection {
  private queue = Promise.resolve();

  constructor(private readonly client: Client) {}

  transaction(work: (client: Client) => Promise<void>): Promise<void> {
    this.queue = this.queue.then(() => work(this.client));
    return this.queue;
  }
}

/** Does what Vault and its agent do for one pod: makes users, writes the file, drops the old user after the overlap. */
export class Issuer {
  readonly issued: Issued[] = [];
  readonly file: string;
  private readonly statements: CredentialStatements;
  private readonly drops: Promise<void>[] = [];

  constructor(
    private readonly vault: VaultConnection,
    directory: string,
    private readonly pod: string,
    private readonly timing: Timing,
  ) {
    fs.mkdirSync(directory, { recursive: true });
    this.file = path.join(directory, "shop.json");
    this.statements = credentialStatements({
      strategy: "group",
      roleName: "orders-shop",
      schema: "public",
      grants: [],
      connectionLimit: 50,
    });
  }

  /** Writes the first file, or the next one; the old user is dropped after the overlap. */
  async rotate(): Promise<void> {
    const previous = this.issued.at(-1);
    const user = {
      name: `v-${this.pod}-${this.issued.length}`,
      password: `password-${this.pod}-${this.issued.length}`,
      expiration: "2999-01-01 00:00:00+0000",
    };
    await this.vault.transaction((client) => createUser(client, this.statements.creation, user));
    fs.writeFileSync(
      `${this.file}.new`,
      JSON.stringify({ username: user.name, password: user.password, lease_duration: 60 }),
    );
    fs.renameSync(`${this.file}.new`, this.file);
    const now = Date.now();
    if (previous) {
      previous.until = now;
      this.drops.push(this.dropLater(previous.name));
    }
    this.issued.push({ name: user.name, from: now });
  }

  /** Resolves when the last old user is gone. */
  async run(rotations: number, firstAfter: number): Promise<void> {
    await sleep(firstAfter * 1000);
    for (let turn = 0; turn < rotations; turn += 1) {
      await this.rotate();
      await sleep(this.timing.period * 1000);
    }
    await this.dropped();
  }

  /** When every old user is gone. */
  async dropped(): Promise<void> {
    await Promise.all(this.drops);
  }

  private async dropLater(name: string): Promise<void> {
    await sleep(this.timing.overlap * 1000);
    await this.vault.transaction((client) => revokeUser(client, this.statements.revocation, name));
  }
}

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Client } from "pg";
import type { PostgresServer } from "../../../test/support/postgres";
import type { Contract } from "../src";

/** A credentials file as the agent keeps it: replaced by rename, never written in place. */
export class AgentFile {
  readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-pool-"));
  readonly file = path.join(this.directory, "shop.json");

  write(user: string, password = "geheim"): void {
    this.replace(JSON.stringify({ username: user, password }));
  }

  replace(text: string): void {
    const temporary = path.join(this.directory, `${Math.random()}.tmp`);
    fs.writeFileSync(temporary, text);
    fs.renameSync(temporary, this.file);
  }

  text(): string {
    return fs.readFileSync(this.file, "utf8");
  }

  remove(): void {
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Makes and drops users as Vault does: members of one group. */
export class Users {
  private counter = 0;

  private constructor(private readonly admin: Client) {}

  static async create(server: PostgresServer): Promise<Users> {
    const admin = await server.connect();
    await admin.query("CREATE TABLE IF NOT EXISTS numbers (n integer)");
    await admin.query("DO $$ BEGIN CREATE ROLE shop_rw; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    await admin.query("GRANT SELECT, INSERT ON numbers TO shop_rw");
    return new Users(admin);
  }

  async next(): Promise<string> {
    const name = `v-${++this.counter}-${Math.random().toString(36).slice(2)}`;
    await this.admin.query(`CREATE ROLE "${name}" LOGIN PASSWORD 'geheim' IN ROLE shop_rw`);
    return name;
  }

  async login(name: string, may: boolean): Promise<void> {
    await this.admin.query(`ALTER ROLE "${name}" ${may ? "LOGIN" : "NOLOGIN"}`);
  }

  /** Ends its sessions, waits until they are gone and drops it, as the revocation statements do. */
  async drop(name: string): Promise<void> {
    await this.admin.query(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1",
      [name],
    );
    await this.admin.query(`DROP ROLE IF EXISTS "${name}"`);
  }

  /** How many sessions it has; of those that began later than a moment of PostgreSQL's clock where one is given. */
  async sessionsOf(name: string, later = "-infinity"): Promise<number> {
    const { rows } = await this.admin.query<{ count: number }>(
      "SELECT count(*)::integer AS count FROM pg_stat_activity WHERE usename = $1 AND backend_start > $2",
      [name, later],
    );
    return rows[0]?.count ?? 0;
  }

  /** Resolves when it has sessions that began after the call. */
  async hasNewSessions(name: string): Promise<void> {
    const { rows } = await this.admin.query<{ now: string }>("SELECT clock_timestamp()::text AS now");
    await until(async () => (await this.sessionsOf(name, rows[0]?.now)) > 0, 20_000);
  }
}

export function contractOf(server: { port: number }, file: string, overlapSeconds = 2): Contract {
  return {
    version: 1,
    service: "orders",
    drainSeconds: 2,
    databases: {
      shop: {
        credentialsFile: file,
        format: "json",
        host: "127.0.0.1",
        port: server.port,
        database: "postgres",
        schema: "public",
        sslMode: "disable",
        sslRootCert: null,
        poolMax: 5,
        poolMaxLifetimeSeconds: 60,
        overlapSeconds,
      },
    },
  };
}

/** Waits until something holds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMillis = 5000,
): Promise<void> {
  const end = performance.now() + timeoutMillis;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error("it did not come about");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

import fs from "node:fs";
import path from "node:path";
import { Client, type ClientConfig } from "pg";
import { postgresBinaries } from "../e2e/doctor/postgres";
import { userNamespace } from "../e2e/servers/postgres";
import type { Superuser } from "../e2e/support/database";
import { runOrThrow } from "../e2e/support/run";

/** A PostgreSQL by its superuser, whoever runs it. */
export class DatabaseServer implements Superuser {
  constructor(private readonly superuser: ClientConfig) {}

  async query<Row extends Record<string, unknown>>(
    sql: string,
    { database, values }: { database?: string; values?: unknown[] } = {},
  ): Promise<Row[]> {
    const client = new Client({ ...this.superuser, ...(database && { database }) });
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }
}

/** A server of this machine's, which goes on when the command has ended. */
export interface LaptopServer {
  /** Holds data and log. */
  readonly directory: string;
  /** Addresses of this machine that it listens on. */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly password: string;
}

export function superuserOf({ port, password }: LaptopServer): ClientConfig {
  return { user: "postgres", password, host: "127.0.0.1", port, database: "postgres" };
}

/** Passwords are SCRAM; there is no TLS, as `local` declares. */
export async function startServer(server: LaptopServer): Promise<void> {
  const { directory, addresses, port, password } = server;
  const passwordFile = path.join(directory, "superuser-password");
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  fs.writeFileSync(passwordFile, password, { mode: 0o600 });
  await program("initdb", [
    ...["-D", dataOf(directory), "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`],
    ...["-E", "UTF8", "--locale=C", "--no-sync"],
  ]);
  fs.rmSync(passwordFile);
  // What initdb writes lets in nobody but this machine.
  fs.appendFileSync(path.join(dataOf(directory), "pg_hba.conf"), "host all all all scram-sha-256\n");
  const settings = `\nlisten_addresses = '${addresses.join(",")}'\nport = ${port}\nunix_socket_directories = ''\n`;
  fs.appendFileSync(path.join(dataOf(directory), "postgresql.conf"), settings);
  const log = path.join(directory, "postgres.log");
  await program("pg_ctl", ["-D", dataOf(directory), "-l", log, "-w", "start"]);
}

/** Ends its sessions; nothing where it does not run any more. */
export async function stopServer(directory: string): Promise<void> {
  if (!fs.existsSync(path.join(dataOf(directory), "postmaster.pid"))) return;
  await program("pg_ctl", ["-D", dataOf(directory), "-m", "fast", "-w", "stop"]);
}

function dataOf(directory: string): string {
  return path.join(directory, "data");
}

/** PostgreSQL refuses to run as root. */
async function program(name: string, args: readonly string[]): Promise<void> {
  const file = path.join(await postgresBinaries(), name);
  const isRoot = process.platform === "linux" && process.getuid?.() === 0;
  const [command, ...rest] = isRoot ? ["unshare", ...userNamespace, file, ...args] : [file, ...args];
  await runOrThrow(command as string, rest);
}

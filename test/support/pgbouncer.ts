import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { freePort, NOBODY } from "./postgres";

/** Where Debian has it, or what the variable LEASEHOLD_PGBOUNCER names. */
const BINARY = process.env.LEASEHOLD_PGBOUNCER ?? "/usr/sbin/pgbouncer";

/** A suite that needs a real PgBouncer; where there is none it says so. */
export function describeOnPgBouncer(title: string, suite: () => void): void {
  if (existsSync(BINARY)) describe(`${title} (PgBouncer of ${BINARY})`, suite);
  else it.skip(`${title}: not run, for there is no ${BINARY} and LEASEHOLD_PGBOUNCER names none`, () => {});
}

export interface PgBouncerProps {
  /** Port of PostgreSQL. */
  readonly server: number;
  /** Name of the database, in both. */
  readonly database: string;
  readonly authUser: string;
  readonly authQuery: string;
  /** Of `auth_user`. */
  readonly password: string;
  /** More of `[pgbouncer]`, in its own words. */
  readonly settings: Readonly<Record<string, string | number>>;
}

/** A PgBouncer of its own in front of one database. */
export class PgBouncer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly directory: string,
    readonly port: number,
    /** What it has logged so far. */
    readonly log: string[],
  ) {}

  static async start(props: PgBouncerProps): Promise<PgBouncer> {
    const directory = mkdtempSync(join(tmpdir(), "leasehold-pgbouncer-"));
    const port = await freePort();
    const files = { "pgbouncer.ini": configuration(props, directory, port), "users.txt": users(props) };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    for (const path of [directory, ...Object.keys(files).map((name) => join(directory, name))])
      if (NOBODY.uid !== undefined) chownSync(path, NOBODY.uid, NOBODY.gid);
    chmodSync(directory, 0o700);
    const child = spawn(BINARY, [join(directory, "pgbouncer.ini")], {
      ...NOBODY,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const log: string[] = [];
    await new Promise<void>((resolve, reject) => {
      child.once("exit", () => reject(new Error(`PgBouncer did not start: ${log.join("")}`)));
      child.stderr.on("data", (chunk: Buffer) => {
        log.push(chunk.toString());
        if (log.join("").includes("process up")) resolve();
      });
    });
    return new PgBouncer(child, directory, port, log);
  }

  /** Rows of SHOW, of its own console. */
  async show(what: "POOLS" | "SERVERS" | "CLIENTS"): Promise<Record<string, string>[]> {
    const console = new Client({ host: "127.0.0.1", port: this.port, ...OPERATOR, database: "pgbouncer" });
    await console.connect();
    try {
      return (await console.query<Record<string, string>>(`SHOW ${what}`)).rows;
    } finally {
      await console.end();
    }
  }

  async stop(): Promise<void> {
    const exited = once(this.process, "exit");
    this.process.kill("SIGTERM");
    await exited;
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const OPERATOR = { user: "operator", password: "watches" };

function configuration(
  { server, database, authUser, authQuery, settings }: PgBouncerProps,
  directory: string,
  port: number,
): string {
  const lines = {
    listen_addr: "127.0.0.1",
    listen_port: port,
    unix_socket_dir: "",
    auth_type: "scram-sha-256",
    auth_file: join(directory, "users.txt"),
    auth_user: authUser,
    auth_query: authQuery,
    stats_users: OPERATOR.user,
    ...settings,
  };
  return [
    "[databases]",
    `${database} = host=127.0.0.1 port=${server} dbname=${database}`,
    "[pgbouncer]",
    ...Object.entries(lines).map(([key, value]) => `${key} = ${value}`),
    "",
  ].join("\n");
}

function users({ authUser, password }: PgBouncerProps): string {
  return [[authUser, password], Object.values(OPERATOR)].map((pair) => `"${pair.join('" "')}"\n`).join("");
}

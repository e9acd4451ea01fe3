import fs from "node:fs";
import path from "node:path";
import { Client, type ClientConfig } from "pg";
import { postgresBinaries } from "../doctor/postgres";
import { setClock } from "../support/clock";
import { BackgroundProcess } from "../support/process";
import { runOrThrow } from "../support/run";
import { eventually } from "../support/wait";
import type { Certificate, CertificateAuthority } from "./certificates";

/** The superuser of the bench; its password opens nothing but a server on loopback that lives for minutes. */
const SUPERUSER = { user: "postgres", password: "superuser-of-the-bench" };

export interface PostgresOptions {
  /** Holds the data and the logs. */
  readonly directory: string;
  /**
   * What it listens on.
   * @default "127.0.0.1"
   */
  readonly host?: string;
  readonly port: number;
  readonly authority: CertificateAuthority;
  readonly certificate: Certificate;
}

/** A PostgreSQL with TLS and SCRAM, and a log of every DDL statement. */
export class PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly logFile: string;
  private process: BackgroundProcess | undefined;

  private constructor(
    private readonly options: PostgresOptions,
    private readonly binaries: string,
  ) {
    this.host = options.host ?? "127.0.0.1";
    this.port = options.port;
    this.logFile = path.join(options.directory, "postgres.log");
  }

  static async start(options: PostgresOptions): Promise<PostgresServer> {
    const server = new PostgresServer(options, await postgresBinaries());
    await server.initialise();
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const settings = Object.entries(this.settings()).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    this.process = this.unprivileged("postgres", ["-D", this.data, ...settings]);
    await eventually("answer of PostgreSQL", () => this.query("SELECT 1"), { intervalMs: 100 }).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}\n${this.process?.tail()}`);
      },
    );
  }

  /** Ends all sessions and stops: what a restart of the server does. */
  async stop(): Promise<void> {
    await this.process?.stop("SIGINT");
    this.process = undefined;
  }

  /**
   * Of sessions that begin from now on: each is a copy of the process whose clock it is.
   *
   * @param aheadSeconds what it is ahead of this machine's
   */
  async setClock(aheadSeconds: number): Promise<void> {
    await setClock("PostgreSQL", this.process, aheadSeconds, async () => {
      const [row] = await this.query<{ now: string }>("SELECT extract(epoch FROM clock_timestamp()) AS now");
      return Number(row?.now);
    });
  }

  /** Shows another certificate to whoever connects from now on; without one, that of the beginning. */
  async present({ certificate, key } = this.options.certificate): Promise<void> {
    const { certificateFile, keyFile } = this.options.certificate;
    fs.writeFileSync(certificateFile, certificate);
    fs.writeFileSync(keyFile, key);
    await this.query("SELECT pg_reload_conf()");
  }

  /** How the superuser connects. */
  superuser(database: string): ClientConfig {
    return { ...SUPERUSER, host: this.host, port: this.port, database, ssl: this.tls() };
  }

  /** A session of the superuser. */
  async connect(database = "postgres"): Promise<Client> {
    const client = new Client(this.superuser(database));
    // A stopped server ends idle sessions; the next query then says so.
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }

  /** One statement of the superuser, in a session of its own. */
  async query<Row extends Record<string, unknown>>(
    sql: string,
    { database, values }: { database?: string; values?: unknown[] } = {},
  ): Promise<Row[]> {
    const client = await this.connect(database);
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** verify-full against the bench's CA. */
  tls(): { ca: string } {
    return { ca: this.options.authority.certificate };
  }

  private get data(): string {
    return path.join(this.options.directory, "data");
  }

  private async initialise(): Promise<void> {
    const { directory } = this.options;
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    const passwordFile = path.join(directory, "superuser-password");
    fs.writeFileSync(passwordFile, SUPERUSER.password, { mode: 0o600 });
    await runOrThrow("unshare", [
      ...userNamespace,
      path.join(this.binaries, "initdb"),
      ...["-D", this.data, "-U", SUPERUSER.user, "--auth=scram-sha-256", `--pwfile=${passwordFile}`],
      ...["-E", "UTF8", "--locale=C", "--no-sync"],
    ]);
    // What initdb writes lets in nobody but this machine.
    fs.appendFileSync(path.join(this.data, "pg_hba.conf"), "hostssl all all all scram-sha-256\n");
  }

  private settings(): Record<string, string> {
    const { certificate } = this.options;
    return {
      listen_addresses: this.host,
      port: String(this.port),
      unix_socket_directories: "",
      max_connections: "300",
      fsync: "off",
      ssl: "on",
      ssl_cert_file: certificate.certificateFile,
      ssl_key_file: certificate.keyFile,
      log_statement: "ddl",
      log_connections: "on",
      log_line_prefix: "%m [%p] %u@%d ",
      log_timezone: "UTC",
    };
  }

  private unprivileged(name: string, args: readonly string[]): BackgroundProcess {
    return new BackgroundProcess(
      name,
      "unshare",
      [...userNamespace, path.join(this.binaries, name), ...args],
      { logFile: this.logFile },
    );
  }
}

/**
 * PostgreSQL refuses to run as root. In a user namespace it is `nobody`, yet reads and writes what root
 * owns, so that neither a user nor open permissions are needed.
 */
export const userNamespace = ["--user", "--map-user=65534", "--map-group=65534", "--"];

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { TLSSocket } from "node:tls";
import { Client } from "pg";
import { CertificateAuthority, type LeafOptions } from "../../../e2e/servers/certificates";
import { NOBODY, startPostgres, type PostgresServer } from "../../../test/support/postgres";
import { until } from "./support";

/** PostgreSQL with TLS, whose certificate can be replaced while it runs. */
export class TlsServer {
  private constructor(
    private readonly directory: string,
    readonly postgres: PostgresServer,
  ) {}

  /** Starts it with a certificate of an authority. */
  static async start(authority: CertificateAuthority): Promise<TlsServer> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-tls-"));
    fs.chmodSync(directory, 0o755);
    await install(directory, authority);
    const postgres = await startPostgres(undefined, [
      "ssl=on",
      `ssl_cert_file=${path.join(directory, "server.crt")}`,
      `ssl_key_file=${path.join(directory, "server.key")}`,
    ]);
    return new TlsServer(directory, postgres);
  }

  get port(): number {
    return this.postgres.port;
  }

  /** Resolves when new sessions see a new certificate of the authority; those that are open go on with theirs. */
  async present(authority: CertificateAuthority, names?: LeafOptions["names"]): Promise<void> {
    const before = await this.fingerprint();
    await install(this.directory, authority, names);
    const admin = await this.postgres.connect();
    await admin.query("SELECT pg_reload_conf()");
    await admin.end();
    await until(async () => (await this.fingerprint()) !== before, 20_000);
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  private async fingerprint(): Promise<string> {
    const client = new Client({
      ...{
        host: "127.0.0.1",
        port: this.port,
        user: "postgres",
        password: "superuser",
        database: "postgres",
      },
      ssl: { rejectUnauthorized: false },
    });
    await client.connect();
    const { stream } = (client as unknown as { connection: { stream: TLSSocket } }).connection;
    const { fingerprint256 } = stream.getPeerCertificate();
    await client.end();
    return fingerprint256;
  }
}

async function install(
  directory: string,
  authority: CertificateAuthority,
  names?: LeafOptions["names"],
): Promise<void> {
  const { certificate, key } = await authority.issue("server", { commonName: "postgres", names });
  fs.writeFileSync(path.join(directory, "server.crt"), certificate);
  const keyFile = path.join(directory, "server.key");
  fs.writeFileSync(keyFile, key, { mode: 0o600 });
  if (NOBODY.uid !== undefined) fs.chownSync(keyFile, NOBODY.uid, NOBODY.gid);
}

/** A file with CAs as a mounted volume keeps it. */
export class CaFile {
  readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-ca-"));
  readonly file = path.join(this.directory, "ca.crt");

  constructor(...authorities: readonly CertificateAuthority[]) {
    this.hold(...authorities);
  }

  hold(...authorities: readonly CertificateAuthority[]): void {
    this.replace(authorities.map(({ certificate }) => certificate).join(""));
  }

  /** Takes the place of whatever is there. */
  replace(text: string): void {
    if (fs.lstatSync(this.file, { throwIfNoEntry: false })?.isDirectory()) fs.rmdirSync(this.file);
    fs.writeFileSync(`${this.file}.new`, text);
    fs.renameSync(`${this.file}.new`, this.file);
  }

  away(): void {
    fs.renameSync(this.file, `${this.file}.away`);
  }

  back(): void {
    fs.renameSync(`${this.file}.away`, this.file);
  }

  remove(): void {
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

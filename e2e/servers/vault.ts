import fs from "node:fs";
import path from "node:path";
import { binary } from "../doctor/binaries";
import { setClock } from "../support/clock";
import { BackgroundProcess } from "../support/process";
import { eventually } from "../support/wait";
import type { Certificate, CertificateAuthority } from "./certificates";
import { VaultClient } from "./vault-client";

export interface VaultOptions {
  readonly directory: string;
  /**
   * What it listens on.
   * @default "127.0.0.1"
   */
  readonly host?: string;
  readonly port: number;
  readonly clusterPort: number;
  readonly authority: CertificateAuthority;
  readonly certificate: Certificate;
}

/** A Vault as in production (raft, TLS, sealed until unsealed), but with one node and one unseal key. */
export class VaultServer {
  readonly address: string;
  readonly logFile: string;
  /** Where an audit device of kind `file` may write. */
  readonly auditFile: string;
  /** With the root token. */
  client: VaultClient;
  private readonly host: string;
  private unsealKey = "";
  private process: BackgroundProcess | undefined;

  private constructor(private readonly options: VaultOptions) {
    this.host = options.host ?? "127.0.0.1";
    this.address = `https://${this.host}:${options.port}`;
    this.logFile = path.join(options.directory, "vault.log");
    this.auditFile = path.join(options.directory, "audit.log");
    this.client = new VaultClient(this.address, options.authority.certificate);
  }

  static async start(options: VaultOptions): Promise<VaultServer> {
    const server = new VaultServer(options);
    server.writeConfiguration();
    await server.startProcess();
    await server.initialise();
    await server.unseal();
    return server;
  }

  /** Starts a stopped Vault; it comes up sealed. */
  async startProcess(): Promise<void> {
    const { directory } = this.options;
    this.process = new BackgroundProcess(
      "vault",
      binary("vault"),
      ["server", `-config=${this.configurationFile}`],
      {
        logFile: this.logFile,
        env: { ...process.env, HOME: directory },
      },
    );
    await eventually("answer of Vault", async () => (await this.client.healthStatus()) > 0, {
      intervalMs: 100,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.process?.tail()}`);
    });
  }

  async stop(): Promise<void> {
    await this.process?.stop("SIGTERM");
    this.process = undefined;
  }

  async seal(): Promise<void> {
    await this.client.write("sys/seal");
  }

  /** Unseals, and waits until this node leads its cluster of one. */
  async unseal(): Promise<void> {
    await this.client.write("sys/unseal", { key: this.unsealKey });
    await eventually("active Vault", async () => (await this.client.healthStatus()) === 200, {
      timeoutMs: 60_000,
    });
  }

  /** @param aheadSeconds what its clock is ahead of this machine's */
  async setClock(aheadSeconds: number): Promise<void> {
    await setClock("Vault", this.process, aheadSeconds, () => this.client.time());
  }

  private async initialise(): Promise<void> {
    const answer = await this.client.write("sys/init", { secret_shares: 1, secret_threshold: 1 });
    const { keys, root_token } = answer as unknown as { keys: string[]; root_token: string };
    this.unsealKey = keys[0] ?? "";
    this.client = this.client.withToken(root_token);
  }

  private get configurationFile(): string {
    return path.join(this.options.directory, "vault.json");
  }

  private writeConfiguration(): void {
    const { directory, port, clusterPort, certificate } = this.options;
    const data = path.join(directory, "raft");
    fs.mkdirSync(data, { recursive: true });
    const configuration = {
      storage: { raft: { path: data, node_id: "bench" } },
      listener: {
        tcp: {
          address: `${this.host}:${port}`,
          cluster_address: `${this.host}:${clusterPort}`,
          tls_cert_file: certificate.certificateFile,
          tls_key_file: certificate.keyFile,
        },
      },
      api_addr: this.address,
      cluster_addr: `https://${this.host}:${clusterPort}`,
      disable_mlock: true,
      log_level: "debug",
    };
    fs.writeFileSync(this.configurationFile, JSON.stringify(configuration, undefined, 2));
  }
}

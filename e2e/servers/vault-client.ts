import { HttpJson } from "../support/http-json";

/** Vault's answer when it is not what was asked for. */
export class VaultError extends Error {
  constructor(
    readonly status: number,
    readonly errors: readonly string[],
    request: string,
  ) {
    super(`${request}: ${status} ${errors.join("; ")}`);
    this.name = "VaultError";
  }
}

/** What Vault answers to a login. */
export interface VaultAuth {
  readonly client_token: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly lease_duration: number;
  readonly renewable: boolean;
}

export interface VaultResponse<Data = Record<string, unknown>> {
  readonly lease_id: string;
  readonly lease_duration: number;
  readonly renewable: boolean;
  readonly data: Data;
  readonly auth?: VaultAuth;
  readonly warnings?: readonly string[];
}

/** Vault's HTTP API with one token. */
export class VaultClient {
  private readonly http: HttpJson;

  constructor(
    readonly address: string,
    private readonly caCertificate: string,
    readonly token?: string,
  ) {
    this.http = new HttpJson({
      baseUrl: address,
      caCertificate,
      headers: token ? { "x-vault-token": token } : {},
    });
  }

  /** The same Vault with another token, or with none. */
  withToken(token?: string): VaultClient {
    return new VaultClient(this.address, this.caCertificate, token);
  }

  read<Data = Record<string, unknown>>(path: string): Promise<VaultResponse<Data>> {
    return this.request("GET", path);
  }

  write<Data = Record<string, unknown>>(path: string, body: unknown = {}): Promise<VaultResponse<Data>> {
    return this.request("PUT", path, body);
  }

  delete(path: string): Promise<VaultResponse> {
    return this.request("DELETE", path);
  }

  /** The names under a path; none where Vault says that there is nothing. */
  async list(path: string): Promise<string[]> {
    try {
      return (await this.request<{ keys: string[] }>("LIST", path)).data.keys;
    } catch (error) {
      if (error instanceof VaultError && error.status === 404) return [];
      throw error;
    }
  }

  /** Answers of `sys/health` come with a status of their own: 200 active, 501 uninitialised, 503 sealed. */
  async healthStatus(): Promise<number> {
    return (await this.http.request("GET", "/v1/sys/health")).status;
  }

  /** What time it is there, in seconds since 1970. */
  async time(): Promise<number> {
    const { body } = await this.http.request("GET", "/v1/sys/health");
    return (body as { server_time_utc: number }).server_time_utc;
  }

  close(): void {
    this.http.close();
  }

  private async request<Data>(method: string, path: string, body?: unknown): Promise<VaultResponse<Data>> {
    const response = await this.http.request(method, `/v1/${path}`, body);
    if (response.status < 300) return (response.body ?? {}) as VaultResponse<Data>;
    const { errors = [] } = (response.body ?? {}) as { errors?: string[] };
    throw new VaultError(response.status, errors, `${method} ${path}`);
  }
}

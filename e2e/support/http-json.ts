import http from "node:http";
import https from "node:https";

export interface HttpJsonOptions {
  /** `https://127.0.0.1:8200` */
  readonly baseUrl: string;
  /** PEM of the CA that signed the server's certificate. */
  readonly caCertificate?: string;
  /** PEM of a client certificate and its key. */
  readonly client?: { readonly certificate: string; readonly key: string };
  readonly headers?: Record<string, string>;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Parsed JSON; the text itself when it is none; undefined when empty. */
  readonly body: unknown;
}

/**
 * How long a connection may wait for its next request. Node's servers close one after 5 s, and a request that
 * is on its way just then fails: under load a customer would notice what no pod has done.
 */
const IDLE_MS = 2_000;

/** JSON over HTTP(S) with one keep-alive connection pool. No retries: the caller knows what may be repeated. */
export class HttpJson {
  private readonly agent: http.Agent | https.Agent;

  constructor(private readonly options: HttpJsonOptions) {
    const { baseUrl, caCertificate, client } = options;
    const agent = { keepAlive: true, timeout: IDLE_MS };
    this.agent = baseUrl.startsWith("https:")
      ? new https.Agent({ ...agent, ca: caCertificate, cert: client?.certificate, key: client?.key })
      : new http.Agent(agent);
  }

  request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<HttpResponse> {
    const { baseUrl, headers: always } = this.options;
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const { request } = baseUrl.startsWith("https:") ? https : http;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, baseUrl),
        {
          method,
          agent: this.agent,
          timeout: 60_000,
          headers: { ...(payload && bodyHeaders(payload)), ...always, ...headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: parse(Buffer.concat(chunks).toString()),
            }),
          );
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error(`${method} ${path}: no answer within 60 s`)));
      outgoing.on("error", reject);
      outgoing.end(payload);
    });
  }

  /** Each line of an answer that goes on, until it ends or is ended. */
  lines(path: string, onLine: (line: unknown) => void): { readonly ended: Promise<void>; end(): void } {
    const { baseUrl, headers } = this.options;
    const { get } = baseUrl.startsWith("https:") ? https : http;
    const request = get(new URL(path, baseUrl), { agent: this.agent, headers });
    const ended = new Promise<void>((resolve) => {
      request.on("error", () => resolve());
      request.on("close", () => resolve());
      request.on("response", (response) => {
        let rest = "";
        response.setEncoding("utf8");
        response.on("error", () => resolve());
        response.on("data", (chunk: string) => {
          const lines = `${rest}${chunk}`.split("\n");
          rest = lines.pop() ?? "";
          lines.filter(Boolean).forEach((line) => onLine(parse(line)));
        });
      });
    });
    return { ended, end: () => request.destroy() };
  }

  close(): void {
    this.agent.destroy();
  }
}

/** The length is said because Node leaves it out with DELETE, and a server then reads the body as a request. */
function bodyHeaders(payload: string): Record<string, string | number> {
  return { "content-type": "application/json", "content-length": Buffer.byteLength(payload) };
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

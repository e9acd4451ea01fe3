import type { Client } from "pg";

/** The server is not the one that it should be, as far as its certificate shows; never a secret. */
export class TrustError extends Error {
  /** Of Node, such as `UNABLE_TO_VERIFY_LEAF_SIGNATURE` or `ERR_TLS_CERT_ALTNAME_INVALID`. */
  readonly code: string | undefined;

  constructor(client: Client, cause: Error & { code?: string }, advice: string) {
    const said = cause.message.replace(HINT, "");
    super(`the server ${client.host}:${client.port} is not trusted: ${said}; ${advice}`, { cause });
    this.name = "TrustError";
    this.code = cause.code;
  }
}

/** What Node adds from 24 on: the roots of the system count for nothing beside a CA that was named. */
const HINT = /; if the root CA is installed locally, [^;]*--use-system-ca$/;

/** Where pg keeps the stream of a client; Node says on it whether, and why, the peer was not authorized. */
interface Internals {
  readonly connection?: { readonly stream?: { readonly authorizationError?: unknown } };
}

/** What a login has failed with; where the server was not trusted, with what to do about it. */
export function explained(client: Client, error: Error & { code?: string }, ca: TrustedBy): Error {
  const { connection } = client as unknown as Internals;
  if (!connection?.stream?.authorizationError) return error;
  return new TrustError(client, error, advice(error.code, ca));
}

/** By what a server is trusted. */
export interface TrustedBy {
  /** Such as "the CA file /etc/ca.crt". */
  readonly what: string;
  /** Why it cannot be read at present. */
  readonly trouble?: Error;
}

function advice(code: string | undefined, { what, trouble }: TrustedBy): string {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "its certificate must name the host of the contract";
  if (trouble) return `${trouble.message}, and what it held before is used`;
  return /EXPIRED|NOT_YET_VALID/.test(code ?? "")
    ? `its certificate and those of ${what} must be valid now`
    : `${what} must hold the CA that signed its certificate`;
}

import { certificateProblems, reasonProblems, type Problem } from "../core";

/** How Vault's sessions to PostgreSQL are encrypted and whom they trust. */
export type PostgresTls =
  | {
      /** Encrypted, and the server proves by its certificate that it is the host. */
      readonly mode: "verify-full";
      /**
       * PEM certificate of the CA that signed the server's.
       * @default - the trusted roots of the system that Vault runs on
       * @protects from a server whose certificate nobody has checked
       */
      readonly caCertificate?: string;
    }
  | {
      /** Encrypted, but to whoever answers: with this mode not even a given CA is checked. */
      readonly mode: "require";
      /** Why nobody can stand between Vault and the server. */
      readonly reason: string;
    }
  | {
      /** In clear, so that whoever listens reads the credentials' hashes and can change statements. */
      readonly mode: "disable";
      /** Why nobody can listen between Vault and the server. */
      readonly reason: string;
    };

/** Whether the TLS is whole: a CA that is one, or a reason. */
export function tlsProblems(property: string, tls: PostgresTls): Problem[] {
  if (tls.mode !== "verify-full") return reasonProblems(`${property}.reason`, tls.reason);
  const { caCertificate } = tls;
  return caCertificate === undefined ? [] : certificateProblems(`${property}.caCertificate`, caCertificate);
}

/** Where a server answers. */
export interface ServerAddress {
  /** Host name or IP address of the server. */
  readonly host: string;
  /**
   * Port of the server.
   * @default 5432
   * @protects nothing: it is PostgreSQL's own
   */
  readonly port?: number;
}

export interface ConnectionUrlProps {
  /** The servers, in the order in which they are asked; of several the first that takes writes is the one. */
  readonly servers: readonly ServerAddress[];
  /** Name of the database. */
  readonly database: string;
  readonly tls: PostgresTls;
}

/** The URL with Vault's placeholders, so that it holds no credentials. */
export function connectionUrl({ servers, database, tls }: ConnectionUrlProps): string {
  const addresses = servers.map(
    ({ host, port = 5432 }) => `${host.includes(":") ? `[${host}]` : host}:${port}`,
  );
  const path = encodeURIComponent(database);
  // A standby takes logins too, and creates nobody.
  const which = servers.length > 1 ? "&target_session_attrs=read-write" : "";
  return `postgresql://{{username}}:{{password}}@${addresses.join(",")}/${path}?sslmode=${tls.mode}${which}`;
}

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

export interface ConnectionUrlProps {
  /** Host name or IP address of the server. */
  readonly host: string;
  /** Port of the server. */
  readonly port: number;
  /** Name of the database. */
  readonly database: string;
  readonly tls: PostgresTls;
}

/** The URL with Vault's placeholders, so that it holds no credentials. */
export function connectionUrl({ host, port, database, tls }: ConnectionUrlProps): string {
  const address = host.includes(":") ? `[${host}]` : host;
  const path = encodeURIComponent(database);
  return `postgresql://{{username}}:{{password}}@${address}:${port}/${path}?sslmode=${tls.mode}`;
}

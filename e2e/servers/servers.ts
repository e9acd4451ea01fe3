import path from "node:path";
import type { Teardown } from "../support/teardown";
import type { CertificateAuthority } from "./certificates";
import type { KubeApiserver } from "./kube-apiserver";
import { PostgresServer } from "./postgres";
import { VaultServer } from "./vault";

/** What an environment is applied to. */
export interface Servers {
  readonly authority: CertificateAuthority;
  readonly postgres: PostgresServer;
  readonly vault: VaultServer;
  readonly apiServer: KubeApiserver;
}

/** Where servers are started, and by whom they are known. */
export interface Place {
  readonly directory: string;
  readonly authority: CertificateAuthority;
  /**
   * What they listen on.
   * @default "127.0.0.1", where no pod reaches them
   */
  readonly host?: string;
}

export async function startPostgres(
  { directory, authority, host }: Place,
  port: number,
  teardown: Teardown,
): Promise<PostgresServer> {
  const server = await PostgresServer.start({
    directory: path.join(directory, "postgres"),
    host,
    port,
    authority,
    certificate: await authority.issue("postgres", { commonName: "postgres", names: namesOf(host) }),
  });
  teardown.add("PostgreSQL", () => server.stop());
  return server;
}

export async function startVault(
  { directory, authority, host }: Place,
  [port, clusterPort]: readonly [number, number],
  teardown: Teardown,
): Promise<VaultServer> {
  const server = await VaultServer.start({
    directory: path.join(directory, "vault"),
    host,
    port,
    clusterPort,
    authority,
    certificate: await authority.issue("vault", { commonName: "vault", names: namesOf(host) }),
  });
  teardown.add("Vault", () => server.stop());
  return server;
}

/** Waits for all even when one fails, so that what the others started is in the teardown. */
export async function allStarted<T extends readonly unknown[]>(starting: {
  [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  await Promise.allSettled(starting);
  return (await Promise.all(starting)) as unknown as T;
}

function namesOf(host: string | undefined) {
  return host === undefined ? undefined : [{ type: "ip" as const, value: host }];
}

import path from "node:path";
import { recordPorts } from "../enclosure";
import { freePorts } from "../support/ports";
import type { Teardown } from "../support/teardown";
import { CertificateAuthority, type Certificate } from "./certificates";
import { startEtcd } from "./etcd";
import { Injector } from "./injector";
import { startKubeApiserver, type KubeApiserver } from "./kube-apiserver";
import { CONTROLLERS_WITHOUT_NODES, startKubeControllerManager } from "./kube-controller-manager";
import { PostgresServer } from "./postgres";
import { VaultServer } from "./vault";

/** Everything that the scenarios run against. */
export interface Servers {
  readonly directory: string;
  readonly authority: CertificateAuthority;
  /** A Kubernetes administrator's client certificate. */
  readonly admin: Certificate;
  readonly postgres: PostgresServer;
  readonly vault: VaultServer;
  readonly apiServer: KubeApiserver;
  readonly injector: Injector;
}

/** Starts all servers below a directory; what is up when one of them fails is in the teardown already. */
export async function startServers(directory: string, teardown: Teardown): Promise<Servers> {
  const authority = await CertificateAuthority.create(path.join(directory, "tls"));
  const ports = await freePorts(7);
  recordPorts(directory, ports);
  const [postgresPort, vaultPort, vaultClusterPort, etcdPort, etcdPeerPort, apiServerPort, injectorPort] =
    ports as [number, number, number, number, number, number, number];
  const admin = await authority.issue("admin", { commonName: "admin", organization: "system:masters" });
  const [postgres, vault, apiServer] = await allStarted<[PostgresServer, VaultServer, KubeApiserver]>([
    startPostgres(directory, authority, postgresPort, teardown),
    startVault(directory, authority, [vaultPort, vaultClusterPort], teardown),
    startKubernetes(directory, authority, admin, [etcdPort, etcdPeerPort, apiServerPort], teardown),
  ]);
  const injector = await Injector.start({
    directory: path.join(directory, "injector"),
    port: injectorPort,
    apiServerPort,
    vaultAddress: vault.address,
    authority,
    certificate: await authority.issue("injector", { commonName: "injector" }),
    kubernetes: apiServer.client,
  });
  teardown.add("injector", () => injector.stop());
  return { directory, authority, admin, postgres, vault, apiServer, injector };
}

/** PostgreSQL alone: enough with Vault for the measurements of issuance. */
export async function startPostgres(
  directory: string,
  authority: CertificateAuthority,
  port: number,
  teardown: Teardown,
): Promise<PostgresServer> {
  const server = await PostgresServer.start({
    directory: path.join(directory, "postgres"),
    port,
    authority,
    certificate: await authority.issue("postgres", { commonName: "postgres" }),
  });
  teardown.add("PostgreSQL", () => server.stop());
  return server;
}

export async function startVault(
  directory: string,
  authority: CertificateAuthority,
  [port, clusterPort]: readonly [number, number],
  teardown: Teardown,
): Promise<VaultServer> {
  const server = await VaultServer.start({
    directory: path.join(directory, "vault"),
    port,
    clusterPort,
    authority,
    certificate: await authority.issue("vault", { commonName: "vault" }),
  });
  teardown.add("Vault", () => server.stop());
  return server;
}

/** Waits for all even when one fails, so that what the others started is in the teardown. */
async function allStarted<T extends readonly unknown[]>(starting: {
  [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  await Promise.allSettled(starting);
  return (await Promise.all(starting)) as unknown as T;
}

export async function startKubernetes(
  directory: string,
  authority: CertificateAuthority,
  admin: Certificate,
  [etcdPort, peerPort, port]: readonly [number, number, number],
  teardown: Teardown,
): Promise<KubeApiserver> {
  const serviceAccountKeys = authority.serviceAccountKeys();
  const etcd = await startEtcd({ directory: path.join(directory, "etcd"), port: etcdPort, peerPort });
  teardown.add("etcd", () => etcd.stop());
  const apiServer = await startKubeApiserver({
    directory: path.join(directory, "kube-apiserver"),
    port,
    etcdPort,
    authority,
    certificate: await authority.issue("kube-apiserver", { commonName: "kube-apiserver" }),
    admin,
    serviceAccountKeys,
  });
  teardown.add("kube-apiserver", () => apiServer.stop());
  const controllers = startKubeControllerManager({
    directory: path.join(directory, "kube-controller-manager"),
    apiServer: apiServer.url,
    authority,
    certificate: await authority.issue("kcm", { commonName: "system:kube-controller-manager" }),
    serviceAccountKeyFile: serviceAccountKeys.privateKeyFile,
    controllers: CONTROLLERS_WITHOUT_NODES,
  });
  teardown.add("kube-controller-manager", () => controllers.stop("SIGTERM", 3_000));
  return apiServer;
}

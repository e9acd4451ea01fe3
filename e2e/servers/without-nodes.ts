import path from "node:path";
import { CertificateAuthority, type Certificate } from "./certificates";
import { startKubernetes } from "./kubernetes";
import type { KubeApiserver } from "./kube-apiserver";
import type { PostgresServer } from "./postgres";
import { allStarted, startPostgres, startVault, type Servers } from "./servers";
import type { VaultServer } from "./vault";
import type { Teardown } from "../support/teardown";

/** No pod of the bench ever runs: no look at nodes, volumes and clouds. */
const CONTROLLERS = [
  "serviceaccount-controller",
  "root-ca-certificate-publisher-controller",
  "namespace-controller",
  "garbage-collector-controller",
  "deployment-controller",
  "replicaset-controller",
  "statefulset-controller",
  "job-controller",
  "cronjob-controller",
  "ttl-after-finished-controller",
  // A namespace with claims would never go.
  "persistentvolumeclaim-protection-controller",
  "clusterrole-aggregation-controller",
];

export interface ServersWithoutNodes extends Servers {
  readonly directory: string;
  /** A Kubernetes administrator's client certificate. */
  readonly admin: Certificate;
}

/** Of PostgreSQL, of Vault and its cluster, of etcd and its peers, and of the API server. */
export type Ports = readonly [number, number, number, number, number, number];

/** Starts all servers below a directory; what is up when one of them fails is in the teardown already. */
export async function startServers(
  directory: string,
  [postgresPort, vaultPort, vaultClusterPort, etcdPort, peerPort, apiServerPort]: Ports,
  teardown: Teardown,
): Promise<ServersWithoutNodes> {
  const authority = await CertificateAuthority.create(path.join(directory, "tls"));
  const admin = await authority.issue("admin", { commonName: "admin", organization: "system:masters" });
  const place = { directory, authority };
  const [postgres, vault, apiServer] = await allStarted<[PostgresServer, VaultServer, KubeApiserver]>([
    startPostgres(place, postgresPort, teardown),
    startVault(place, [vaultPort, vaultClusterPort], teardown),
    startKubernetes(
      { ...place, admin, ports: [etcdPort, peerPort, apiServerPort], controllers: CONTROLLERS },
      teardown,
    ),
  ]);
  return { directory, authority, admin, postgres, vault, apiServer };
}

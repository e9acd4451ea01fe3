import path from "node:path";
import { recordPorts } from "../../e2e/enclosure";
import { CertificateAuthority, type Certificate } from "../../e2e/servers/certificates";
import { startKubernetes } from "../../e2e/servers/kubernetes";
import type { KubeApiserver } from "../../e2e/servers/kube-apiserver";
import type { PostgresServer } from "../../e2e/servers/postgres";
import { allStarted, startPostgres, startVault, type Servers } from "../../e2e/servers/servers";
import type { VaultServer } from "../../e2e/servers/vault";
import { freePorts } from "../../e2e/support/ports";
import type { Teardown } from "../../e2e/support/teardown";

/** No pod of the bench ever runs: no look at nodes, volumes and clouds. */
const CONTROLLERS = [
  "serviceaccount-controller",
  "root-ca-certificate-publisher-controller",
  "namespace-controller",
  "garbage-collector-controller",
  "deployment-controller",
  "replicaset-controller",
  "job-controller",
  "cronjob-controller",
  "ttl-after-finished-controller",
  "clusterrole-aggregation-controller",
];

export interface TerraformServers extends Servers {
  readonly directory: string;
  /** A Kubernetes administrator's client certificate. */
  readonly admin: Certificate;
}

/** Starts all servers below a directory; what is up when one of them fails is in the teardown already. */
export async function startServers(directory: string, teardown: Teardown): Promise<TerraformServers> {
  const authority = await CertificateAuthority.create(path.join(directory, "tls"));
  const ports = await freePorts(6);
  recordPorts(directory, ports);
  const [postgresPort, vaultPort, vaultClusterPort, etcdPort, peerPort, apiServerPort] = ports as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
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

import fs from "node:fs";
import path from "node:path";
import { localImages } from "../application-image";
import { recordPorts } from "../enclosure";
import { Images } from "../pod-runner/images";
import { PodRunner } from "../pod-runner/pod-runner";
import { freePorts } from "../support/ports";
import type { Teardown } from "../support/teardown";
import { Injector } from "./injector";
import type { KubeApiserver } from "./kube-apiserver";
import { kubeconfig } from "./kubeconfig";
import { startKubernetes, type Servers } from "./servers";

/** A cluster beside that of the bench, on the same Vault: an API server, an injector and a node. */
export interface SecondCluster {
  readonly apiServer: KubeApiserver;
  readonly runner: PodRunner;
  /** The kubeconfig file; its context has the cluster's name. */
  readonly kubeconfigFile: string;
}

/** Starts it; what is up when a part fails is in the teardown already. */
export async function startSecondCluster(
  name: string,
  { directory: around, authority, admin, vault }: Servers,
  teardown: Teardown,
): Promise<SecondCluster> {
  const directory = path.join(around, name);
  fs.mkdirSync(directory, { recursive: true });
  fs.chmodSync(directory, 0o711);
  const ports = await freePorts(4);
  recordPorts(around, ports);
  const [etcdPort, peerPort, apiServerPort, injectorPort] = ports as [number, number, number, number];
  const apiServer = await startKubernetes(
    directory,
    authority,
    admin,
    [etcdPort, peerPort, apiServerPort],
    teardown,
  );
  const kubernetes = apiServer.client;
  const injector = await Injector.start({
    directory: path.join(directory, "injector"),
    port: injectorPort,
    apiServerPort,
    vaultAddress: vault.address,
    authority,
    certificate: await authority.issue(`injector-${name}`, { commonName: "injector" }),
    kubernetes,
  });
  teardown.add(`injector of ${name}`, () => injector.stop());
  const runner = new PodRunner({
    kubernetes,
    images: new Images(localImages()),
    directory: path.join(directory, "pods"),
    network: 78,
  });
  await runner.start();
  teardown.add(`pod runner of ${name}`, () => runner.stop());
  const kubeconfigFile = path.join(directory, "kubeconfig");
  fs.writeFileSync(kubeconfigFile, kubeconfig(name, apiServer.url, authority, admin), { mode: 0o600 });
  return { apiServer, runner, kubeconfigFile };
}

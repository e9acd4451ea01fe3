import path from "node:path";
import { binary } from "../doctor/binaries";
import { CertificateAuthority } from "../servers/certificates";
import { KubernetesClient } from "../servers/kubernetes-client";
import { freePorts } from "../support/ports";
import { BackgroundProcess } from "../support/process";
import { runOrThrow } from "../support/run";
import type { Teardown } from "../support/teardown";
import { eventually, sleep } from "../support/wait";
import { loadImages } from "../images/load";
import { writeImage } from "../images/archive";
import type { Cluster } from "../cluster/cluster";
import { applicationImages } from "../images/bench";

/** A cluster that somebody has already: what is said of it, for it cannot be found out. */
export interface ExistingCluster {
  /** Kubeconfig; its current context is the cluster. */
  readonly kubeconfig: string;
  /** Address by which pods reach this machine. */
  readonly host: string;
  /** Command that gets the images' archive $ARCHIVE onto the nodes. */
  readonly load: string;
}

/** The cluster that E2E_KUBECONFIG names; undefined where the bench makes one. */
export function existingCluster(environment: NodeJS.ProcessEnv = process.env): ExistingCluster | undefined {
  const { E2E_KUBECONFIG: kubeconfig, E2E_HOST: host, E2E_LOAD: load } = environment;
  if (!kubeconfig) return undefined;
  const missing = [
    ...(host ? [] : ["E2E_HOST, the address by which pods reach this machine"]),
    ...(load
      ? []
      : [
          "E2E_LOAD, a command that gets an archive of images onto the nodes, such as 'kind load image-archive \"$ARCHIVE\"'",
        ]),
  ];
  if (!host || !load) throw new Error(`E2E_KUBECONFIG also needs ${missing.join("; and ")}`);
  return { kubeconfig: path.resolve(kubeconfig), host, load };
}

/** What a scenario needs that stops nodes, or asks Services by their names. */
export function needsOwnCluster(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return environment.E2E_KUBECONFIG ? "it needs a cluster of the bench's own" : undefined;
}

/** Starts what is ours beside it: ways to its API server and to Vault. Images of the chart are the nodes' to pull. */
export async function useCluster(
  directory: string,
  { kubeconfig, host, load }: ExistingCluster,
  teardown: Teardown,
): Promise<Cluster> {
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  const context = (await runOrThrow(binary("kubectl"), ["config", "current-context"], { env })).trim();
  const archives = [];
  for (const image of applicationImages())
    archives.push(await writeImage(directory, binary("busybox"), image));
  await loadImages(archives, load);
  const [proxyPort = 0, vaultPort = 0] = await freePorts(2);
  const proxy = new BackgroundProcess("kubectl", binary("kubectl"), ["proxy", `--port=${proxyPort}`], {
    env,
    logFile: path.join(directory, "kubectl-proxy.log"),
  });
  teardown.add("kubectl proxy", () => proxy.stop());
  const client = new KubernetesClient({ baseUrl: `http://127.0.0.1:${proxyPort}` });
  await eventually("answer of the cluster", () => client.isReady());
  forwardVault(vaultPort, env, directory, teardown);
  teardown.add("namespace of Vault", () =>
    runOrThrow(binary("kubectl"), ["delete", "namespace", "vault", "--ignore-not-found", "--timeout=90s"], {
      env,
    }),
  );
  const authority = await CertificateAuthority.create(path.join(directory, "tls"));
  return {
    directory,
    context,
    authority,
    apiServer: { client },
    kubeconfigFile: kubeconfig,
    host,
    vaultAddress: `https://127.0.0.1:${vaultPort}`,
  };
}

/** kubectl forwards to one pod: when that ends, or is not there yet, to another one. */
function forwardVault(port: number, env: NodeJS.ProcessEnv, directory: string, teardown: Teardown): void {
  const to = ["-n", "vault", "port-forward", "service/vault-active", `${port}:8200`];
  let stopped = false;
  let forward: BackgroundProcess | undefined;
  const work = async () => {
    while (!stopped) {
      forward = new BackgroundProcess("kubectl", binary("kubectl"), to, {
        env,
        logFile: path.join(directory, "port-forward.log"),
      });
      await forward.exited;
      await sleep(500);
    }
  };
  const working = work();
  teardown.add("way to Vault", async () => {
    stopped = true;
    await forward?.stop();
    await working;
  });
}

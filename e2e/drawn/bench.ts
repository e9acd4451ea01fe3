import fs from "node:fs";
import path from "node:path";
import { offlineTerraform } from "../doctor/terraform-providers";
import { chartDirectory } from "../nodes/chart";
import { kubeconfig } from "../servers/kubeconfig";
import { startServers, type ServersWithoutNodes } from "../servers/without-nodes";
import { runOrThrow } from "../support/run";
import type { Teardown } from "../support/teardown";

/** Nobody else is in this network. */
const PORTS = [5432, 8200, 8201, 2379, 2380, 6443] as const;

/** What takes an apply, and has nothing that a pod could run on. */
export interface DrawnBench {
  readonly directory: string;
  readonly servers: ServersWithoutNodes;
  readonly kubeconfigFile: string;
  /** Chart of Vault on disk, where there is one. */
  readonly chart?: string;
  /** Where Terraform finds its providers, and Vault. */
  readonly env: NodeJS.ProcessEnv;
}

export async function startDrawn(directory: string, teardown: Teardown): Promise<DrawnBench> {
  await runOrThrow("ip", ["link", "set", "lo", "up"]);
  const servers = await startServers(directory, PORTS, teardown);
  const { apiServer, authority, admin, vault } = servers;
  const kubeconfigFile = path.join(directory, "kubeconfig");
  const text = kubeconfig("bench", apiServer.url, authority, admin);
  fs.writeFileSync(kubeconfigFile, text, { mode: 0o600 });
  const chart = chartDirectory();
  return {
    directory,
    servers,
    kubeconfigFile,
    ...("directory" in chart && { chart: chart.directory }),
    env: {
      ...offlineTerraform(directory),
      VAULT_ADDR: vault.address,
      VAULT_TOKEN: vault.client.token,
      VAULT_CACERT: authority.certificateFile,
    },
  };
}

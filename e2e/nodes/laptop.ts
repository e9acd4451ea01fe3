import path from "node:path";
import { binary } from "../doctor/binaries";
import { offlineTerraform } from "../doctor/terraform-providers";
import { cgroupOf } from "../enclosure";
import type { Teardown } from "../support/teardown";
import { chartDirectory, chartImageTags } from "./chart";
import { startCluster, type OwnCluster } from "../cluster/cluster";
import { chartImages } from "./images";
import { createVolumes } from "./volumes";

/** A cluster as its owner has it, with the chart's images and nothing else. */
export interface Laptop {
  readonly directory: string;
  readonly cluster: OwnCluster;
  /** Chart of Vault, on disk. */
  readonly chart: string;
  /** Where kubectl and Terraform find what they need. */
  readonly env: NodeJS.ProcessEnv;
}

/** The command that gets an archive $ARCHIVE onto all nodes. */
export function loaderOf({ nodes }: OwnCluster): string {
  return nodes
    .map(({ containerd }) => `${binary("ctr")} -a ${containerd.socket} -n k8s.io images import "$ARCHIVE"`)
    .join("; ");
}

export function startLaptop(directory: string, teardown: Teardown): Promise<Laptop> {
  return startBare(directory, "laptop", 1, teardown);
}

/** Three nodes with volumes, for a bench that is a process of its own. */
export async function startSomebodys(directory: string, teardown: Teardown): Promise<Laptop> {
  const laptop = await startBare(directory, "somebodys", 3, teardown);
  await createVolumes(laptop.cluster);
  return laptop;
}

async function startBare(
  directory: string,
  context: string,
  nodes: number,
  teardown: Teardown,
): Promise<Laptop> {
  const chart = chartDirectory();
  if ("missing" in chart) throw new Error(`the chart of Vault is missing: ${chart.missing}`);
  const cluster = await startCluster(
    {
      directory,
      context,
      cgroup: cgroupOf(directory),
      nodes,
      images: chartImages(chartImageTags(chart.directory)),
    },
    teardown,
  );
  const env = {
    ...process.env,
    ...offlineTerraform(directory),
    HOME: path.join(directory, "home"),
    KUBECONFIG: cluster.kubeconfigFile,
  };
  return { directory, cluster, chart: chart.directory, env };
}

import path from "node:path";
import { offlineTerraform } from "../doctor/terraform-providers";
import { cgroupOf } from "../enclosure";
import type { Teardown } from "../support/teardown";
import { chartDirectory, chartImageTags } from "./chart";
import { startCluster, type Cluster } from "./cluster";
import { chartImages } from "./images";

/** A cluster of one node, as kind makes it, with the chart's images and nothing else. */
export interface Laptop {
  readonly directory: string;
  readonly cluster: Cluster;
  /** Chart of Vault, on disk. */
  readonly chart: string;
  /** Where kubectl and Terraform find what they need. */
  readonly env: NodeJS.ProcessEnv;
}

export async function startLaptop(directory: string, teardown: Teardown): Promise<Laptop> {
  const chart = chartDirectory();
  if ("missing" in chart) throw new Error(`the chart of Vault is missing: ${chart.missing}`);
  const cluster = await startCluster(
    {
      directory,
      context: "laptop",
      cgroup: cgroupOf(directory),
      nodes: 1,
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

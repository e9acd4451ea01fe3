import path from "node:path";
import { searchPath } from "../doctor/binaries";
import { offlineTerraform } from "../doctor/terraform-providers";
import type { Environment } from "../../lib/environment/environment";
import { cgroupOf } from "../enclosure";
import { PostgresServer } from "../servers/postgres";
import { VaultClient } from "../servers/vault-client";
import { majorVersion, prepareShop } from "../support/database";
import type { Teardown } from "../support/teardown";
import { Terraform } from "../terraform";
import { POSTGRES_PORT } from "../cluster/addresses";
import { ClusterBench } from "../cluster/bench";
import { chartDirectory, chartImageTags, CHART_VARIABLE, serveChart } from "./chart";
import {
  kubectlEnvironment,
  ownCluster,
  startCluster,
  type Cluster,
  type OwnCluster,
} from "../cluster/cluster";
import { nodesEnvironment } from "./environment";
import { existingCluster, useCluster } from "./existing-cluster";
import { applicationImages } from "../images/bench";
import { chartImages } from "./images";
import { runInTerminal, type Answer } from "./terminal";
import { createVolumes } from "./volumes";

/** The stacks in the order of apply. */
export const STACKS = { vault: "nodes-vault", platform: "nodes-platform", services: "nodes" };

/** First password of Vault's login; unlike anything else, so that it is found wherever it leaks. */
export const FIRST_PASSWORD = "canary-9c1e-nodes-password";

/** What initialising Vault gives, once. */
export interface VaultKeys {
  readonly unseal: readonly string[];
  readonly rootToken: string;
}

/** A cluster of three nodes, a PostgreSQL beside it, and the environment under test. */
export class NodesBench extends ClusterBench {
  /** Set by whoever initialises Vault. */
  keys: VaultKeys = { unseal: [], rootToken: "" };

  private constructor(
    cluster: Cluster,
    postgres: PostgresServer,
    terraform: Terraform,
    readonly environment: Environment,
  ) {
    super(cluster, postgres, terraform);
  }

  static async start(directory: string, teardown: Teardown): Promise<NodesBench> {
    const existing = existingCluster();
    const { cluster, ...terraformOptions } =
      existing === undefined
        ? await startOwn(directory, teardown)
        : { cluster: await useCluster(directory, existing, teardown), chart: process.env[CHART_VARIABLE] };
    const { authority, kubeconfigFile, context, host, vaultAddress } = cluster;
    const postgres = await PostgresServer.start({
      directory: path.join(directory, "postgres"),
      host,
      port: POSTGRES_PORT,
      authority,
      certificate: await authority.issue("postgres", {
        commonName: "postgres",
        names: [{ type: "ip", value: host }],
      }),
    });
    teardown.add("PostgreSQL", () => postgres.stop());
    const terraform = new Terraform({
      directory: path.join(directory, "terraform"),
      ...terraformOptions,
      env: {
        ...offlineTerraform(directory),
        VAULT_CACERT: authority.certificateFile,
        // Who answers for the repository of charts.
        ...(existing === undefined && { SSL_CERT_FILE: authority.certificateFile }),
        HELM_CACHE_HOME: path.join(directory, "helm/cache"),
        HELM_CONFIG_HOME: path.join(directory, "helm/config"),
        HELM_DATA_HOME: path.join(directory, "helm/data"),
      },
    });
    const environment = nodesEnvironment({
      context,
      host,
      vaultAddress,
      kubeconfigFile,
      caCertificate: authority.certificate,
      caCertificateFile: authority.certificateFile,
      postgresVersion: await majorVersion(postgres),
    });
    return new NodesBench(cluster, postgres, terraform, environment);
  }

  /** The cluster, where its nodes are the bench's to stop. */
  get ownCluster(): OwnCluster {
    return ownCluster(this.cluster);
  }

  /** What a DBA does before the first apply. */
  async prepareDatabase(): Promise<void> {
    await prepareShop(this.postgres, this.environment, FIRST_PASSWORD);
  }

  /** Vault's active server, by the root token. */
  vault(): VaultClient {
    return new VaultClient(
      this.cluster.vaultAddress,
      this.cluster.authority.certificate,
      this.keys.rootToken,
    );
  }

  /** A command of a runbook, typed by an operator whose kubectl and vault find the cluster and the active server. */
  operator(command: string, answers: readonly Answer[] = []): Promise<string> {
    return runInTerminal(command, this.operatorEnvironment(), answers);
  }

  /** Where kubectl and vault find the cluster and the active server. */
  operatorEnvironment(): NodeJS.ProcessEnv {
    return {
      ...kubectlEnvironment(this.cluster),
      PATH: [...new Set(searchPath())].join(path.delimiter),
      VAULT_ADDR: this.cluster.vaultAddress,
      VAULT_CACERT: this.cluster.authority.certificateFile,
      ...(this.keys.rootToken === "" ? {} : { VAULT_TOKEN: this.keys.rootToken }),
    };
  }
}

/** Three nodes with volumes, and who answers for the repository of charts. */
async function startOwn(directory: string, teardown: Teardown): Promise<{ cluster: Cluster }> {
  const chart = chartDirectory();
  if ("missing" in chart) throw new Error(`the chart of Vault is missing: ${chart.missing}`);
  const cluster = await startCluster(
    {
      directory,
      context: "nodes",
      cgroup: cgroupOf(directory),
      nodes: 3,
      images: [...chartImages(chartImageTags(chart.directory)), ...applicationImages()],
    },
    teardown,
  );
  await createVolumes(cluster);
  const { authority } = cluster;
  await serveChart(
    { directory: path.join(directory, "charts"), chart: chart.directory, authority },
    teardown,
  );
  return { cluster };
}

import { parse } from "yaml";
import path from "node:path";
import { bootstrapInput } from "../lib/environment/derive";
import type { Environment } from "../lib/environment/environment";
import { renderBootstrapSql } from "../lib/postgres";
import { CONTROL_PLANE, POSTGRES_PORT } from "./cluster/addresses";
import { ClusterBench } from "./cluster/bench";
import { startCluster, type OwnCluster } from "./cluster/cluster";
import { WatchedPods, type WatchedPod } from "./cluster/watched-pods";
import { LOWEST, offlineTerraform } from "./doctor/terraform-providers";
import { cgroupOf } from "./enclosure";
import { ARCHIVE, benchEnvironment, withLaterProviders } from "./environment";
import type { ImageOptions } from "./images/archive";
import { imagesBesideChart } from "./images/bench";
import { ARCHIVE_SCHEMA, SHOP, SHOP_SCHEMA } from "./schema";
import { startInjector, type Injector } from "./servers/injector";
import type { KubeApiserver } from "./servers/kube-apiserver";
import { reviewerJwt } from "./servers/reviewer";
import { scramVerifier } from "./servers/scram";
import { startPostgres, startVault, type Servers } from "./servers/servers";
import type { VaultServer } from "./servers/vault";
import { builtStorefronts, type Storefronts } from "./storefronts";
import { majorVersion } from "./support/database";
import { deploymentPath } from "./support/kubernetes-paths";
import type { Teardown } from "./support/teardown";
import { eventually } from "./support/wait";
import { Terraform } from "./terraform";

/** Two, so that one can be lost. */
const NODES = 2;
const VAULT_PORTS = [8200, 8201] as const;
const INJECTOR_PORT = 8443;

/** First passwords of Vault's logins; unlike anything else, so that they are found wherever they leak. */
export const CANARIES = { shop: "canary-7f3a-shop-password", archive: "canary-7f3a-archive-password" };

/** The stacks in the order of apply. */
export const STACKS = { platform: "bench-platform", services: "bench" };

interface Parts extends Servers {
  readonly cluster: OwnCluster;
  readonly injector: Injector;
  readonly watched: WatchedPods;
  readonly storefronts: Storefronts;
}

/** A cluster of two nodes, with Vault, PostgreSQL and the injector as processes beside it, and the environment under test. */
export class Bench extends ClusterBench<OwnCluster> implements Servers {
  readonly vault: VaultServer;
  readonly injector: Injector;
  /** All pods of the cluster. */
  readonly watched: WatchedPods;
  readonly storefronts: Storefronts;

  private constructor(
    { cluster, postgres, vault, injector, watched, storefronts }: Parts,
    /** What every plan and apply of the platform is given, where Terraform gives it to Vault. */
    readonly reviewerJwt: string,
    /** What is applied, or about to be. */
    public environment: Environment,
  ) {
    super(cluster, postgres, terraformOf(cluster, "terraform", vault.client.token, reviewerJwt));
    this.vault = vault;
    this.injector = injector;
    this.watched = watched;
    this.storefronts = storefronts;
  }

  static async start(directory: string, teardown: Teardown): Promise<Bench> {
    const storefronts = builtStorefronts(directory);
    const images = [...imagesBesideChart(), ...storefronts.images];
    const cgroup = cgroupOf(directory);
    const cluster = await startCluster(
      { directory, context: "bench", cgroup, nodes: NODES, images: unique(images) },
      teardown,
    );
    const { authority, apiServer } = cluster;
    const place = { directory, authority, host: CONTROL_PLANE };
    const postgres = await startPostgres(place, POSTGRES_PORT, teardown);
    const vault = await startVault(place, VAULT_PORTS, teardown);
    const injector = await startInjector(cluster, INJECTOR_PORT, vault.address);
    teardown.add("injector", () => injector.stop());
    const watched = await WatchedPods.start(cluster);
    teardown.add("watch of the pods", () => watched.stop());
    const servers = { authority, apiServer, postgres, vault };
    const environment = benchEnvironment(
      servers,
      cluster.kubeconfigFile,
      await majorVersion(postgres),
      storefronts.here,
    );
    const declared = LOWEST ? environment : withLaterProviders(environment);
    const jwt = await reviewerJwt(apiServer.client);
    return new Bench({ ...servers, cluster, injector, watched, storefronts }, jwt, declared);
  }

  get apiServer(): KubeApiserver {
    return this.cluster.apiServer;
  }

  get authority() {
    return this.cluster.authority;
  }

  /** A Terraform of its own below the bench's directory, with a token of Vault. */
  terraformIn(place: string, token: string | undefined): Terraform {
    return terraformOf(this.cluster, place, token, this.reviewerJwt);
  }

  /** What an operator does: edits the literal and synthesizes. */
  async redeclare(environment: Environment): Promise<void> {
    this.environment = environment;
    await this.terraform.synthesize(environment);
  }

  /** What a DBA does before the first apply: databases, tables, bootstrap SQL, first passwords. */
  async prepareDatabases(): Promise<void> {
    const { postgres } = this;
    for (const [database, schema] of [
      [SHOP, SHOP_SCHEMA],
      [ARCHIVE, ARCHIVE_SCHEMA],
    ] as const) {
      await postgres.query(`CREATE DATABASE ${database}`);
      await postgres.query(schema, { database });
    }
    await this.runBootstrapSql();
    await postgres.query(LOGIN_WITHOUT_BOOTSTRAP_SQL, { database: ARCHIVE });
    await this.setFirstPasswords();
  }

  /** What psql's `\password` does: the server sees a hash. */
  async setFirstPasswords(): Promise<void> {
    const { postgres } = this;
    await postgres.query(`ALTER ROLE vault_admin PASSWORD '${scramVerifier(CANARIES.shop)}'`);
    await postgres.query(`ALTER ROLE vault_admin_archive PASSWORD '${scramVerifier(CANARIES.archive)}'`);
  }

  /** Where all services are `direct`, nobody may run it. */
  async runBootstrapSql(): Promise<void> {
    const shop = this.environment.databases.find(({ name }) => name === SHOP);
    if (!shop) throw new Error("the environment has no database shop");
    const sql = renderBootstrapSql(bootstrapInput(this.environment, shop));
    await this.postgres.query(sql, { database: SHOP });
  }

  /**
   * Writes the reviewer's JWT of a cluster to Vault, as the runbook of the first apply does for an external Vault.
   *
   * @param apiServer of the cluster whose pods log in at `authPath`
   */
  async configureReviewer(apiServer = this.apiServer, authPath = "kubernetes"): Promise<void> {
    const { vault, authority } = this;
    await vault.client.write(`auth/${authPath}/config`, {
      kubernetes_host: apiServer.url,
      kubernetes_ca_cert: authority.certificate,
      token_reviewer_jwt: await reviewerJwt(apiServer.client),
      disable_local_ca_jwt: true,
      disable_iss_validation: true,
    });
  }

  /** What is left to do after an apply of the platform: nothing where Terraform has given Vault the reviewer's JWT. */
  async completePlatform(): Promise<void> {
    if (this.environment.vault.reviewer === undefined) await this.configureReviewer();
  }

  /** The ids of the leases of a database role. */
  leases(role: string): Promise<string[]> {
    return this.vault.client.list(`sys/leases/lookup/database/creds/${role}`);
  }

  pods(namespace: string, service: string): WatchedPod[] {
    return this.watched.list(namespace, { "leasehold/service": service });
  }

  /** Waits until a Deployment has that many available pods, and no others. */
  async rolledOut(
    namespace: string,
    name: string,
    replicas: number,
    timeoutMs = 90_000,
  ): Promise<WatchedPod[]> {
    await eventually(
      `${replicas} available pods of ${namespace}/${name}`,
      async () => {
        const path = deploymentPath(namespace, name);
        const { status } = await this.apiServer.client.get<{ status: Record<string, number> }>(path);
        const { availableReplicas = 0, replicas: all = 0, updatedReplicas = 0 } = status;
        const pods = this.pods(namespace, name);
        return [availableReplicas, all, updatedReplicas, pods.length].every((count) => count === replicas);
      },
      { timeoutMs, intervalMs: 100 },
    );
    return this.pods(namespace, name);
  }

  /** Takes away all pods of a Deployment, and waits until none of their users is left. */
  async none(namespace: string, name: string): Promise<void> {
    await this.scale(namespace, name, 0);
    await this.rolledOut(namespace, name, 0);
    await this.noUsers(name, 60_000);
  }

  /** Replaces all pods of a Deployment: first there is none. */
  async anew(namespace: string, name: string, replicas: number): Promise<WatchedPod[]> {
    await this.none(namespace, name);
    await this.scale(namespace, name, replicas);
    return this.rolledOut(namespace, name, replicas);
  }

  /** Applies the patch that the synth wrote to a Deployment that somebody else owns. */
  async deployElsewhere(service: string, namespace: string, base: object): Promise<void> {
    const kubernetes = this.apiServer.client;
    await kubernetes.create(deploymentPath(namespace), base);
    const patch = parse(this.terraform.manifest(this.environment.name, `${service}.yaml`)) as unknown;
    await kubernetes.patch(
      deploymentPath(namespace, service),
      patch,
      "application/strategic-merge-patch+json",
    );
  }
}

function terraformOf(
  { directory, authority }: OwnCluster,
  place: string,
  token: string | undefined,
  reviewer: string,
): Terraform {
  return new Terraform({
    directory: path.join(directory, place),
    env: {
      ...offlineTerraform(directory),
      VAULT_TOKEN: token,
      VAULT_CACERT: authority.certificateFile,
      TF_VAR_reviewer_jwt: reviewer,
    },
  });
}

/** Two of the applications are the same image. */
function unique(images: readonly ImageOptions[]): ImageOptions[] {
  return [...new Map(images.map((image) => [image.name, image])).values()];
}

/** For the strategy `direct` Vault's login hands on what it holds itself. */
const LOGIN_WITHOUT_BOOTSTRAP_SQL = `
CREATE ROLE vault_admin_archive LOGIN CREATEROLE NOINHERIT;
GRANT SELECT ON letters TO vault_admin_archive WITH GRANT OPTION;
GRANT USAGE ON SCHEMA public TO vault_admin_archive WITH GRANT OPTION;`;

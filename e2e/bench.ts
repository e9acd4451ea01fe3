import fs from "node:fs";
import { noUsersOf, usersOf } from "./support/users";
import path from "node:path";
import { parse } from "yaml";
import { bootstrapInput } from "../lib/environment/derive";
import type { Environment } from "../lib/environment/environment";
import { renderBootstrapSql } from "../lib/postgres";
import { localImages } from "./application-image";
import { LOWEST } from "./doctor/terraform-providers";
import { ARCHIVE, benchEnvironment, SHOP, withLaterProviders } from "./environment";
import { Images } from "./pod-runner/images";
import { PodRunner } from "./pod-runner/pod-runner";
import type { RunningPod } from "./pod-runner/running-pod";
import { ARCHIVE_SCHEMA, SHOP_SCHEMA } from "./schema";
import { kubeconfig } from "./servers/kubeconfig";
import { reviewerJwt } from "./servers/reviewer";
import { scramVerifier } from "./servers/scram";
import { startServers, type Servers } from "./servers/servers";
import { makeStorefronts, type Storefronts } from "./storefronts";
import { majorVersion } from "./support/database";
import { deploymentPath } from "./support/kubernetes-paths";
import type { Teardown } from "./support/teardown";
import { eventually } from "./support/wait";
import { Terraform } from "./terraform";

/** First passwords of Vault's logins; unlike anything else, so that they are found wherever they leak. */
export const CANARIES = { shop: "canary-7f3a-shop-password", archive: "canary-7f3a-archive-password" };

/** The stacks in the order of apply. */
export const STACKS = { platform: "bench-platform", services: "bench" };

/** The servers, the cluster's one node and the environment under test. */
export class Bench {
  private constructor(
    readonly servers: Servers,
    readonly runner: PodRunner,
    readonly terraform: Terraform,
    readonly storefronts: Storefronts,
    /** What every plan and apply of the platform is given, where Terraform gives it to Vault. */
    readonly reviewerJwt: string,
    /** What is applied, or about to be. */
    public environment: Environment,
  ) {}

  static async start(directory: string, teardown: Teardown): Promise<Bench> {
    const storefronts = await makeStorefronts(directory);
    const servers = await startServers(directory, teardown);
    const kubernetes = servers.apiServer.client;
    const runner = new PodRunner({
      kubernetes,
      images: new Images([...localImages(), ...storefronts.images]),
      directory: path.join(directory, "pods"),
    });
    await runner.start();
    teardown.add("pod runner", () => runner.stop());
    const file = path.join(directory, "kubeconfig");
    fs.writeFileSync(file, kubeconfig("bench", servers.apiServer.url, servers.authority, servers.admin), {
      mode: 0o600,
    });
    const { vault } = servers;
    const jwt = await reviewerJwt(kubernetes);
    const terraform = new Terraform({
      directory: path.join(directory, "terraform"),
      env: {
        VAULT_TOKEN: vault.client.token,
        VAULT_CACERT: servers.authority.certificateFile,
        TF_VAR_reviewer_jwt: jwt,
      },
    });
    const environment = benchEnvironment(
      servers,
      file,
      await majorVersion(servers.postgres),
      storefronts.here,
    );
    const declared = LOWEST ? environment : withLaterProviders(environment);
    return new Bench(servers, runner, terraform, storefronts, jwt, declared);
  }

  get directory(): string {
    return this.servers.directory;
  }

  /** What an operator does: edits the literal and synthesizes. */
  async redeclare(environment: Environment): Promise<void> {
    this.environment = environment;
    await this.terraform.synthesize(environment);
  }

  /** What a DBA does before the first apply: databases, tables, bootstrap SQL, first passwords. */
  async prepareDatabases(): Promise<void> {
    const { postgres } = this.servers;
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
    const { postgres } = this.servers;
    await postgres.query(`ALTER ROLE vault_admin PASSWORD '${scramVerifier(CANARIES.shop)}'`);
    await postgres.query(`ALTER ROLE vault_admin_archive PASSWORD '${scramVerifier(CANARIES.archive)}'`);
  }

  /** Where all services are `direct`, nobody may run it. */
  async runBootstrapSql(): Promise<void> {
    const shop = this.environment.databases.find(({ name }) => name === SHOP);
    if (!shop) throw new Error("the environment has no database shop");
    const sql = renderBootstrapSql(bootstrapInput(this.environment, shop));
    await this.servers.postgres.query(sql, { database: SHOP });
  }

  /**
   * Writes the reviewer's JWT of a cluster to Vault, as the runbook of the first apply does for an external Vault.
   *
   * @param apiServer of the cluster whose pods log in at `authPath`
   */
  async configureReviewer(apiServer = this.servers.apiServer, authPath = "kubernetes"): Promise<void> {
    const { vault, authority } = this.servers;
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

  /** The users that Vault has made for a service and that PostgreSQL still knows, oldest first. */
  users(service = ""): Promise<string[]> {
    return usersOf(this.servers.postgres, service);
  }

  /** Waits until PostgreSQL knows no user of a service any more. */
  noUsers(service: string, timeoutMs = 30_000): Promise<void> {
    return noUsersOf(this.servers.postgres, service, timeoutMs);
  }

  /** The ids of the leases of a database role. */
  leases(role: string): Promise<string[]> {
    return this.servers.vault.client.list(`sys/leases/lookup/database/creds/${role}`);
  }

  pods(namespace: string, service: string): RunningPod[] {
    return this.runner.list(namespace, { "leasehold/service": service });
  }

  async scale(namespace: string, name: string, replicas: number): Promise<void> {
    await this.servers.apiServer.client.patch(deploymentPath(namespace, name), { spec: { replicas } });
  }

  /** Waits until a Deployment has that many available pods, and no others. */
  async rolledOut(
    namespace: string,
    name: string,
    replicas: number,
    timeoutMs = 90_000,
  ): Promise<RunningPod[]> {
    await eventually(
      `${replicas} available pods of ${namespace}/${name}`,
      async () => {
        const path = deploymentPath(namespace, name);
        const { status } = await this.servers.apiServer.client.get<{ status: Record<string, number> }>(path);
        const { availableReplicas = 0, replicas: all = 0, updatedReplicas = 0 } = status;
        const pods = this.pods(namespace, name);
        return [availableReplicas, all, updatedReplicas, pods.length].every((count) => count === replicas);
      },
      { timeoutMs, intervalMs: 100 },
    );
    return this.pods(namespace, name);
  }

  /** Applies the patch that the synth wrote to a Deployment that somebody else owns. */
  async deployElsewhere(service: string, namespace: string, base: object): Promise<void> {
    const kubernetes = this.servers.apiServer.client;
    await kubernetes.create(deploymentPath(namespace), base);
    const patch = parse(this.terraform.manifest(this.environment.name, `${service}.yaml`)) as unknown;
    await kubernetes.patch(
      deploymentPath(namespace, service),
      patch,
      "application/strategic-merge-patch+json",
    );
  }
}

/** For the strategy `direct` Vault's login hands on what it holds itself. */
const LOGIN_WITHOUT_BOOTSTRAP_SQL = `
CREATE ROLE vault_admin_archive LOGIN CREATEROLE NOINHERIT;
GRANT SELECT ON letters TO vault_admin_archive WITH GRANT OPTION;
GRANT USAGE ON SCHEMA public TO vault_admin_archive WITH GRANT OPTION;`;

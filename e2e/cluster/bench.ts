import { binary } from "../doctor/binaries";
import type { PostgresServer } from "../servers/postgres";
import { deploymentPath } from "../support/kubernetes-paths";
import { runOrThrow } from "../support/run";
import { noUsersOf, usersOf } from "../support/users";
import type { Terraform } from "../terraform";
import { kubectlEnvironment, type Cluster } from "./cluster";

/** What every bench has: a cluster, a PostgreSQL beside it, and Terraform for both. */
export abstract class ClusterBench<C extends Cluster = Cluster> {
  protected constructor(
    readonly cluster: C,
    readonly postgres: PostgresServer,
    readonly terraform: Terraform,
  ) {}

  get directory(): string {
    return this.cluster.directory;
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return runOrThrow(binary("kubectl"), args, { env: kubectlEnvironment(this.cluster) });
  }

  /** The users that Vault has made for a service and that PostgreSQL still knows, oldest first. */
  users(service = ""): Promise<string[]> {
    return usersOf(this.postgres, service);
  }

  /**
   * Waits until PostgreSQL knows no user of a service any more: for as long as a lease lasts and is drained where nothing is
   * said, for less where it must not be its end that ends them.
   */
  noUsers(service: string, timeoutMs = 90_000): Promise<void> {
    return noUsersOf(this.postgres, service, timeoutMs);
  }

  async scale(namespace: string, name: string, replicas: number): Promise<void> {
    await this.cluster.apiServer.client.patch(deploymentPath(namespace, name), { spec: { replicas } });
  }
}

import assert from "node:assert/strict";
import { readDifferences } from "../../cli/verify-database";
import { wholeOf } from "../../lib/environment/clusters";
import { bootstrapInput } from "../../lib/environment/derive";
import type { ClusterService, Database, MultiClusterEnvironment } from "../../lib/environment/environment";
import { renderBootstrapSql } from "../../lib/postgres";
import type { Bench } from "../bench";
import { borrowed } from "../environment";
import { APPLICATION_IMAGE } from "../images/bench";
import { startClusterBeside, type OwnCluster } from "../cluster/cluster";
import { WatchedPods, type WatchedPod } from "../cluster/watched-pods";
import { SHOP_SCHEMA } from "../schema";
import { scramVerifier } from "../servers/scram";
import { startInjector } from "../servers/injector";
import { freePorts } from "../support/ports";
import { Teardown } from "../support/teardown";
import { eventually, sleep } from "../support/wait";
import type { Terraform } from "../terraform";
import { PodsLoad } from "./load";
import type { Measurements, Scenario } from "./scenario";

const NAME = "regions";
const LOGIN = "vault_admin_regions";
const FIRST_PASSWORD = "canary-7f3a-regions-password";
/** The name by which pods reach the server that takes writes. */
const ENDPOINT = "direct";
const REPLICAS = 2;
/** Of the second cluster; the first one has those before it. */
const NODE = 3;
const INJECTOR_PORT = 8444;

const service = (name: string, clusters?: readonly string[]): ClusterService => ({
  name,
  namespace: NAME,
  ttl: { default: "20s", max: "60s" },
  drain: "3s",
  ...(clusters && { clusters }),
  access: [
    {
      database: NAME,
      endpoint: ENDPOINT,
      grants: [{ tables: ["orders"], privileges: ["SELECT"] }],
      pool: { max: 2 },
    },
  ],
  workload: {
    kind: "deployment",
    image: APPLICATION_IMAGE,
    args: ["/app/service.mjs"],
    replicas: REPLICAS,
    port: 8080,
    readiness: { kind: "http", path: "/ready", port: 8080 },
  },
});

/** Two clusters, each with an injector, on one Vault and one database. */
export const clusters: Scenario = {
  name: "clusters",
  title:
    "two clusters on one Vault and one database: a service leaves one of them, and no request fails in the other",
  async run(bench, measurements) {
    const teardown = new Teardown();
    try {
      await leavesOne(await Regions.start(bench, teardown), bench, measurements);
    } catch (error) {
      await teardown.run();
      throw error;
    }
    assert.deepEqual(await teardown.run(), []);
  },
};

async function leavesOne(regions: Regions, bench: Bench, measurements: Measurements): Promise<void> {
  await regions.apply([service("gateway"), service("relay")]);
  for (const stack of regions.stacks) await regions.terraform.assertNothingToDo(stack);
  const usersOf = async (name: string) => (await bench.users(name)).length;
  await eventually(
    "a user for each pod of both clusters",
    async () => (await usersOf("relay")) === 2 * REPLICAS,
  );
  const kept = regions.stacks.filter((stack) => !stack.startsWith(`${NAME}-two`));
  await regions.synthesize([service("gateway"), service("relay", ["one"])]);
  // After the synth, which takes the thread for seconds that those who ask would be late by.
  const load = new PodsLoad(() => [
    ...regions.pods("one", "gateway"),
    ...regions.pods("one", "relay"),
    ...regions.pods("two", "gateway"),
  ]);
  for (const stack of kept) await regions.terraform.assertNothingToDo(stack, `${stack} would change`);
  await regions.terraform.apply(`${NAME}-two`);
  await eventually(
    "end of the users in the one that it has left",
    async () => (await usersOf("relay")) === REPLICAS,
    { timeoutMs: 60_000 },
  );
  // Every credential that there is now is gone by then, and another one is in its place.
  await sleep(65_000);
  await load.stop();
  measurements.note("requests to both clusters meanwhile, and failed", load.summary());
  assert.deepEqual(load.failures, []);
  // In the overlap a pod has two.
  await eventually(
    "a user for each pod of the one that is left",
    async () => (await usersOf("relay")) === REPLICAS,
  );
}

/** The environment in both clusters. */
class Regions {
  /** In the order of apply. */
  stacks: string[] = [];

  private constructor(
    private readonly bench: Bench,
    private readonly second: OwnCluster,
    private readonly secondPods: WatchedPods,
    readonly terraform: Terraform,
    private readonly teardown: Teardown,
    private readonly deadPort: number,
  ) {}

  static async start(bench: Bench, teardown: Teardown): Promise<Regions> {
    const { postgres, vault } = bench;
    const second = await startClusterBeside(bench.cluster, { context: "two", node: NODE }, teardown);
    const injector = await startInjector(second, INJECTOR_PORT, vault.address);
    teardown.add("injector of two", () => injector.stop());
    const secondPods = await WatchedPods.start(second);
    teardown.add("watch of the pods of two", () => secondPods.stop());
    const terraform = bench.terraformIn(NAME, vault.client.token);
    await postgres.query(`CREATE DATABASE ${NAME}`);
    teardown.add("database", async () => {
      await postgres.query(`DROP DATABASE ${NAME}`);
      await postgres.query(`DROP ROLE "gateway-${NAME}"; DROP ROLE "relay-${NAME}"; DROP ROLE ${LOGIN}`);
    });
    await postgres.query(SHOP_SCHEMA, { database: NAME });
    const [deadPort] = await freePorts(1);
    return new Regions(bench, second, secondPods, terraform, teardown, deadPort!);
  }

  pods(cluster: "one" | "two", name: string): WatchedPod[] {
    const pods = cluster === "one" ? this.bench.watched : this.secondPods;
    return pods.list(NAME, { "leasehold/service": name });
  }

  async synthesize(services: readonly ClusterService[]): Promise<MultiClusterEnvironment> {
    const environment = this.environment(services);
    this.stacks = await this.terraform.synthesize(environment);
    return environment;
  }

  /** From an empty database to pods in both clusters. */
  async apply(services: readonly ClusterService[]): Promise<void> {
    const environment = await this.synthesize(services);
    await this.bootstrap(environment);
    const { apiServer } = this.second;
    for (const stack of this.stacks) {
      await this.terraform.apply(
        stack,
        stack === `${NAME}-platform` ? { regions_password: FIRST_PASSWORD } : {},
      );
      this.teardown.add(stack, () => this.terraform.destroy(stack));
      if (stack === `${NAME}-one-platform`) await this.bench.configureReviewer(undefined, "kubernetes-one");
      if (stack === `${NAME}-two-platform`) await this.bench.configureReviewer(apiServer, "kubernetes-two");
    }
  }

  private async bootstrap(environment: MultiClusterEnvironment): Promise<void> {
    const { postgres } = this.bench;
    const [database] = environment.databases;
    const input = bootstrapInput(wholeOf(environment), database!);
    await postgres.query(renderBootstrapSql(input), { database: NAME });
    await postgres.query(`ALTER ROLE ${LOGIN} PASSWORD '${scramVerifier(FIRST_PASSWORD)}'`);
    assert.deepEqual(await readDifferences(input, postgres.superuser(NAME)), []);
  }

  private environment(services: readonly ClusterService[]): MultiClusterEnvironment {
    const { cluster, services: _, databases, vault: __, ...common } = this.bench.environment;
    const [shop] = databases;
    const { apiServer, kubeconfigFile } = this.second;
    return {
      ...common,
      name: NAME,
      clusters: [
        { name: "one", ...cluster },
        {
          name: "two",
          ...cluster,
          connection: { kind: "kubeconfig", context: "two", path: kubeconfigFile },
          apiServer: apiServer.url,
        },
      ],
      vault: { ...borrowed(this.bench.environment), mountPath: NAME },
      guardrails: { ...common.guardrails, auditDevices: 0 },
      databases: [this.failingOver(shop!)],
      services,
    };
  }

  /** Of two servers the first one is down, as after a failover: Vault takes the other, and pods go by a name. */
  private failingOver(shop: Database): Database {
    const { host, port } = this.bench.postgres;
    return {
      ...shop,
      name: NAME,
      database: NAME,
      username: LOGIN,
      port: this.deadPort,
      failover: [{ host, port }],
      endpoints: [{ name: ENDPOINT, kind: "primary", host, port }],
    };
  }
}

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import type { Environment } from "../../lib/environment/environment";
import { relaxed } from "../../lib/environment/guardrails";
import { anyDeclaration } from "../../test/support/any-declaration";
import type { Scenario } from "../scenarios/scenario";
import type { KubernetesClient } from "../servers/kubernetes-client";
import { Terraform, type Variables } from "../terraform";
import { CommandFailed, wholeFailure } from "../support/failure";
import { errorMessage, eventually } from "../support/wait";
import type { DrawnBench } from "./bench";
import { withoutNeighbours, type StackJson } from "./neighbours";

interface Owned {
  readonly metadata: { readonly uid: string; readonly ownerReferences?: readonly { readonly uid: string }[] };
}

interface Event {
  readonly reason: string;
  readonly message: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

/** Nothing that leasehold renders is refused by what it is rendered for. */
export const drawnEnvironments: Scenario<DrawnBench> = {
  name: "drawn-environments",
  title: "environments drawn at random are taken by Vault and the API server, and second plans are empty",
  async run(bench, measurements) {
    const { client } = bench.servers.apiServer;
    await createWhatPodsName(client);
    const seed = wholeNumber("E2E_SEED", 20_261_130);
    const numRuns = wholeNumber("E2E_DRAWN", 8);
    const failures = new Map<number, unknown>();
    let stacks = 0;
    for (const [index, drawn] of fc.sample(anyDeclaration, { seed, numRuns }).entries()) {
      const terraform = new Terraform({
        directory: path.join(bench.directory, `drawn-${index}`),
        env: bench.env,
        ...(bench.chart !== undefined && { chart: bench.chart }),
      });
      try {
        stacks += await applied(bench, terraform, environmentOf(drawn, bench));
      } catch (error) {
        failures.set(index, error);
      }
    }
    const chart = bench.chart === undefined ? ", none of Vault's: there is no chart" : "";
    measurements.note(`${numRuns} environments`, `${stacks} stacks applied${chart}`);
    if (failures.size === 0) return;
    throw new CommandFailed(
      [...failures]
        .map(([index, error]) => `environment ${index} of seed ${seed}: ${errorMessage(error)}`)
        .join("\n"),
      [...failures.values()].map(wholeFailure).join("\n"),
    );
  },
};

/** What a variable says of which environments are drawn. */
function wholeNumber(variable: string, otherwise: number): number {
  const text = process.env[variable] ?? String(otherwise);
  if (!/^\d{1,9}$/.test(text))
    throw new Error(`${variable} must be a whole number of at most 9 digits, got "${text}"`);
  return Number(text);
}

/** What pods name that no environment renders. */
async function createWhatPodsName(client: KubernetesClient): Promise<void> {
  const priority = { metadata: { name: "business-critical" }, value: 1000 };
  await client.ensure("/apis/scheduling.k8s.io/v1/priorityclasses", priority);
  const runtime = { metadata: { name: "gvisor" }, handler: "runsc" };
  await client.ensure("/apis/node.k8s.io/v1/runtimeclasses", runtime);
}

/** Its own cluster and state are elsewhere, and nothing of it is anybody's. */
function environmentOf(drawn: Environment, { kubeconfigFile }: DrawnBench): Environment {
  return {
    ...drawn,
    guardrails: relaxed,
    state: { kind: "local" },
    cluster: {
      ...drawn.cluster,
      connection: { kind: "kubeconfig", context: "bench", path: kubeconfigFile },
    },
  };
}

/** Applied from nothing, planned, and taken away; how many stacks there were. */
async function applied(bench: DrawnBench, terraform: Terraform, environment: Environment): Promise<number> {
  const { client } = bench.servers.apiServer;
  const all = (await terraform.synthesize(environment)).map((stack) => prepare(terraform, stack));
  const taken = all.filter((stack) => bench.chart !== undefined || !isVault(stack));
  for (const stack of taken.filter(isVault)) await comesAndGoes(terraform, [stack]);
  const others = taken.filter((stack) => !isVault(stack));
  await createNamespaces(client, environment);
  await comesAndGoes(terraform, others, () => assertNoPodIsRefused(client));
  return taken.length;
}

interface Prepared {
  readonly stack: string;
  readonly json: StackJson;
  readonly variables: Variables;
}

/** Gone before there are pods: its webhook would have each of them wait for an injector that runs nowhere. */
function isVault({ json }: Prepared): boolean {
  return "helm_release" in json.resource;
}

async function comesAndGoes(
  terraform: Terraform,
  stacks: readonly Prepared[],
  look: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const goes = async () => {
    for (const { stack } of [...stacks].reverse()) await terraform.destroy(stack);
  };
  try {
    for (const { stack, variables } of stacks) {
      await terraform.apply(stack, variables);
      await terraform.assertNothingToDo(stack, `the second plan of ${stack} is not empty`, variables);
    }
    await look();
  } catch (error) {
    // What went wrong first is what is told.
    await goes().catch(() => undefined);
    throw error;
  }
  await goes();
}

/** Writes the stack without its neighbours. */
function prepare(terraform: Terraform, stack: string): Prepared {
  const file = path.join(terraform.stackDirectory(stack), "cdk.tf.json");
  const json = withoutNeighbours(JSON.parse(fs.readFileSync(file, "utf8")) as StackJson);
  fs.writeFileSync(file, JSON.stringify(json));
  const variables = Object.keys(json.variable ?? {}).map((name) => [name, "drawn-password"]);
  return { stack, json, variables: Object.fromEntries(variables) as Variables };
}

/** Of an environment whose namespaces somebody else makes. */
async function createNamespaces(client: KubernetesClient, { cluster, services }: Environment): Promise<void> {
  if (cluster.namespaces?.kind !== "existing") return;
  for (const name of new Set(services.map(({ namespace }) => namespace)))
    await client.ensure("/api/v1/namespaces", { metadata: { name } });
}

/** Each workload has a pod, or a controller says why admission takes none. */
async function assertNoPodIsRefused(client: KubernetesClient): Promise<void> {
  const refused = async () =>
    (await client.list<Event>("/api/v1/events")).filter(({ reason }) => reason === "FailedCreate");
  await eventually(
    "pod of each workload",
    async () => (await haveAllPods(client)) || (await refused()).length > 0,
  );
  const events = await refused();
  for (const { metadata } of events)
    await client.delete(`/api/v1/namespaces/${metadata.namespace}/events/${metadata.name}`);
  assert.deepEqual(
    events.map(({ involvedObject, message }) => `${involvedObject.kind} ${involvedObject.name}: ${message}`),
    [],
  );
}

/** DaemonSets have none without a node, and CronJobs wait for their hour. */
const OWNERS = ["/apis/apps/v1/replicasets", "/apis/apps/v1/statefulsets", "/apis/batch/v1/jobs"];

async function haveAllPods(client: KubernetesClient): Promise<boolean> {
  const pods = await client.list<Owned>("/api/v1/pods");
  const owners = new Set(
    pods.flatMap(({ metadata }) => metadata.ownerReferences ?? []).map(({ uid }) => uid),
  );
  const all = await Promise.all(OWNERS.map((each) => client.list<Owned>(each)));
  return all.flat().every(({ metadata }) => owners.has(metadata.uid));
}

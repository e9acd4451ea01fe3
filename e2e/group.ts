import { Bench } from "./bench";
import { providersBeforehand } from "./doctor/terraform-providers";
import { startDrawn } from "./drawn/bench";
import { drawnEnvironments } from "./drawn/scenario";
import { NodesBench } from "./nodes/bench";
import { nodesScenarios } from "./nodes/scenarios";
import { nodesQuickstart } from "./nodes/scenarios/10-quickstart";
import { nodesExistingCluster } from "./nodes/scenarios/11-existing-cluster";
import { startLaptop, startSomebodys } from "./nodes/laptop";
import { scenarios } from "./scenarios";
import { runScenarios, type Choice, type Outcome } from "./scenarios/run";
import type { Scenario } from "./scenarios/scenario";
import { buildStorefronts } from "./storefronts";
import type { Teardown } from "./support/teardown";
import type { Enclosed } from "./enclosure";

/** Scenarios on one bench, which are run in an enclosure of their own. */
export interface Group extends Enclosed {
  readonly scenarios: readonly string[];
  run(directory: string, choice: Choice, logs: string, teardown: Teardown): Promise<Outcome>;
}

interface GroupOptions<B> extends Enclosed {
  readonly scenarios: readonly Scenario<B>[];
  readonly start: (directory: string, teardown: Teardown) => Promise<B>;
}

function groupOf<B extends { readonly directory: string }>({
  scenarios,
  start,
  ...enclosed
}: GroupOptions<B>): Group {
  return {
    ...enclosed,
    scenarios: scenarios.map(({ name }) => name),
    run: async (directory, choice, logs, teardown) =>
      runScenarios(scenarios, choice, await start(directory, teardown), logs),
  };
}

const existing = process.env.E2E_KUBECONFIG ? "existing" : "own";

/**
 * What runs side by side, each in the order in which it runs: most of either is waiting for a lease or a pod, and each has machines
 * and a network of its own. Where a cluster is named, the only group is that which can run on it.
 */
export const lanes: readonly (readonly Group[])[] = [
  [
    groupOf({
      group: "servers",
      network: "own",
      leftovers: "everywhere",
      prepare: async (directory) => {
        await providersBeforehand(directory);
        await buildStorefronts(directory);
      },
      scenarios,
      start: Bench.start,
    }),
  ],
  [
    groupOf({
      group: "nodes",
      ...(existing === "own"
        ? { network: "own", leftovers: "everywhere" }
        : { network: "machine", leftovers: "ours" }),
      prepare: providersBeforehand,
      scenarios: nodesScenarios,
      start: NodesBench.start,
    }),
    groupOf({
      group: "laptop",
      network: "own",
      leftovers: "everywhere",
      prepare: providersBeforehand,
      scenarios: [nodesQuickstart],
      start: startLaptop,
    }),
    groupOf({
      group: "somebodys",
      network: "own",
      leftovers: "everywhere",
      prepare: providersBeforehand,
      scenarios: [nodesExistingCluster],
      start: startSomebodys,
    }),
    groupOf({
      group: "drawn",
      network: "own",
      leftovers: "everywhere",
      prepare: providersBeforehand,
      scenarios: [drawnEnvironments],
      start: startDrawn,
    }),
  ],
]
  .map((lane) => lane.filter(({ group }) => existing === "own" || group === "nodes"))
  .filter((lane) => lane.length > 0);

export const groups = lanes.flat();

import assert from "node:assert/strict";
import type { Scenario } from "../../scenarios/scenario";
import { HttpJson } from "../../support/http-json";
import { sleep } from "../../support/wait";
import type { NodesBench } from "../bench";
import { needsOwnCluster } from "../existing-cluster";
import { ETCD_PORT } from "../../cluster/control-plane";
import { underLoad } from "../failing";
import { podsOf, readyPods, restartsOf } from "../../cluster/pods";

const AWAY_MS = 120_000;

/** The API server and its storage, while the example answers requests. */
export const nodesControlPlaneFails: Scenario<NodesBench> = {
  name: "nodes-control-plane-fails",
  title: "the API server is down for two minutes, through two renewals of each lease; etcd is compacted",
  needs: needsOwnCluster,
  async run(bench, measurements) {
    const before = restartsOf(await readyPods(bench, "storefront", 3));
    await underLoad(bench, measurements, "API server down for 2 min", "none", () => apiServerDown(bench));
    assert.deepEqual(restartsOf(await podsOf(bench, "storefront")), before, "a container was restarted");
    await newPodAfter(
      bench,
      "orders",
      measurements.add.bind(measurements, "API server back: until a new pod is ready"),
    );
    await underLoad(bench, measurements, "etcd compacted", "none", () => compact(bench));
  },
};

async function apiServerDown(bench: NodesBench): Promise<void> {
  const { apiServer } = bench.ownCluster;
  await apiServer.stop();
  await sleep(AWAY_MS);
  await apiServer.start();
}

async function newPodAfter(
  bench: NodesBench,
  service: string,
  measured: (seconds: number, unit: string) => void,
): Promise<void> {
  const startedAt = Date.now();
  await bench.scale("shop", service, 4);
  await readyPods(bench, service, 4);
  measured((Date.now() - startedAt) / 1000, "s");
  await bench.scale("shop", service, 3);
  await readyPods(bench, service, 3);
}

/** Everything that anybody watched from before now has to be listed anew. */
async function compact(bench: NodesBench): Promise<void> {
  const etcd = new HttpJson({ baseUrl: `http://127.0.0.1:${ETCD_PORT}` });
  const { body } = await etcd.request("POST", "/v3/kv/range", { key: Buffer.from("/").toString("base64") });
  const { revision } = (body as { header: { revision: string } }).header;
  const { status } = await etcd.request("POST", "/v3/kv/compaction", { revision, physical: true });
  etcd.close();
  assert.equal(status, 200, "etcd was not compacted");
  await bench.scale("shop", "orders", 4);
  await readyPods(bench, "orders", 4);
  await bench.scale("shop", "orders", 3);
  await readyPods(bench, "orders", 3);
}

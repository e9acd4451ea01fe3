import fs from "node:fs";
import http, { type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import type { OwnCluster } from "../../e2e/cluster/cluster";
import type { Pod } from "../../e2e/cluster/pods";
import { textOf, WatchedPods } from "../../e2e/cluster/watched-pods";
import { KubernetesClient } from "../../e2e/servers/kubernetes-client";
import { eventually } from "../../e2e/support/wait";

const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-watched-pods-"));
let listed: Pod[] = [];
let watch: ServerResponse | undefined;
/** As much of an API server as a watch needs. */
const server = http.createServer((request, response) => {
  if (request.url?.includes("watch=true")) watch = response.writeHead(200);
  else response.end(JSON.stringify({ metadata: { resourceVersion: "1" }, items: listed }));
  watch?.flushHeaders();
});
const logDirectory = ({ uid }: { uid: string }) => path.join(directory, "logs", uid);
let cluster: OwnCluster;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = new KubernetesClient({ baseUrl: `http://127.0.0.1:${port}` });
  const nodes = [{ name: "node-1", kubelet: { logDirectory } }];
  cluster = { directory, nodes, apiServer: { client } } as unknown as OwnCluster;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  fs.rmSync(directory, { recursive: true });
});

function pod(name: string, restartCount = 0, deletionTimestamp?: string): Pod {
  return {
    metadata: { name, namespace: "shop", uid: `uid-${name}`, labels: { of: "orders" }, deletionTimestamp },
    spec: { nodeName: "node-1", containers: [{ name: "orders" }] },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [{ name: "orders", ready: true, restartCount, lastState: {} }],
    },
  } as unknown as Pod;
}

function writeLog(name: string, run: number, text: string): void {
  const container = path.join(logDirectory({ uid: `uid-${name}` }), "orders");
  fs.mkdirSync(container, { recursive: true });
  fs.writeFileSync(path.join(container, `${run}.log`), `2026-01-01T00:00:00.0Z stdout F ${text}\n`);
}

const tell = (type: string, object: Pod) => watch?.write(`${JSON.stringify({ type, object })}\n`);

test("a pod is known from when the API server tells of it until it is gone, and its logs longer", async () => {
  writeLog("a", 0, "first");
  listed = [pod("a")];
  const pods = await WatchedPods.start(cluster);
  const [a] = pods.list("shop", { of: "orders" });
  expect([a?.isReady, a?.isTerminating, a?.container("orders").restarts]).toEqual([true, false, 0]);
  expect(pods.list("shop", { of: "billing" })).toEqual([]);
  await eventually("watch", () => watch !== undefined);

  writeLog("a", 1, "second");
  tell("MODIFIED", pod("a", 1));
  tell("ADDED", pod("b"));
  await eventually("second pod", () => pods.list("shop").length === 2);
  expect(pods.list("shop")[0]).toBe(a);
  expect(a?.container("orders").restarts).toBe(1);
  expect(a?.container("orders").log).toBe("first\nsecond\n");

  tell("MODIFIED", pod("a", 1, "2026-01-01T00:00:00Z"));
  await eventually("end of the first pod", () => a?.isTerminating);
  expect([a?.isReady, a?.removedAt]).toEqual([false, undefined]);
  tell("DELETED", pod("a", 1));
  await eventually("no first pod", () => pods.list("shop").length === 1);
  fs.rmSync(logDirectory({ uid: "uid-a" }), { recursive: true });
  expect(a?.removedAt).toBeInstanceOf(Date);
  expect(a?.container("orders").log).toBe("first\nsecond\n");

  // The API server ends a watch now and then: what has happened meanwhile is in the list.
  listed = [pod("c")];
  const before = watch;
  watch?.end();
  await eventually(
    "pods of the list",
    () =>
      pods
        .list("shop")
        .map(({ name }) => name)
        .join() === "c",
  );
  await eventually("another watch", () => watch !== before);
  await pods.stop();
});

test("what a container has written is put together of the lines of its runtime", () => {
  const at = "2026-01-01T00:00:00.0Z";
  expect(textOf(`${at} stdout F one\n${at} stderr P a long \n${at} stderr F line\n${at} stdout F \n`)).toBe(
    "one\na long line\n\n",
  );
  expect(textOf(`${at} stdout F half`)).toBe("");
});

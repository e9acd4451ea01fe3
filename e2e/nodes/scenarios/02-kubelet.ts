import assert from "node:assert/strict";
import { events } from "../../scenarios/application-log";
import { drops } from "../../scenarios/postgres-log";
import type { Measurements, Scenario } from "../../scenarios/scenario";
import { KubernetesError } from "../../servers/kubernetes-client";
import { deploymentPath, podsPath } from "../../support/kubernetes-paths";
import { eventually } from "../../support/wait";
import type { NodesBench } from "../bench";
import { APPLICATION_IMAGE } from "../../images/bench";
import { AGENT, execIn, FollowedLog, isReady, readyPods, type Pod } from "../../cluster/pods";

const MEBIBYTE = 1 << 20;
/** What the agent requests, as it is rendered. */
const AGENT_REQUEST = 64 * MEBIBYTE;

/** What a process in a namespace cannot show of a pod, and a container can. */
export const nodesKubelet: Scenario<NodesBench> = {
  name: "nodes-kubelet",
  title:
    "the restricted level, seccomp and a read-only root in every container; start, end and memory of a pod",
  async run(bench, measurements) {
    const pods = await readyPods(bench, "orders", 3);
    await assertEnforced(bench);
    for (const pod of pods) for (const name of ["orders", AGENT]) await assertConfined(bench, pod, name);
    await measureMemory(bench, pods, measurements);
    await measureEnd(bench, pods[0] as Pod, measurements);
    await readyPods(bench, "orders", 3);
    await measureStart(bench, measurements);
  },
};

/** A pod that asks for nothing is too much for the namespace that leasehold renders. */
async function assertEnforced({ cluster: { apiServer } }: NodesBench): Promise<void> {
  const pod = {
    metadata: { name: "intruder" },
    spec: { containers: [{ name: "intruder", image: APPLICATION_IMAGE }] },
  };
  await assert.rejects(
    apiServer.client.create(`${podsPath("shop")}?dryRun=All`, pod),
    (error) =>
      error instanceof KubernetesError && error.message.includes('violates PodSecurity "restricted:'),
  );
}

/** By what the kernel says of the container's first process. */
async function assertConfined(bench: NodesBench, pod: Pod, container: string): Promise<void> {
  const where = `${pod.metadata.name}, ${container}`;
  const { stdout } = await execIn(bench, pod, container, ["cat", "/proc/1/status"]);
  const status = new Map(stdout.split("\n").map((line) => line.split(":\t") as [string, string]));
  const confined = ["Seccomp", "NoNewPrivs", "CapEff", "CapBnd"].map((key) => Number(status.get(key)));
  assert.deepEqual(confined, [2, 1, 0, 0], `seccomp, privileges and capabilities of ${where}`);
  const { code, stderr } = await execIn(bench, pod, container, ["touch", "/intruder"]);
  assert.notEqual(code, 0, `the root of ${where} can be written`);
  assert.match(stderr, /Read-only file system/, where);
}

/** With one file the pods that are rendered; with more a pod of the same kind, whose agent has as many credentials. */
async function measureMemory(
  bench: NodesBench,
  pods: readonly Pod[],
  measurements: Measurements,
): Promise<void> {
  const withOne = await Promise.all(pods.map((pod) => memoryOf(bench, pod)));
  for (const [files, used] of [
    [1, withOne],
    [3, [await memoryWith(bench, 3)]],
    [10, [await memoryWith(bench, 10)]],
  ] as const) {
    const mebibytes = used.map((bytes) => bytes / MEBIBYTE);
    measurements.add(`memory of an agent, files: ${files}`, mebibytes, "MiB");
    for (const bytes of used)
      assert.ok(
        bytes < AGENT_REQUEST,
        `with ${files} files the agent uses ${bytes} bytes, more than it requests`,
      );
  }
}

/** What is the agent's alone: pages of its program are the node's, and go when somebody needs the memory. */
async function memoryOf(bench: NodesBench, pod: Pod): Promise<number> {
  const { stdout } = await execIn(bench, pod, AGENT, [
    ...["sh", "-c", "cat /sys/fs/cgroup/memory/memory.stat 2>/dev/null || cat /sys/fs/cgroup/memory.stat"],
  ]);
  return Number(/^(?:total_rss|anon) (\d+)$/m.exec(stdout)?.[1]);
}

/** The pod of the Deployment with more files, each from a credential of its own: a query makes it another path for the agent. */
async function memoryWith(bench: NodesBench, files: number): Promise<number> {
  const { client } = bench.cluster.apiServer;
  const deployment = await client.get<{
    spec: { template: { metadata: { annotations: Record<string, string> }; spec: Record<string, unknown> } };
  }>(deploymentPath("shop", "orders"));
  const { metadata, spec } = deployment.spec.template;
  const more = Array.from({ length: files - 1 }, (_, index) => `more${index}`).flatMap((name) => {
    const read = `{{- with secret "database/creds/orders-shop?file=${name}" -}}{{ .Data | toJSON }}{{- end }}`;
    return [
      [`vault.hashicorp.com/agent-inject-secret-${name}`, "database/creds/orders-shop"],
      [`vault.hashicorp.com/agent-inject-template-${name}`, read],
    ];
  });
  const name = `files-${files}`;
  const annotations = { ...metadata.annotations, ...Object.fromEntries(more) };
  await client.create(podsPath("shop"), { metadata: { name, annotations }, spec });
  const path = podsPath("shop", name);
  const pod = await eventually(
    `pod with ${files} files`,
    async () => {
      const found = await client.get<Pod>(path);
      const { stdout } = await execIn(bench, found, AGENT, ["ls", "/vault/secrets"]);
      return stdout.trim().split("\n").length === files && isReady(found) && found;
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
  const used = await memoryOf(bench, pod);
  await client.delete(path);
  return used;
}

/** TERM, the application works on until its drain is over, the agent revokes, the user is gone. */
async function measureEnd(bench: NodesBench, pod: Pod, measurements: Measurements): Promise<void> {
  const application = new FollowedLog(bench, pod, "orders");
  const user = await eventually("user of the pod", () => events(application, "connected").at(-1)?.user);
  await bench.cluster.apiServer.client.delete(podsPath("shop", pod.metadata.name));
  await application.ended;
  const [stopping] = events(application, "stopping");
  const [drained] = events(application, "drained");
  assert.ok(stopping && drained, "the application was killed before it had drained");
  const errors = events(application, "error").filter(({ at }) => at >= stopping.at);
  assert.deepEqual(errors, [], "a query failed during the drain");
  const last = drained.user ?? user;
  const droppedAt = await eventually(`drop of ${last}`, () => drops(bench).get(last));
  assert.ok(
    droppedAt.getTime() >= Date.parse(drained.at),
    "the user was dropped while the application drained",
  );
  const seconds = (from: string, to: number) => (to - Date.parse(from)) / 1000;
  measurements.add("TERM to drained", seconds(stopping.at, Date.parse(drained.at)), "s");
  measurements.add("drained to user dropped", seconds(drained.at, droppedAt.getTime()), "s");
}

/** One pod more, beside one of the same image and probe that nobody injects. */
async function measureStart(bench: NodesBench, measurements: Measurements): Promise<void> {
  const { client } = bench.cluster.apiServer;
  let startedAt = Date.now();
  await client.create(podsPath("shop"), BARE_POD);
  const path = podsPath("shop", BARE_POD.metadata.name);
  await eventually("ready pod without an agent", async () => isReady(await client.get<Pod>(path)), {
    timeoutMs: 120_000,
  });
  measurements.add("created to ready, without an agent", (Date.now() - startedAt) / 1000, "s");
  await client.delete(path);
  startedAt = Date.now();
  await bench.scale("shop", "orders", 4);
  await readyPods(bench, "orders", 4);
  measurements.add("created to ready, with agent and credentials", (Date.now() - startedAt) / 1000, "s");
  await bench.scale("shop", "orders", 3);
  await readyPods(bench, "orders", 3);
}

const BARE_POD = {
  metadata: { name: "bare" },
  spec: {
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "bare",
        image: APPLICATION_IMAGE,
        args: ["-e", "require('http').createServer((request, response) => response.end()).listen(8080)"],
        readinessProbe: { httpGet: { path: "/ready", port: 8080 }, periodSeconds: 10, timeoutSeconds: 5 },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          readOnlyRootFilesystem: true,
          runAsUser: 10001,
        },
      },
    ],
  },
};

import assert from "node:assert/strict";
import type { Bench } from "../bench";
import { eventually, sleep } from "../support/wait";
import type { Scenario } from "./scenario";

const WEBHOOK =
  "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/vault-agent-injector-cfg";

/** No pod without credentials ever serves: it is refused, or where it is let through it never gets ready. */
export const injectorDown: Scenario = {
  name: "injector-down",
  title: "the injector is down while pods start: refused under Fail, never ready under Ignore",
  async run(bench, measurements) {
    const { injector } = bench;
    await bench.rolledOut("shop", "orders", 3);
    const before = await refusals(bench);
    try {
      await injector.stop();
      await startsWithout(bench, before);
    } finally {
      await setFailurePolicy(bench, "Fail");
      await injector.start();
      await bench.scale("shop", "orders", 3);
    }
    await bench.rolledOut("shop", "orders", 3);
    assert.equal(
      bench.pods("shop", "orders").some(({ initContainers }) => initContainers.length === 0),
      false,
      "Kubernetes kept the pod that was not ready",
    );
    measurements.note("without the injector", "Fail: no pod; Ignore: a pod that is never ready");
  },
};

async function startsWithout(bench: Bench, before: readonly string[]): Promise<void> {
  await bench.scale("shop", "orders", 4);
  const refusal = await eventually("refusal of the fourth pod", async () =>
    (await refusals(bench)).find((each) => !before.includes(each)),
  );
  assert.match(refusal, /failed calling webhook "vault.hashicorp.com"/);
  assert.equal(bench.pods("shop", "orders").length, 3);
  await setFailurePolicy(bench, "Ignore");
  const fourth = await eventually("pod without an agent", () => bench.pods("shop", "orders")[3], {
    timeoutMs: 60_000,
  });
  await eventually("start of its application", () => fourth.container("orders").isRunning);
  await sleep(5_000);
  assert.equal(fourth.initContainers.length, 0, "the pod was injected");
  assert.equal(fourth.container("orders").ready, false, "a pod without credentials is ready");
}

async function setFailurePolicy({ apiServer }: Bench, failurePolicy: "Fail" | "Ignore"): Promise<void> {
  const { client } = apiServer;
  const { webhooks } = await client.get<{ webhooks: object[] }>(WEBHOOK);
  await client.patch(WEBHOOK, { webhooks: webhooks.map((webhook) => ({ ...webhook, failurePolicy })) });
}

/** The events by which a ReplicaSet tells that a pod was not admitted, each with how often it was so. */
async function refusals({ apiServer }: Bench): Promise<string[]> {
  const events = await apiServer.client.list<{
    reason: string;
    message: string;
    count?: number;
    metadata: { uid: string };
  }>("/api/v1/namespaces/shop/events");
  return events
    .filter(({ reason }) => reason === "FailedCreate")
    .map(({ message, count, metadata }) => `${message} (${metadata.uid}, ${count} times)`);
}

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { CONTROL_PLANE } from "../../cluster/addresses";
import { AGENT, execIn, isReady, podsOf, readyPods, statusOf, type Pod } from "../../cluster/pods";
import { findBinary, policyPrograms } from "../../doctor/binaries";
import { APPLICATION_IMAGE } from "../../images/bench";
import { events } from "../../scenarios/application-log";
import type { Measurements, Scenario } from "../../scenarios/scenario";
import { pageBlocks } from "../../support/page-blocks";
import { podsPath } from "../../support/kubernetes-paths";
import { eventually } from "../../support/wait";
import type { NodesBench } from "../bench";
import { PolicyEnforcer, rulesLeft } from "../enforcer";
import { needsOwnCluster } from "../existing-cluster";
import { underLoad } from "../failing";
import { fromPod, OutsideMachine, type Somewhere } from "../reachable";
import { activeServer, killActive, replaceServer, servers, threeVoters } from "../vault-servers";

const PAGE = "docs/network-policies.md";
const ELSEWHERE = "elsewhere";
/** Of `clientCidrs`, and not. */
const CLIENT = "192.0.2.10";
const STRANGER = "198.51.100.10";

/** What may be asked of a server of Vault: the API, its metrics, and what servers ask each other. */
const OPEN = ["connected", "answered", "connected"];
const AS_CLIENT = ["connected", "answered", "ECONNREFUSED"];
const CLOSED = ["ECONNREFUSED", "ECONNREFUSED", "ECONNREFUSED"];

/** The other two may need all of it to elect one. */
const KILLED = "beyond what a pod survives";

/** Everywhere else of the bench a policy is an object that nobody reads. */
export const nodesNetworkPolicy: Scenario<NodesBench> = {
  name: "nodes-network-policy",
  title:
    "network policies that are enforced: who reaches Vault, what goes on under them, and closed namespaces by the page",
  needs: () => needsOwnCluster() ?? missingPrograms(),
  async run(bench, measurements) {
    await readyPods(bench, "storefront", 3);
    const intruder = await startIntruder(bench);
    const outside = await OutsideMachine.start([CLIENT, STRANGER]);
    try {
      const who = { client: someClient(bench), intruder, outside };
      await everybodyReaches(bench, who);
      const enforcer = await PolicyEnforcer.start(bench.ownCluster);
      try {
        await onlyClientsReach(bench, who, enforcer);
        await goesOn(bench, measurements);
        await cutsOff(bench, measurements);
        await closedNamespaces(bench, measurements);
      } finally {
        await enforcer.stop();
      }
      assert.deepEqual(await rulesLeft(), [], "the enforcer has left something");
      await everybodyReaches(bench, who);
    } finally {
      outside.stop();
      await bench.kubectl("delete", "namespace", ELSEWHERE);
    }
  },
};

function missingPrograms(): string | undefined {
  const missing = policyPrograms.filter(({ name }) => findBinary(name) === undefined);
  return missing.length === 0 ? undefined : `${missing.map(({ name }) => name).join(" and ")} is missing`;
}

interface Askers {
  /** A pod of a service. */
  readonly client: Somewhere;
  /** A pod in a namespace that is not among the clients'. */
  readonly intruder: Somewhere;
  readonly outside: OutsideMachine;
}

/** Whichever pod is there: they come and go. */
function someClient(bench: NodesBench): Somewhere {
  return {
    reaches: async (targets) => {
      const [pod] = await readyPods(bench, "orders", 3);
      return fromPod(bench, pod as Pod, "orders").reaches(targets);
    },
  };
}

async function startIntruder(bench: NodesBench): Promise<Somewhere> {
  const { client } = bench.cluster.apiServer;
  await bench.kubectl("create", "namespace", ELSEWHERE);
  const name = "intruder";
  await client.ensure(`/api/v1/namespaces/${ELSEWHERE}/serviceaccounts`, { metadata: { name: "default" } });
  await client.create(podsPath(ELSEWHERE), {
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name, image: APPLICATION_IMAGE, args: ["-e", "setInterval(() => {}, 1e6)"] }],
    },
  });
  const pod = await eventually(
    "intruder",
    async () => {
      const found = await client.get<Pod>(podsPath(ELSEWHERE, name));
      return isReady(found) && found;
    },
    { timeoutMs: 90_000, intervalMs: 500 },
  );
  return fromPod(bench, pod, name);
}

/** Of the active server. */
async function asks(bench: NodesBench, somebody: Somewhere): Promise<string[]> {
  const host = String((await activeServer(bench)).status.podIP);
  return somebody.reaches([
    { host, port: 8200 },
    { host, port: 8200, path: "/v1/sys/metrics" },
    { host, port: 8201 },
  ]);
}

async function everybodyReaches(bench: NodesBench, { client, intruder, outside }: Askers): Promise<void> {
  for (const somebody of [client, intruder, outside.from(CLIENT), outside.from(STRANGER)])
    assert.deepEqual(await asks(bench, somebody), OPEN, "without an enforcer somebody is refused");
}

async function onlyClientsReach(
  bench: NodesBench,
  { client, intruder, outside }: Askers,
  enforcer: PolicyEnforcer,
): Promise<void> {
  await eventually(
    "enforced policy",
    async () => {
      assert.deepEqual(await asks(bench, intruder), CLOSED, "a pod of another namespace");
      return true;
    },
    { timeoutMs: 60_000, intervalMs: 500 },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${enforcer.tail()}`);
  });
  assert.deepEqual(await asks(bench, client), AS_CLIENT, "a pod of a client's namespace");
  assert.deepEqual(await asks(bench, outside.from(CLIENT)), AS_CLIENT, "an address of clientCidrs");
  assert.deepEqual(await asks(bench, outside.from(STRANGER)), CLOSED, "another address");
}

/** Under the policy that leasehold renders, and no other. */
async function goesOn(bench: NodesBench, measurements: Measurements): Promise<void> {
  await underLoad(bench, measurements, "policy: a new pod", "none", () => onePodMore(bench));
  await underLoad(bench, measurements, "policy: a server replaced", "none", () => standbyReplaced(bench));
  await underLoad(bench, measurements, "policy: active server killed", KILLED, () => activeReplaced(bench));
  await allAreReady(bench);
}

/** The webhook puts an agent into it, which logs in, and the application is connected as the user that it was given. */
async function onePodMore(bench: NodesBench): Promise<void> {
  const before = await podsOf(bench, "orders");
  await bench.scale("shop", "orders", 4);
  const pod = (await readyPods(bench, "orders", 4)).find((each) => !isAmong(before, each));
  assert.ok(pod);
  const log = await bench.kubectl("-n", "shop", "logs", pod.metadata.name, "-c", "orders");
  const user = events({ log }, "connected")[0]?.user ?? "";
  assert.ok((await bench.users("orders")).includes(user), `PostgreSQL knows no user ${user}`);
  await backToThree(bench);
}

function isAmong(pods: readonly Pod[], { metadata }: Pod): boolean {
  return pods.some((each) => each.metadata.uid === metadata.uid);
}

async function backToThree(bench: NodesBench): Promise<void> {
  await bench.scale("shop", "orders", 3);
  await readyPods(bench, "orders", 3);
}

async function standbyReplaced(bench: NodesBench): Promise<void> {
  const [standby] = await servers(bench, "vault-active=false");
  assert.ok(standby);
  const { name, uid } = standby.metadata;
  await replaceServer(bench, name);
  await threeVoters(bench);
  const after = (await servers(bench)).find(({ metadata }) => metadata.name === name);
  assert.notEqual(after?.metadata.uid, uid, "the server was not replaced");
}

async function activeReplaced(bench: NodesBench): Promise<void> {
  const before = await activeServer(bench);
  await killActive(bench);
  await threeVoters(bench);
  const after = await activeServer(bench);
  assert.notEqual(after.metadata.name, before.metadata.name, "no other server was elected");
}

/** As the kubelets' probes have it, which come every few seconds. */
async function allAreReady(bench: NodesBench): Promise<void> {
  await eventually(
    "pods that are all ready",
    async () => {
      const webhooks = await bench.cluster.apiServer.client.list<Pod>(
        `${podsPath("vault")}?labelSelector=${encodeURIComponent("component=webhook")}`,
      );
      const pods = [...(await servers(bench)), ...webhooks, ...(await podsOf(bench, "storefront"))];
      return pods.length === 3 + 2 + 3 && pods.every(isReady);
    },
    { timeoutMs: 60_000 },
  );
}

const POLICY = "/apis/networking.k8s.io/v1/namespaces/vault/networkpolicies/vault";

/** What the rule `lifecycle/network-policy-cuts-off` says of pods whose namespace is not among the sources. */
async function cutsOff(bench: NodesBench, measurements: Measurements): Promise<void> {
  const { client } = bench.cluster.apiServer;
  const { spec } = await client.get<{ spec: { ingress: [object, object] } }>(POLICY);
  const [clients, ofServers] = spec.ingress;
  const from = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": ELSEWHERE } } }];
  try {
    await client.patch(POLICY, { spec: { ingress: [{ ...clients, from }, ofServers] } });
    await staysInInit(bench, measurements, "an ingress without the namespace");
  } finally {
    await client.patch(POLICY, { spec });
  }
  await becomesReady(bench, measurements, "after the namespace is let in again");
}

/** A pod more, whose agent does not get to Vault. */
async function staysInInit(bench: NodesBench, measurements: Measurements, what: string): Promise<void> {
  const before = await podsOf(bench, "orders");
  const another = async () => (await podsOf(bench, "orders")).find((each) => !isAmong(before, each));
  await bench.scale("shop", "orders", 4);
  const reason = await eventually(
    "agent that says why it does not log in",
    async () => {
      const pod = await another();
      const log =
        pod && (await bench.kubectl("-n", "shop", "logs", pod.metadata.name, "-c", AGENT).catch(() => ""));
      return /connection refused|i\/o timeout/.exec(log ?? "")?.[0];
    },
    { timeoutMs: 60_000, intervalMs: 500 },
  );
  const pod = await another();
  assert.ok(pod);
  assert.equal(pod.status.phase, "Pending", `${what}: the pod is ${pod.status.phase}`);
  assert.equal(statusOf(pod, "orders")?.state?.running, undefined, `${what}: the application runs`);
  measurements.note(what, `the pod stays in Init, its agent says "${reason}"`);
}

async function becomesReady(bench: NodesBench, measurements: Measurements, what: string): Promise<void> {
  const startedAt = Date.now();
  await readyPods(bench, "orders", 4);
  measurements.add(`${what}: ready`, (Date.now() - startedAt) / 1000, "s");
  await backToThree(bench);
}

/** By the page: closed they are cut off, and with what it says beside it they are not. */
async function closedNamespaces(bench: NodesBench, measurements: Measurements): Promise<void> {
  const [closed = "", ...open] = policies("A service's namespace, closed");
  const vault = policies("Vault's namespace, closed");
  assert.deepEqual([open.length, vault.length], [1, 3], "the page has other policies");
  const applied = new Policies(bench);
  try {
    await applied.add(closed);
    await staysInInit(bench, measurements, "a closed namespace");
    await applied.add(...open);
    await becomesReady(bench, measurements, "after the page's policy");
    await applied.add(...vault);
    await underLoad(bench, measurements, "closed: a server replaced", "none", () => standbyReplaced(bench));
    // Another one, which has no connection yet to the API server or to PostgreSQL.
    await underLoad(bench, measurements, "closed: active server killed", KILLED, () => activeReplaced(bench));
    await underLoad(bench, measurements, "closed: a new pod", "none", () => onePodMore(bench));
    await allAreReady(bench);
    await isClosed(bench);
  } finally {
    await applied.remove();
  }
}

/** What the page's policies do not name: from a server of Vault to a pod of a service, and from there to the API server. */
async function isClosed(bench: NodesBench): Promise<void> {
  const [pod] = await podsOf(bench, "storefront");
  const { stderr, code } = await execIn(bench, await activeServer(bench), "vault", [
    ...["nc", "-w", "3", String(pod?.status.podIP), "8080"],
  ]);
  assert.notEqual(code, 0, "a server of Vault reaches a pod of a closed namespace");
  assert.match(stderr, /refused|timed out/i);
  const reached = await someClient(bench).reaches([{ host: CONTROL_PLANE, port: 6443 }]);
  assert.deepEqual(reached, ["ECONNREFUSED"], "a pod of a closed namespace reaches the API server");
}

/** The page's policies with the bench's addresses. */
function policies(section: string): string[] {
  return pageBlocks(PAGE, section, "yaml").map((block) =>
    block.replaceAll(/cidr: 10\.30\.0\.[15]\/32/g, `cidr: ${CONTROL_PLANE}/32`),
  );
}

/** Policies that an operator has written. */
class Policies {
  private readonly files: string[] = [];

  constructor(private readonly bench: NodesBench) {}

  async add(...texts: readonly string[]): Promise<void> {
    const file = path.join(this.bench.directory, `policies-${this.files.length}.yaml`);
    fs.writeFileSync(file, texts.join("---\n"));
    await this.bench.kubectl("apply", "-f", file);
    this.files.push(file);
  }

  async remove(): Promise<void> {
    for (const file of this.files) await this.bench.kubectl("delete", "-f", file);
  }
}

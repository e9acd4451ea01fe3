import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { STACKS, type Bench } from "../bench";
import { tokenIssuedAt } from "../cluster/pod-token";
import { AGENT, type Pod } from "../cluster/pods";
import type { WatchedPod } from "../cluster/watched-pods";
import { findBinary } from "../doctor/binaries";
import { VaultError } from "../servers/vault-client";
import { processesIn } from "../support/cgroups";
import { setClocks } from "../support/clock";
import { errorMessage, eventually, sleep } from "../support/wait";
import { auditOf } from "./audit";
import { calm, underCustomers } from "./customers";
import { logInToShop, type Credentials } from "./database-login";
import { HourlyLease } from "./hourly-lease";
import { livingUsers } from "./recovery";
import type { Measurements, Scenario } from "./scenario";
import { aged, serviceAccountToken } from "./service-account-token";

const APART_SECONDS = 300;
/** `ttl.default` of the services: each pod renews its lease at least once in it. */
const LEASE_SECONDS = 20;
const AHEAD = "node-1";
const BEHIND = "node-2";
/** Customers' own. */
const STOREFRONT = "storefront";
/** On both sides of what Vault takes of tokens of ten minutes. */
const TOKEN_AGES = [0, 230, 250, 350, 370];

/** Nodes, Vault and PostgreSQL do not agree on the time, and clocks are set while everything runs. */
export const clocks: Scenario = {
  name: "clocks",
  title: "clocks of nodes, Vault and PostgreSQL are five minutes apart, and are set while everything runs",
  needs: () => (findBinary("watchmaker") === undefined ? "watchmaker is missing" : undefined),
  async run(bench, measurements) {
    const hourly = await HourlyLease.issue(bench);
    try {
      await nodesApart(bench, measurements);
      await ahead(bench, hourly, measurements);
      await behind(bench, hourly, measurements);
      await tokensRenewedEarly(bench, measurements);
    } finally {
      await setBoth(bench, 0);
      await bench.scale("shop", "orders", 3);
      await hourly.end();
    }
    for (const stack of Object.values(STACKS)) await bench.terraform.assertNothingToDo(stack);
  },
};

/**
 * One node is ahead and one behind. What runs on them measures by a clock that nobody sets, but for this: an agent takes a credential for
 * an old one that it has read earlier, by its clock, than the one before.
 */
async function nodesApart(bench: Bench, measurements: Measurements): Promise<void> {
  const before = storefrontsOn(bench, AHEAD).map(userOf);
  const behind = [...containersOn(bench, BEHIND), ...kubeletOf(bench, BEHIND)];
  await underCustomers(measurements, "a node set 5 min ahead, one behind", async (load) => {
    await setClocks([...containersOn(bench, AHEAD), ...kubeletOf(bench, AHEAD)], APART_SECONDS);
    try {
      await setClocks(behind, -APART_SECONDS);
      const setAt = Date.now();
      await Promise.all([
        eachLosesItsUser(bench).then(() =>
          measurements.add(`${SET_BACK} a user lost by each of its pods`, since(setAt), "s"),
        ),
        lostAndBack(bench, measurements, setAt),
        eventually(
          `other users on ${AHEAD}`,
          () => storefrontsOn(bench, AHEAD).every((pod) => !before.includes(userOf(pod))),
          WAIT,
        ),
      ]);
    } finally {
      await setClocks(behind, 0);
    }
    for (const pod of storefrontsOn(bench, AHEAD))
      assert.doesNotMatch(pod.container(STOREFRONT).log, /authentication failed/, `${pod.name} is ahead`);
    await freshPods(bench);
    await calm(load);
  });
}

const WAIT = { timeoutMs: 90_000, intervalMs: 500 };
const SET_BACK = "node set 5 min back to";

function since(time: number): number {
  return (Date.now() - time) / 1000;
}

/**
 * A node is lost when nothing has been heard of it for 50 s. Its lease counts only where it is later than the last one that counted; its
 * status counts with whatever time is in it, and the next lease after it, whenever that is from. So it is lost unless a status is due in
 * those 50 s (it is every 150 to 450 s), and has itself back by the status that its kubelet sends when it hears that.
 */
async function lostAndBack(bench: Bench, measurements: Measurements, setAt: number): Promise<void> {
  const lostAt: number[] = [];
  while (since(setAt) < 90) {
    if ((await readiness(bench, BEHIND)) !== "True") lostAt.push(since(setAt));
    await sleep(WAIT.intervalMs);
  }
  const [first, last] = [lostAt[0], lostAt.at(-1)];
  if (first === undefined || last === undefined)
    measurements.note(`${SET_BACK} not ready`, "a status was due before");
  else {
    measurements.add(`${SET_BACK} not ready`, first, "s");
    measurements.add(`${SET_BACK} ready again`, last, "s");
    assert.ok(last < 85, `${BEHIND} stays lost`);
  }
}

function storefrontsOn(bench: Bench, node: string): WatchedPod[] {
  const found = bench.pods("shop", STOREFRONT).filter(({ pod: { spec } }) => spec.nodeName === node);
  assert.ok(found.length > 0, `no pod of ${STOREFRONT} is on ${node}`);
  return found;
}

/** What the file of a pod says. */
function credentialsOf(pod: WatchedPod): Credentials {
  const file = path.join(pod.volume("vault-secrets", "empty-dir"), "shop.json");
  return JSON.parse(fs.readFileSync(file, "utf8")) as Credentials;
}

function userOf(pod: WatchedPod): string {
  return credentialsOf(pod).username;
}

/** Its file still names a user that is gone: each at another time, and until the next rotation. */
async function eachLosesItsUser(bench: Bench): Promise<void> {
  const pods = storefrontsOn(bench, BEHIND);
  const lost = new Set<WatchedPod>();
  await eventually(
    `pods on ${BEHIND} without a user`,
    async () => {
      const users = await bench.users(STOREFRONT);
      pods.filter((pod) => !users.includes(userOf(pod))).forEach((pod) => lost.add(pod));
      return lost.size === pods.length;
    },
    WAIT,
  );
}

async function readiness({ apiServer }: Bench, name: string): Promise<string | undefined> {
  const { status } = await apiServer.client.get<{ status: Pod["status"] }>(`/api/v1/nodes/${name}`);
  return status.conditions?.find(({ type }) => type === "Ready")?.status;
}

async function ahead(bench: Bench, hourly: HourlyLease, measurements: Measurements): Promise<void> {
  const { vault, postgres } = bench;
  await recovers(bench, measurements, "Vault and PostgreSQL set 5 min ahead", () =>
    setBoth(bench, APART_SECONDS),
  );
  const during = await underCustomers(measurements, "both ahead, through a rotation", async () => {
    await onePodMore(bench);
    await end(bench, await bench.users(STOREFRONT));
  });
  assert.equal(during, 0, "a customer has noticed a clock that was ahead");
  await hourly.works();
  measurements.add("both ahead: a user of a lease of 20 s is valid for", await validFor(bench), "s");
  assert.deepEqual(await agesTaken(bench), [0, 230, 250, 350], "tokens that Vault takes when it is ahead");

  const alone = await underCustomers(measurements, "Vault alone ahead", async () => {
    await postgres.setClock(0);
    await allRenewed(bench);
  });
  assert.equal(alone, 0, "a customer has noticed that Vault was ahead of PostgreSQL");
  await hourly.works();
  measurements.add("Vault alone ahead: a user of a lease of 20 s is valid for", await validFor(bench), "s");

  const back = await underCustomers(measurements, "Vault set back", async () => {
    await vault.setClock(0);
    await allRenewed(bench);
  });
  assert.equal(back, 0, "a customer has noticed that Vault was set back");
  await hourly.works();
}

async function behind(bench: Bench, hourly: HourlyLease, measurements: Measurements): Promise<void> {
  const { vault, postgres } = bench;
  await underCustomers(measurements, "Vault set 5 min behind", async () => {
    await vault.setClock(-APART_SECONDS);
    await allRenewed(bench);
  });
  // Connections that are open stay so; of a user that Vault has renewed there is no other one.
  for (const pod of bench.pods("shop", STOREFRONT)) await assertExpired(bench, credentialsOf(pod));
  await hourly.works();
  await issued(bench, (credentials) => assertExpired(bench, credentials));
  assert.deepEqual(await agesTaken(bench), [250, 350, 370], "tokens that Vault takes when it is behind");
  await refusedPod(bench);
  await refusedCertificate(bench);

  await underCustomers(measurements, "PostgreSQL set 5 min behind as well", async (load) => {
    await postgres.setClock(-APART_SECONDS);
    await calm(load);
  });
  const during = await underCustomers(measurements, "both behind", () => allRenewed(bench));
  assert.equal(during, 0, "a customer has noticed clocks that were behind");
  await hourly.works();
  measurements.add("both behind: a user of a lease of 20 s is valid for", await validFor(bench), "s");

  await recovers(bench, measurements, "both set right", () => setBoth(bench, 0));
  await bench.rolledOut("shop", "orders", 4);
  await bench.scale("shop", "orders", 3);
  await bench.rolledOut("shop", "orders", 3);
  await hourly.works();
}

/** All leases of seconds are over at once: each pod has another user, without a restart. */
async function recovers(
  bench: Bench,
  measurements: Measurements,
  what: string,
  jump: () => Promise<void>,
): Promise<void> {
  const pods = bench.pods("shop", "orders");
  const before = await Promise.all(["orders", STOREFRONT].map((service) => bench.users(service)));
  await underCustomers(measurements, what, async (load) => {
    await jump();
    await livingUsers(bench, "shop", "orders", { otherThan: before.flat() });
    await end(bench, before.flat());
    await calm(load);
  });
  for (const pod of pods) assert.equal(pod.container("orders").restarts, 0, "an application was restarted");
}

async function end(bench: Bench, users: readonly string[]): Promise<void> {
  await eventually(
    `end of ${users.length} users`,
    async () => {
      const living = await bench.users();
      return !users.some((user) => living.includes(user));
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
}

async function allRenewed(bench: Bench): Promise<void> {
  const renewals = () => auditOf(bench, STOREFRONT).counts().renewals;
  const before = renewals();
  await sleep(LEASE_SECONDS * 1000);
  const count = renewals() - before;
  assert.ok(count >= bench.pods("shop", STOREFRONT).length, `${count} renewals in ${LEASE_SECONDS} s`);
}

/** Whose tokens are younger than any that Vault refuses. */
async function freshPods(bench: Bench): Promise<void> {
  for (const [name, replicas] of [
    ["orders", 3],
    [STOREFRONT, 6],
  ] as const) {
    await bench.kubectl("-n", "shop", "rollout", "restart", `deploy/${name}`);
    await bench.kubectl("-n", "shop", "rollout", "status", `deploy/${name}`, "--timeout=120s");
    await bench.rolledOut("shop", name, replicas);
  }
  await livingUsers(bench, "shop", "orders");
}

async function onePodMore(bench: Bench): Promise<void> {
  await bench.scale("shop", "orders", 4);
  await bench.rolledOut("shop", "orders", 4);
  await bench.scale("shop", "orders", 3);
  await bench.rolledOut("shop", "orders", 3);
}

/** Its token is from the future. It is ready when the token is old enough, or the clock is right. */
async function refusedPod(bench: Bench): Promise<void> {
  const before = bench.pods("shop", "orders");
  await bench.scale("shop", "orders", 4);
  const pod = await eventually("another pod", () =>
    bench.pods("shop", "orders").find((each) => !before.includes(each)),
  );
  await eventually("refusal of its agent", () => FROM_THE_FUTURE.test(pod.container(AGENT).log), WAIT);
  assert.ok(!pod.isReady);
}

const FROM_THE_FUTURE = /token not yet valid|token issued in the future/;

/** One that PostgreSQL has from now on, for which it is too early where Vault is. */
async function refusedCertificate(bench: Bench): Promise<void> {
  const { authority, postgres, vault } = bench;
  const young = await authority.issue("postgres-young", {
    commonName: "postgres",
    names: [{ type: "ip", value: postgres.host }],
    validFrom: new Date(),
  });
  // Vault's own connections would stay.
  const refusal = () =>
    vault.client
      .write("database/reset/shop")
      .then(() => issued(bench, async () => ""))
      .catch(errorMessage);
  try {
    await postgres.present(young);
    await eventually("refusal of a certificate from the future", async () => TOO_EARLY.test(await refusal()));
  } finally {
    await postgres.present();
    await eventually("end of the refusal", async () => (await refusal()) === "");
  }
}

const TOO_EARLY = /certificate has expired or is not yet valid: current time \S+ is before/;

/** Which of the tokens Vault takes, by their ages in seconds. */
async function agesTaken(bench: Bench): Promise<number[]> {
  const token = await serviceAccountToken(bench, "shop", "orders", "vault");
  const anybody = bench.vault.client.withToken();
  const taken: number[] = [];
  for (const age of TOKEN_AGES) {
    const login = { role: "orders", jwt: aged(bench, token, age) };
    try {
      const { auth } = await anybody.write("auth/kubernetes/login", login);
      taken.push(age);
      await bench.vault.client.withToken(auth?.client_token).write("auth/token/revoke-self");
    } catch (error) {
      if (!(error instanceof VaultError && REFUSED.test(error.message))) throw error;
    }
  }
  return taken;
}

const REFUSED = /token not yet valid|token issued in the future|token is expired/;

async function assertExpired(bench: Bench, credentials: Credentials): Promise<void> {
  const logged = fs.statSync(bench.postgres.logFile).size;
  await assert.rejects(
    logInToShop(bench, credentials),
    /password authentication failed/,
    "a user logs in after its end",
  );
  const log = fs.readFileSync(bench.postgres.logFile).subarray(logged).toString();
  assert.ok(
    log.includes(`User "${credentials.username}" has an expired password`),
    "PostgreSQL does not say why",
  );
}

/** Seconds, by PostgreSQL's clock. */
async function validFor(bench: Bench): Promise<number> {
  return issued(bench, async (credentials) => {
    await logInToShop(bench, credentials);
    const [row] = await bench.postgres.query<{ seconds: string }>(
      "SELECT extract(epoch FROM rolvaliduntil - now()) AS seconds FROM pg_roles WHERE rolname = $1",
      { values: [credentials.username] },
    );
    return Number(row?.seconds);
  });
}

/** With a credential that is given back: it takes the user away whatever time PostgreSQL has. */
async function issued<T>(bench: Bench, use: (credentials: Credentials) => Promise<T>): Promise<T> {
  const { client } = bench.vault;
  const { lease_id, data } = await client.read<Credentials>("database/creds/orders-shop");
  try {
    return await use(data);
  } finally {
    await client.write("sys/leases/revoke", { lease_id, sync: true });
    assert.ok(!(await bench.users("orders")).includes(data.username), "the user is left");
  }
}

/** Four minutes earlier than it would: what is left to a kubelet that is ahead is less than it is. */
async function tokensRenewedEarly(bench: Bench, measurements: Measurements): Promise<void> {
  const [pod] = storefrontsOn(bench, AHEAD);
  assert.ok(pod);
  const bornAt = Date.parse(pod.pod.metadata.creationTimestamp);
  const renewedAt = await eventually(
    "renewed token",
    async () => {
      const issuedAt = await tokenIssuedAt(bench, pod.pod);
      return issuedAt > bornAt + 60_000 && issuedAt;
    },
    { timeoutMs: 180_000, intervalMs: 5_000 },
  );
  measurements.add("kubelet 5 min ahead: pod created to its token renewed", (renewedAt - bornAt) / 1000, "s");
}

async function setBoth({ vault, postgres }: Bench, aheadSeconds: number): Promise<void> {
  await Promise.all([vault.setClock(aheadSeconds), postgres.setClock(aheadSeconds)]);
}

/** What runs on a node; what is started afterwards has the machine's time. */
function containersOn({ cluster }: Bench, name: string): number[] {
  const found = processesIn(`${cluster.cgroup}/${name}`);
  assert.ok(found.length > 0, `nothing runs on ${name}`);
  return found;
}

function kubeletOf({ cluster }: Bench, name: string): number[] {
  return cluster.nodes.flatMap(({ name: each, kubelet }) =>
    each === name && kubelet.pid !== undefined ? [kubelet.pid] : [],
  );
}

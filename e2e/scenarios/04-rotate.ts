import assert from "node:assert/strict";
import type { Contract } from "../../lib/service";
import type { Bench } from "../bench";
import type { WatchedPod } from "../cluster/watched-pods";
import { AGENT } from "../cluster/pods";
import { eventually } from "../support/wait";
import { events } from "./application-log";
import { auditOf } from "./audit";
import { CredentialsWatch } from "./credentials-watch";
import { drops } from "./postgres-log";
import { livingUsers } from "./recovery";
import type { Scenario } from "./scenario";
import { StorefrontLoad } from "./storefront";

const ROTATIONS = 3;
const RENEWALS = 5;

/** A change of the user at max TTL, three times, under an application that never stops asking. */
export const rotate: Scenario = {
  name: "rotate",
  title: `${RENEWALS} renewals and ${ROTATIONS} rotations: the old user outlives the new file by the overlap promised`,
  async run(bench, measurements) {
    const pods = await bench.rolledOut("shop", "orders", 3);
    const { here, absent } = bench.storefronts;
    const storefronts = await Promise.all(here.map((language) => StorefrontLoad.start(bench, language)));
    await livingUsers(bench, "shop", "orders");
    const before = auditOf(bench, "orders").counts().renewals;
    const changesBefore = pods.map(changeOvers);
    const watches = pods.map((pod) => new CredentialsWatch(pod, "shop.json"));
    try {
      // The user that a pod has when the watch begins is not the first one of a full turn.
      await eventually(
        "rotations of every pod",
        () => watches.every(({ seen }) => seen.length > ROTATIONS + 1),
        {
          timeoutMs: 330_000,
          intervalMs: 500,
        },
      );
      // The last old user still has to go.
      await eventually("drop of every old user", () =>
        watches.every((watch) => overlaps(bench, watch).length > ROTATIONS),
      );
    } finally {
      await Promise.all(watches.map((watch) => watch.stop()));
    }
    await Promise.all(storefronts.map((storefront) => storefront.finish()));
    storefronts.forEach((storefront) => storefront.measure(measurements));
    for (const [name, missing] of absent) measurements.note(name, `not run: ${missing}`);
    for (const storefront of storefronts) await storefront.judge(bench);
    const all = watches.flatMap((watch) => overlaps(bench, watch));
    const promised = await promisedOverlap(pods[0]);
    measurements.add("overlap of old and new user", all, "s");
    measurements.note("overlap promised by the contract", `${promised} s`);
    measurements.add("time between rotations", watches.flatMap(periods), "s");
    assert.ok(
      Math.min(...all) >= promised,
      `an overlap of ${Math.min(...all)} s is below the ${promised} s promised`,
    );
    const renewals = (auditOf(bench, "orders").counts().renewals - before) / pods.length;
    measurements.add("renewals per pod", renewals, "");
    assert.ok(renewals >= RENEWALS, `only ${renewals} renewals per pod`);
    assert.deepEqual(
      watches.flatMap(({ torn }) => torn),
      [],
      "a read found the file missing or cut short",
    );
    pods.forEach((pod, index) => assertUndisturbed(pod, changesBefore[index] ?? NaN));
  },
};

/** Seconds from the new file to the drop of the user before it, for every change that is complete. */
function overlaps(bench: Bench, { seen }: CredentialsWatch): number[] {
  const droppedAt = drops(bench);
  return seen.slice(1).flatMap(({ at }, index) => {
    const dropped = droppedAt.get(seen[index]?.user ?? "");
    return dropped ? [(dropped.getTime() - at.getTime()) / 1000] : [];
  });
}

function periods({ seen }: CredentialsWatch): number[] {
  return seen.slice(2).map(({ at }, index) => (at.getTime() - (seen[index + 1]?.at.getTime() ?? NaN)) / 1000);
}

/** From the contract, because that is what the application goes by. */
async function promisedOverlap(pod: WatchedPod | undefined): Promise<number> {
  const { stdout = "" } =
    (await pod?.container("orders").exec(["cat", "/etc/leasehold/contract.json"])) ?? {};
  const contract = JSON.parse(stdout) as Contract;
  return contract.databases.shop?.overlapSeconds ?? NaN;
}

function changeOvers(pod: WatchedPod): number {
  return events(pod.container("orders"), "connected").length;
}

/** Not one query failed, and the application has followed every change. */
function assertUndisturbed(pod: WatchedPod, changesBefore: number): void {
  const application = pod.container("orders");
  assert.deepEqual(events(application, "error"), [], `errors in ${pod.name}`);
  assert.ok(changeOvers(pod) - changesBefore > ROTATIONS, "the application did not change over");
  assert.equal(application.restarts, 0);
  assert.equal(pod.container(AGENT).restarts, 0, "the agent was restarted");
}

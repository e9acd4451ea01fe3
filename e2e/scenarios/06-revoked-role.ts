import assert from "node:assert/strict";
import { namesOf } from "../cluster/watched-pods";
import { STACKS } from "../bench";
import { livingUsers, recovery } from "./recovery";
import type { Scenario } from "./scenario";

/** Somebody takes the roles out of Vault by hand: access ends with the TTL, an apply brings it back. */
export const revokedRole: Scenario = {
  name: "revoked-role",
  title: "a service's roles are deleted in Vault: its access ends within the TTL, and an apply repairs it",
  async run(bench, measurements) {
    const { client } = bench.vault;
    const pods = await bench.rolledOut("shop", "orders", 3);
    const before = await livingUsers(bench, "shop", "orders");
    await client.delete("auth/kubernetes/role/orders");
    await client.delete("database/roles/orders-shop");
    const startedAt = Date.now();
    await bench.noUsers("orders", 40_000);
    measurements.add("roles deleted to no user left", (Date.now() - startedAt) / 1000, "s");
    assert.ok(await bench.terraform.plan(STACKS.services), "Terraform does not see that the roles are gone");
    await bench.terraform.apply(STACKS.services);
    measurements.add(
      "apply to every pod on a living user",
      await recovery(bench, "shop", "orders", before),
      "s",
    );
    assert.deepEqual(namesOf(bench.pods("shop", "orders")), namesOf(pods), "a pod was replaced");
    await bench.terraform.assertNothingToDo(STACKS.services, "the plan is not empty after the repair");
  },
};

import assert from "node:assert/strict";
import type { Scenario } from "../../scenarios/scenario";
import { eventually } from "../../support/wait";
import { STACKS, type NodesBench } from "../bench";

/** The runbook's order, down to Vault itself. */
export const nodesDestroy: Scenario<NodesBench> = {
  name: "nodes-destroy",
  title:
    "destroy of all three stacks with live leases, in the order of the runbook: nothing but the volumes is left",
  async run(bench, measurements) {
    assert.ok((await bench.users()).length >= 6, "there are no live users to destroy with");
    for (const stack of [STACKS.services, STACKS.platform, STACKS.vault]) {
      const startedAt = Date.now();
      await bench.terraform.destroy(stack);
      measurements.add(`destroy of ${stack}`, (Date.now() - startedAt) / 1000, "s");
      if (stack === STACKS.services) await bench.noUsers("");
    }
    // Helm does not wait for what it has deleted.
    await eventually(
      "end of all pods",
      async () => {
        const pods = ["vault", "shop"].map((namespace) =>
          bench.kubectl("-n", namespace, "get", "pods", "-o", "name"),
        );
        return (await Promise.all(pods)).every((names) => names === "");
      },
      {
        timeoutMs: 90_000,
        intervalMs: 500,
      },
    );
    const webhooks = await bench.kubectl("get", "mutatingwebhookconfigurations", "-o", "name");
    assert.doesNotMatch(webhooks, /vault/, "the injector's webhook is left");
    const claims = await bench.kubectl("-n", "vault", "get", "persistentvolumeclaims", "-o", "name");
    assert.equal(claims.trim().split("\n").length, 6, "Vault's volumes are not kept");
  },
};

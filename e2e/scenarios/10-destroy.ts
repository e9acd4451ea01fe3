import assert from "node:assert/strict";
import { STACKS } from "../bench";
import type { Scenario } from "./scenario";

/** The runbook's order, with leases that live: services first, so that pods revoke while they still can. */
export const destroy: Scenario = {
  name: "destroy",
  title: "destroy with live leases, stack by stack: nothing is left in Vault, PostgreSQL or Kubernetes",
  async run(bench, measurements) {
    const { postgres, vault, apiServer } = bench;
    await bench.rolledOut("shop", "orders", 3);
    assert.ok((await bench.users()).length >= 5, "there are no live users to destroy with");
    for (const stack of [STACKS.services, STACKS.platform]) {
      const startedAt = Date.now();
      await bench.terraform.destroy(stack);
      measurements.add(`destroy of ${stack}`, (Date.now() - startedAt) / 1000, "s");
      // init-and-sidecar leaves its first user to its TTL; everybody else is gone with the pods.
      if (stack === STACKS.services) await bench.noUsers("", 30_000);
    }
    assert.deepEqual(await bench.users(), [], "users are left in PostgreSQL");
    const sessions = await postgres.query("SELECT FROM pg_stat_activity WHERE usename LIKE 'v-%'");
    assert.equal(sessions.length, 0, "sessions are left in PostgreSQL");
    const mounts = Object.keys((await vault.client.read("sys/mounts")).data);
    assert.ok(!mounts.includes("database/"), "the mount is left in Vault");
    const methods = Object.keys((await vault.client.read("sys/auth")).data);
    assert.ok(!methods.includes("kubernetes/"), "the auth method is left in Vault");
    for (const { namespace } of bench.environment.services) {
      assert.equal(
        await apiServer.client.find(`/api/v1/namespaces/${namespace}`),
        undefined,
        `${namespace} is left`,
      );
    }
  },
};

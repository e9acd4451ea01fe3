import assert from "node:assert/strict";
import type { WatchedPod } from "../cluster/watched-pods";
import { sleep } from "../support/wait";
import { livingUsers, recovery } from "./recovery";
import { logInToShop, type Credentials } from "./database-login";
import type { Scenario } from "./scenario";

const DOWN_SECONDS = 30;

const OTHERS = [
  ["billing", "billing"],
  ["archive", "archivist"],
] as const;

/** Revocations fail while PostgreSQL is away; what is left is dead, and the runbook clears it up. */
export const databaseDown: Scenario = {
  name: "database-down",
  title:
    "PostgreSQL is down while pods go and leases expire: no login works afterwards, and the runbook drops the users",
  async run(bench, measurements) {
    const { postgres, vault } = bench;
    const pods = await bench.rolledOut("shop", "orders", 3);
    for (const [namespace, service] of OTHERS) await livingUsers(bench, namespace, service);
    const orders = await livingUsers(bench, "shop", "orders");
    const credentials = await Promise.all(pods.map(credentialsOf));
    for (const each of credentials) await logInToShop(bench, each);
    const before = await bench.users();
    await postgres.stop();
    try {
      await bench.scale("shop", "orders", 0);
      await bench.rolledOut("shop", "orders", 0);
      await sleep(DOWN_SECONDS * 1000);
      const kept = (await bench.leases("orders-shop")).length;
      assert.ok(kept >= orders.length, "a lease has ended whose user could not be dropped");
      measurements.note("leases whose revocation failed meanwhile", String(kept));
    } finally {
      await postgres.start();
    }
    // VALID UNTIL decides, whether Vault could drop the user or not.
    for (const each of credentials)
      await assert.rejects(logInToShop(bench, each), /password authentication failed/, "a dead user logs in");
    await vault.client.write("sys/leases/revoke-prefix/database/creds/orders-shop", { sync: true });
    assert.deepEqual(await bench.users("orders"), [], "the runbook leaves users");
    assert.deepEqual(await bench.leases("orders-shop"), [], "the runbook leaves leases");
    const seconds = await Promise.all(
      OTHERS.map(([namespace, service]) => recovery(bench, namespace, service, before)),
    );
    measurements.add("PostgreSQL up to the other services on new users", Math.max(...seconds), "s");
    await bench.scale("shop", "orders", 3);
    await bench.rolledOut("shop", "orders", 3);
  },
};

async function credentialsOf(pod: WatchedPod): Promise<Credentials> {
  const { stdout } = await pod.container("orders").exec(["cat", "/vault/secrets/shop.json"]);
  return JSON.parse(stdout) as Credentials;
}

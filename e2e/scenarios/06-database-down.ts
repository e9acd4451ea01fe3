import assert from "node:assert/strict";
import { Client } from "pg";
import type { Bench } from "../bench";
import { SHOP } from "../environment";
import { sleep } from "../support/wait";
import { recovery } from "./recovery";
import type { Scenario } from "./scenario";

const DOWN_SECONDS = 30;

/** Revocations fail while PostgreSQL is away; what is left is dead, and the runbook clears it up. */
export const databaseDown: Scenario = {
  name: "database-down",
  title:
    "PostgreSQL is down while pods go and leases expire: no login works afterwards, and the runbook drops the users",
  async run(bench, measurements) {
    const { postgres, vault } = bench.servers;
    const [pod] = await bench.rolledOut("shop", "orders", 3);
    assert.ok(pod);
    const { stdout } = await pod.container("orders").exec(["cat", "/vault/secrets/shop.json"]);
    await postgres.stop();
    await bench.scale("shop", "orders", 0);
    await bench.rolledOut("shop", "orders", 0);
    await sleep(DOWN_SECONDS * 1000);
    await postgres.start();
    await assertLoginRefused(bench, stdout);
    const left = (await bench.users("orders")).length;
    measurements.note("users whose revocation failed meanwhile", String(left));
    await vault.client.write("sys/leases/revoke-prefix/database/creds/orders-shop", { sync: true });
    assert.deepEqual(await bench.users("orders"), [], "the runbook leaves users");
    assert.deepEqual(await bench.leases("orders-shop"), [], "the runbook leaves leases");
    const seconds = await Promise.all([
      recovery(bench, "billing", "billing"),
      recovery(bench, "archive", "archivist"),
    ]);
    measurements.add("PostgreSQL up to the other services working again", Math.max(...seconds), "s");
    await bench.scale("shop", "orders", 3);
    await bench.rolledOut("shop", "orders", 3);
  },
};

/** VALID UNTIL has passed, whether Vault could drop the user or not. */
async function assertLoginRefused({ servers: { postgres } }: Bench, credentials: string): Promise<void> {
  const { username, password } = JSON.parse(credentials) as { username: string; password: string };
  const { host, port } = postgres;
  const client = new Client({ host, port, database: SHOP, user: username, password, ssl: postgres.tls() });
  await assert.rejects(client.connect(), /password authentication failed/);
}

import assert from "node:assert/strict";
import fs from "node:fs";
import type { Bench } from "../bench";
import { faketime } from "../doctor/faketime";
import { logInToShop, type Credentials } from "./database-login";
import type { Scenario } from "./scenario";

const APART_SECONDS = 300;
const ROLE = "orders-shop";

/** Vault writes into PostgreSQL until when a user is valid, by its own clock; nothing else of the chain compares two clocks. */
export const clocks: Scenario = {
  name: "clocks",
  title: "PostgreSQL's clock is five minutes ahead of Vault's, and five minutes behind",
  needs: () => (faketime() === undefined ? "libfaketime is missing" : undefined),
  async run(bench, measurements) {
    const { postgres } = bench;
    await bench.rolledOut("shop", "orders", 3);

    await restarted(bench, APART_SECONDS);
    const logged = fs.statSync(postgres.logFile).size;
    await assert.rejects(
      issued(bench, (credentials) => logInToShop(bench, credentials)),
      /password authentication failed/,
      "a user logs in after its end",
    );
    const log = fs.readFileSync(postgres.logFile).subarray(logged).toString();
    assert.match(log, /DETAIL: .*User "v-[^"]+" has an expired password/, "PostgreSQL does not say why");
    measurements.note(
      "PostgreSQL 5 min ahead, leases of 20 s",
      "no login; its log names the expired password",
    );

    await restarted(bench, -APART_SECONDS);
    const validFor = await issued(bench, async (credentials) => {
      await logInToShop(bench, credentials);
      const [row] = await postgres.query<{ seconds: string }>(
        "SELECT extract(epoch FROM rolvaliduntil - now()) AS seconds FROM pg_roles WHERE rolname = $1",
        { values: [credentials.username] },
      );
      return Number(row?.seconds);
    });
    measurements.add("PostgreSQL 5 min behind: a user of a lease of 20 s is valid for", validFor, "s");

    await restarted(bench, 0);
    await bench.rolledOut("shop", "orders", 3);
  },
};

async function restarted({ postgres, vault }: Bench, aheadSeconds: number): Promise<void> {
  await postgres.stop();
  await postgres.start(aheadSeconds);
  const [row] = await postgres.query<{ ahead: string }>(
    "SELECT extract(epoch FROM clock_timestamp()) - $1::numeric AS ahead",
    { values: [Date.now() / 1000] },
  );
  const ahead = Number(row?.ahead);
  assert.ok(Math.abs(ahead - aheadSeconds) < 5, `PostgreSQL is ${ahead} s ahead`);
  // Vault's own connection ended with the server, which it finds out at the first statement.
  await vault.client.write("database/reset/shop");
}

/** With a credential that is given back: it takes the user away whatever time PostgreSQL has. */
async function issued<T>(bench: Bench, use: (credentials: Credentials) => Promise<T>): Promise<T> {
  const { vault } = bench;
  const { lease_id, data } = await vault.client.read<Credentials>(`database/creds/${ROLE}`);
  try {
    return await use(data);
  } finally {
    await vault.client.write("sys/leases/revoke", { lease_id, sync: true });
    assert.ok(!(await bench.users("orders")).includes(data.username), "the user is left");
  }
}

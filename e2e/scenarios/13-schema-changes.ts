import assert from "node:assert/strict";
import { namesOf } from "../cluster/watched-pods";
import { Client } from "pg";
import type { EnvironmentService } from "../../lib/environment/environment";
import { STACKS, type Bench } from "../bench";
import { APPLICATION_IMAGE } from "../images/bench";
import { SHOP } from "../schema";
import { eventually, sleep } from "../support/wait";
import type { Scenario } from "./scenario";

const NAMESPACE = "refunds";
const OWNER = "shop_owner";
const SCHEMA_ROLE = "refunds-schema-shop";
const ttl = { default: "20s", max: "60s" } as const;

const schema = (changes: number): EnvironmentService => ({
  name: "refunds-schema",
  namespace: NAMESPACE,
  ttl,
  drain: "2s",
  access: [
    {
      database: SHOP,
      owner: { role: OWNER, reason: "the schema is changed at each release" },
      pool: { max: 4 },
    },
  ],
  workload: {
    kind: "job",
    image: APPLICATION_IMAGE,
    args: ["/app/schema.mjs", String(changes)],
    activeDeadline: "1m",
  },
});

const reader: EnvironmentService = {
  name: "refunds",
  namespace: NAMESPACE,
  ttl,
  drain: "2s",
  after: ["refunds-schema"],
  access: [
    {
      database: SHOP,
      grants: [{ allTablesOwnedBy: OWNER, privileges: ["SELECT"], reason: "it reports on all of them" }],
    },
  ],
  workload: { kind: "deployment", image: APPLICATION_IMAGE, args: ["/app/service.mjs"], replicas: 1 },
};

/** A Job changes the schema as its owner before the pods change that rely on it, and leaves no user and no session. */
export const schemaChanges: Scenario = {
  name: "schema",
  title:
    "a Job changes the schema as its owner, once per release; its user goes, and so does every session of it",
  async run(bench, measurements) {
    const without = bench.environment;
    await bench.postgres.query(`CREATE ROLE ${OWNER} NOLOGIN`);
    try {
      await release(bench, without, 1);
      const pods = await bench.rolledOut(NAMESPACE, "refunds", 1);
      assert.deepEqual(await columns(bench), ["id", "amount"]);
      await release(bench, without, 2);
      assert.deepEqual(await columns(bench), ["id", "amount", "reason"]);
      assert.deepEqual(
        namesOf(bench.pods(NAMESPACE, "refunds")),
        namesOf(pods),
        "a pod was replaced that had not changed",
      );
      measurements.note(
        "sessions of a user that keeps connecting while Vault revokes it",
        await survivors(bench),
      );
    } finally {
      await leave(bench, without);
    }
  },
};

async function release(bench: Bench, without: Bench["environment"], changes: number): Promise<void> {
  const { terraform } = bench;
  bench.environment = { ...without, services: [...without.services, schema(changes), reader] };
  await terraform.synthesize(bench.environment);
  await bench.runBootstrapSql();
  await terraform.apply(STACKS.platform);
  await terraform.apply(STACKS.services);
  for (const stack of Object.values(STACKS))
    await terraform.assertNothingToDo(stack, `the plan of ${stack} is not empty: a Job would run again`);
  await bench.noUsers("refunds-sc", 10_000);
}

/** Of the table that the Job has made, which belongs to the owner and which the reader may read at once. */
async function columns(bench: Bench): Promise<string[]> {
  const { postgres } = bench;
  const [table] = await postgres.query<{ owner: string; readable: boolean }>(
    `SELECT pg_get_userbyid(relowner) AS owner, has_table_privilege('refunds-shop', oid, 'SELECT') AS readable
     FROM pg_class WHERE relname = 'refunds'`,
    { database: SHOP },
  );
  assert.deepEqual(table, { owner: OWNER, readable: true });
  const rows = await postgres.query<{ name: string }>(
    "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'refunds'::regclass AND attnum > 0 ORDER BY attnum",
    { database: SHOP },
  );
  return rows.map(({ name }) => name);
}

/** Vault revokes while the user's client opens one session after the other: none must be left. */
async function survivors(bench: Bench): Promise<string> {
  const { postgres, vault } = bench;
  const sessions: Client[] = [];
  for (let round = 0; round < 10; round += 1) {
    const { data, lease_id } = await vault.client.read<{ username: string; password: string }>(
      `database/creds/${SCHEMA_ROLE}`,
    );
    let stopped = false;
    const connecting = (async () => {
      while (!stopped) {
        const { username: user, password } = data;
        const session = new Client({ ...postgres.superuser(SHOP), user, password });
        session.on("error", () => undefined);
        await session.connect().then(
          () => sessions.push(session),
          () => undefined,
        );
      }
    })();
    const before = sessions.length;
    await eventually("first session of the user", () => sessions.length > before);
    await vault.client.write("sys/leases/revoke", { lease_id, sync: true });
    await sleep(50);
    stopped = true;
    await connecting;
  }
  const orphans = await postgres.query(
    "SELECT FROM pg_stat_activity WHERE usesysid IS NOT NULL AND usename IS NULL",
  );
  assert.equal(orphans.length, 0, "sessions are left whose user was dropped");
  await Promise.all(sessions.map((session) => session.end().catch(() => undefined)));
  return `${orphans.length} left of ${sessions.length}`;
}

async function leave(bench: Bench, without: Bench["environment"]): Promise<void> {
  bench.environment = without;
  const { postgres } = bench;
  await bench.terraform.synthesize(without);
  await bench.terraform.apply(STACKS.services);
  await eventually("end of the pods", () => bench.pods(NAMESPACE, "refunds").length === 0, {
    timeoutMs: 60_000,
  });
  await bench.noUsers("refunds");
  await bench.terraform.apply(STACKS.platform);
  await bench.runBootstrapSql();
  for (const role of [SCHEMA_ROLE, "refunds-shop"])
    await postgres.query(`DROP ROLE "${role}"`, { database: SHOP });
  await postgres.query(`DROP OWNED BY ${OWNER}`, { database: SHOP });
  await postgres.query(`DROP ROLE ${OWNER}`);
}

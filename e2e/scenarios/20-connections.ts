import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { readDifferences } from "../../cli/verify-database";
import { bootstrapInput } from "../../lib/environment/derive";
import { STACKS, type Bench } from "../bench";
import { SHOP } from "../schema";
import { scramVerifier } from "../servers/scram";
import { pageBlocks } from "../support/page-blocks";
import { eventually } from "../support/wait";
import { CustomersLoad } from "./customers";
import type { Scenario } from "./scenario";
import { filesBelow, filesWithSecrets } from "./secrets-in-files";

const PAGE = "docs/connections.md";
const SECOND = `${SHOP}-2`;
const LOGIN = "vault_admin_2";
const PASSWORD = "canary-7f3a-second-password";
/** Of a service that moves to the second connection, and of one that stays. */
const MOVES = "storefront";
const STAYS = "orders";

/** A database gets a second connection and loses it again, by the page, under load. */
export const connections: Scenario = {
  name: "connections",
  title: "a second connection to a database comes and goes, and no request fails",
  async run(bench, measurements) {
    const without = bench.environment;
    const load = new CustomersLoad();
    try {
      await raise(bench);
      await generation(bench);
      await lower(bench, without);
      await generation(bench);
      await dropLogin(bench);
    } finally {
      await load.stop();
      measurements.note("requests while its connection changed twice, failed", load.summary());
    }
    assert.deepEqual(load.failures, [], "a customer has noticed another connection");
    await asDeclared(bench);
  },
};

async function raise(bench: Bench): Promise<void> {
  const { environment, terraform, postgres } = bench;
  const databases = environment.databases.map((database) =>
    database.name === SHOP ? { ...database, connections: 2 } : database,
  );
  await bench.redeclare({ ...environment, databases });
  await bench.runBootstrapSql();
  await postgres.query(`ALTER ROLE ${LOGIN} PASSWORD '${scramVerifier(PASSWORD)}'`);
  await terraform.apply(STACKS.platform, { shop_2_password: PASSWORD });
  // A team may take its time: until its stack is applied, what moves gets its credentials where it is.
  await generation(bench);
  await terraform.apply(STACKS.services);
  for (const stack of Object.values(STACKS)) await terraform.assertNothingToDo(stack);
  const files = filesBelow(path.join(bench.directory, "terraform"));
  assert.deepEqual(
    filesWithSecrets(files, { PASSWORD }),
    [],
    "what Terraform wrote holds the first password",
  );
  assert.deepEqual(await servedBy(bench), { [MOVES]: SECOND, [STAYS]: SHOP });
  await asDeclared(bench);
}

/** Until all users of before are gone, which another login has made than the one that ends them. */
async function generation(bench: Bench): Promise<void> {
  const before = await bench.users(MOVES);
  assert.ok(before.length > 0);
  await eventually(
    `end of ${before.length} users of ${MOVES}`,
    async () => (await bench.users(MOVES)).every((user) => !before.includes(user)),
    { timeoutMs: 120_000, intervalMs: 500 },
  );
}

async function lower(bench: Bench, without: Bench["environment"]): Promise<void> {
  const { terraform, vault } = bench;
  const [handOver = ""] = sqlOfPage();
  await bench.postgres.query(handOver);
  const addresses = addressesOfSecond(path.join(terraform.stackDirectory(STACKS.platform), "cdk.tf.json"));
  assert.equal(addresses.length, 2);
  await bench.redeclare(without);
  await terraform.succeed(STACKS.platform, ["state", "rm", ...addresses]);
  await terraform.apply(STACKS.platform);
  await terraform.apply(STACKS.services);
  await vault.client.delete(`database/config/${SECOND}`);
  for (const stack of Object.values(STACKS)) await terraform.assertNothingToDo(stack);
  assert.deepEqual(await servedBy(bench), { [MOVES]: SHOP, [STAYS]: SHOP });
}

/** What Terraform is told to forget: it would refuse to destroy a connection. */
function addressesOfSecond(file: string): string[] {
  const { resource } = JSON.parse(fs.readFileSync(file, "utf8")) as {
    resource: Record<string, Record<string, object>>;
  };
  return Object.entries(resource).flatMap(([type, all]) =>
    Object.keys(all)
      .filter((name) => name.startsWith(`${SECOND}_`))
      .map((name) => `${type}.${name}`),
  );
}

async function dropLogin({ postgres }: Bench): Promise<void> {
  const [, left = "", drop = ""] = sqlOfPage();
  await eventually(
    `end of the last credential of ${LOGIN}`,
    async () => (await postgres.query(left, { database: SHOP }))[0]?.count === "0",
    { timeoutMs: 120_000, intervalMs: 500 },
  );
  await postgres.query(drop, { database: SHOP });
}

/** The page has the last of three connections: here it is the last of two. */
function sqlOfPage(): string[] {
  return pageBlocks(PAGE, "Lower it", "sql").map((block) =>
    block.replaceAll("vault_admin_2", "vault_admin").replaceAll("vault_admin_3", LOGIN),
  );
}

async function servedBy({ vault }: Bench): Promise<Record<string, string>> {
  const served = [MOVES, STAYS].map(async (service) => {
    const { data } = await vault.client.read<{ db_name: string }>(`database/roles/${service}-${SHOP}`);
    return [service, data.db_name] as const;
  });
  return Object.fromEntries(await Promise.all(served));
}

async function asDeclared({ environment, postgres }: Bench): Promise<void> {
  const database = environment.databases.find(({ name }) => name === SHOP);
  assert.ok(database);
  assert.deepEqual(
    await readDifferences(bootstrapInput(environment, database), postgres.superuser(SHOP)),
    [],
  );
}

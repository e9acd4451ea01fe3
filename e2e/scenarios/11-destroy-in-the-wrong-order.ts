import assert from "node:assert/strict";
import { CANARIES, STACKS, type Bench } from "../bench";
import { ARCHIVE } from "../environment";
import type { PostgresServer } from "../servers/postgres";
import type { Scenario } from "./scenario";

/** The platform goes first, under living leases. The mount is lost; the runbook says how to get out. */
export const destroyInTheWrongOrder: Scenario = {
  name: "destroy-in-the-wrong-order",
  title: "an environment is built again, destroyed in the wrong order, and cleared up by the runbook",
  async run(bench, measurements) {
    const { terraform } = bench;
    await bench.setFirstPasswords();
    await terraform.apply(STACKS.platform, {
      shop_password: CANARIES.shop,
      archive_password: CANARIES.archive,
    });
    await bench.configureReviewer();
    await terraform.apply(STACKS.services);
    const first = await terraform.destroy(STACKS.platform);
    assert.notEqual(first.code, 0, "the platform could be destroyed under living leases");
    measurements.note(
      "Vault's answer",
      /failed to revoke|tainted|failed to find entry[^\n]*/.exec(first.stdout + first.stderr)?.[0] ?? "?",
    );
    await clearUp(bench);
  },
};

/** `vault lease revoke -force -prefix`, destroy, and `DROP ROLE` of what no lease knows any more. */
async function clearUp({ terraform, servers }: Bench): Promise<void> {
  const { vault, postgres } = servers;
  await vault.client.write("sys/leases/revoke-force/database/creds");
  const platform = await terraform.destroy(STACKS.platform);
  assert.equal(
    platform.code,
    0,
    `the runbook does not get the platform destroyed:\n${platform.stdout}${platform.stderr}`,
  );
  const services = await terraform.destroy(STACKS.services);
  assert.equal(
    services.code,
    0,
    `the runbook does not get the services destroyed:\n${services.stdout}${services.stderr}`,
  );
  await dropOrphans(postgres);
}

/**
 * Privileges of its own keep a user of the strategy `direct` from being dropped. Vault's login has granted
 * them, and only it can take them back: `DROP OWNED` of a superuser looks at what owners have granted.
 */
async function dropOrphans(postgres: PostgresServer): Promise<void> {
  const orphans = await postgres.query<{ name: string; direct: boolean }>(
    "SELECT quote_ident(rolname) AS name, rolname LIKE 'v-archivist-%' AS direct FROM pg_roles WHERE rolname LIKE 'v-%'",
  );
  assert.ok(orphans.length > 0, "there was nothing to clear up");
  for (const { name, direct } of orphans) {
    const asVault = `SET ROLE vault_admin_archive; GRANT ${name} TO CURRENT_USER WITH INHERIT TRUE; DROP OWNED BY ${name};`;
    await postgres.query(`${direct ? asVault : ""} DROP ROLE ${name}`, { database: ARCHIVE });
  }
}

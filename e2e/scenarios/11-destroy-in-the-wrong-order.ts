import assert from "node:assert/strict";
import { CANARIES, STACKS, type Bench } from "../bench";
import { ARCHIVE } from "../environment";
import type { PostgresServer } from "../servers/postgres";
import { CommandFailed } from "../support/failure";
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
    await bench.completePlatform();
    await terraform.apply(STACKS.services);
    assert.ok((await bench.users()).length >= 5, "there are no live users to destroy under");
    const { code, stdout, stderr } = await terraform.tryToDestroy(STACKS.platform);
    assert.notEqual(code, 0, "the platform could be destroyed under living leases");
    const answer = /failed to revoke[^\n]*/.exec(stdout + stderr)?.[0];
    if (answer === undefined)
      throw new CommandFailed("the destroy failed for another reason", stdout + stderr);
    measurements.note("Vault's answer", answer.slice(0, 100));
    await clearUp(bench);
  },
};

/** `vault lease revoke -force -prefix`, destroy, and `DROP ROLE` of what no lease knows any more. */
async function clearUp({ terraform, vault, postgres }: Bench): Promise<void> {
  await vault.client.write("sys/leases/revoke-force/database/creds");
  for (const stack of [STACKS.platform, STACKS.services]) await terraform.destroy(stack);
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

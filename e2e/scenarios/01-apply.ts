import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Client } from "pg";
import { readDifferences } from "../../cli/verify-database";
import { bootstrapInput } from "../../lib/environment/derive";
import { databaseRoleName } from "../../lib/postgres";
import { CANARIES, STACKS, type Bench } from "../bench";
import { SHOP } from "../schema";
import { logsBelow } from "../support/logs";
import { readZip } from "../support/zip";
import { tableColumns } from "./columns";
import { declaredPrivileges } from "./privileges";
import type { Scenario } from "./scenario";
import { filesBelow, filesWithSecrets, secretsIn } from "./secrets-in-files";

const PASSWORDS = { shop_password: CANARIES.shop, archive_password: CANARIES.archive };

/** From empty servers to running pods, as the runbook of the first apply has it. */
export const apply: Scenario = {
  name: "apply",
  title:
    "bootstrap SQL and terraform apply; a second plan is empty, no secret leaks, groups hold what is declared",
  async run(bench, measurements) {
    const { terraform } = bench;
    assert.deepEqual(await terraform.synthesize(bench.environment), [STACKS.platform, STACKS.services]);
    await bench.prepareDatabases();
    const plan = path.join(bench.directory, "terraform", "first.tfplan");
    await terraform.plan(STACKS.platform, plan, PASSWORDS);
    const startedAt = Date.now();
    await terraform.applyPlan(STACKS.platform, plan, PASSWORDS);
    await bench.completePlatform();
    const platformAt = Date.now();
    await terraform.apply(STACKS.services);
    measurements.add("apply of the platform", (platformAt - startedAt) / 1000, "s");
    measurements.add(
      "apply of the services, until all pods are available",
      (Date.now() - platformAt) / 1000,
      "s",
    );
    for (const stack of Object.values(STACKS))
      await terraform.assertNothingToDo(stack, `the second plan of ${stack} is not empty`);
    assertNoSecrets(bench, plan);
    await assertRotatedPassword(bench);
    await assertGroupPrivileges(bench);
    await assertAsDeclared(bench);
  },
};

/** Neither Vault's first passwords nor Terraform's token nor the reviewer's JWT. */
function assertNoSecrets({ directory, vault, terraform, reviewerJwt }: Bench, plan: string): void {
  const secrets: Record<string, string> = {
    ...CANARIES,
    "root token": vault.client.token ?? "",
    "reviewer's JWT": reviewerJwt,
  };
  const inPlan = readZip(plan).flatMap((content) => secretsIn(content, secrets));
  assert.deepEqual(inPlan, [], "the saved plan holds secrets");
  assert.ok(fs.existsSync(terraform.stateFile(STACKS.platform)), "there is no state where the backend says");
  const written = filesWithSecrets(filesBelow(path.join(directory, "terraform")), secrets);
  assert.deepEqual(written, [], "what Terraform wrote holds secrets");
  assert.deepEqual(secretsIn(terraform.output.join(""), secrets), [], "what Terraform printed holds secrets");
  const logged = filesWithSecrets(logsBelow(directory), secrets);
  assert.deepEqual(logged, [], "the servers' logs hold secrets");
}

async function assertRotatedPassword({ postgres }: Bench): Promise<void> {
  const client = new Client({
    host: postgres.host,
    port: postgres.port,
    database: SHOP,
    user: "vault_admin",
    password: CANARIES.shop,
    ssl: postgres.tls(),
  });
  await assert.rejects(client.connect(), /password authentication failed for user "vault_admin"/);
}

/** By PostgreSQL's own answer for every column and table, not by the grants that the SQL made. */
async function assertGroupPrivileges(bench: Bench): Promise<void> {
  const { postgres } = bench;
  const columns = await tableColumns(bench, SHOP);
  for (const { name, access } of bench.environment.services) {
    for (const { database, grants = [], strategy } of access) {
      if (strategy === "direct") continue;
      const rows = await postgres.query<{ privilege: string }>(HELD, {
        database,
        values: [databaseRoleName(name, database)],
      });
      const held = rows.map(({ privilege }) => privilege).sort();
      assert.deepEqual(
        held,
        declaredPrivileges(grants, columns),
        `${name} holds other privileges than declared`,
      );
    }
  }
}

/** What `leasehold verify-database` reads, for both databases and by the superuser. */
async function assertAsDeclared({ environment, postgres }: Bench): Promise<void> {
  for (const database of environment.databases) {
    const connection = postgres.superuser(database.database);
    assert.deepEqual(await readDifferences(bootstrapInput(environment, database), connection), []);
  }
}

const HELD = `
WITH tables AS (SELECT oid, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v'))
SELECT format('%s(%s) %s', privilege, attname, relname) AS privilege
FROM tables JOIN pg_attribute ON attrelid = tables.oid, unnest(ARRAY['SELECT', 'UPDATE']) AS privilege
WHERE attnum > 0 AND NOT attisdropped AND has_column_privilege($1, tables.oid, attnum, privilege)
UNION ALL
SELECT format('%s %s', privilege, relname) AS privilege
FROM tables, unnest(ARRAY['INSERT', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
WHERE has_table_privilege($1, tables.oid, privilege)`;

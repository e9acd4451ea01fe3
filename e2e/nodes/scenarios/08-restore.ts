import assert from "node:assert/strict";
import path from "node:path";
import { psql } from "../../doctor/psql";
import type { Scenario } from "../../scenarios/scenario";
import { filesBelow, filesWithSecrets } from "../../scenarios/secrets-in-files";
import { CommandFailed } from "../../support/failure";
import { pageBlocks } from "../../support/page-blocks";
import { eventually } from "../../support/wait";
import { STACKS, type NodesBench } from "../bench";
import { needsOwnCluster } from "../existing-cluster";
import { underLoad } from "../failing";
import { readyPods } from "../../cluster/pods";
import { typeInPsql } from "../psql";
import { runbookCommand } from "../runbook";
import { allUnsealed, initialise, servers, threeVoters, unseal } from "../vault-servers";
import { createVolumesOf, loseVolumesOf } from "../volumes";

const ROTATION = "root-rotation.md";
const LOST = "It was lost, or is wrong";
/** Unlike anything else, so that it is found wherever it leaks. */
const NEW_PASSWORD = "canary-9c1e-new-password";

/**
 * All disks of Vault are lost, and what it knew comes back from a snapshot, by the page: with it the database password of the snapshot's
 * day, which Vault has rotated since.
 */
export const nodesRestore: Scenario<NodesBench> = {
  name: "nodes-restore",
  title:
    "all of Vault's disks are lost: a snapshot is restored onto fresh servers by the runbook, and with it a password that is not PostgreSQL's",
  needs: () => needsOwnCluster() ?? (psql() === undefined ? "there is no psql" : undefined),
  async run(bench, measurements) {
    await readyPods(bench, "storefront", 3);
    const command = (section: string, start: string) =>
      runbookCommand("restore.md", section, start).replace(
        "backup.snap",
        path.join(bench.directory, "backup.snap"),
      );
    await bench.operator(command("Before", "vault operator raft snapshot save"));
    await rotate(bench, { rotation: 2 });
    const before = bench.keys;
    await underLoad(
      bench,
      measurements,
      "Vault restored from a snapshot, its password repaired",
      "while no pod is ready",
      async () => {
        await loseDisks(bench);
        await initialise(bench);
        await threeVoters(bench);
        assert.notDeepEqual(bench.keys, before, "the servers are not fresh ones");
        await bench.operator(command("Onto fresh servers", "vault operator raft snapshot restore"));
        // The keys and tokens are those of the snapshot again.
        bench.keys = before;
        await unseal(bench);
        await allUnsealed(bench);
        await threeVoters(bench);
        const startedAt = Date.now();
        await assert.rejects(issues(bench), isLockedOut);
        await repair(bench);
        await issues(bench);
        measurements.add("password repaired by the runbook", (Date.now() - startedAt) / 1000, "s");
      },
    );
    await bench.kubectl("-n", "shop", "rollout", "restart", "deploy/storefront", "deploy/orders");
    for (const name of ["storefront", "orders"]) {
      await bench.kubectl("-n", "shop", "rollout", "status", `deploy/${name}`, "--timeout=120s");
      await readyPods(bench, name, 3);
    }
    for (const stack of [STACKS.platform, STACKS.services])
      await bench.terraform.assertNothingToDo(stack, `${stack} is not what is declared`);
    assert.deepEqual(
      filesWithSecrets(filesBelow(path.join(bench.directory, "terraform")), { NEW_PASSWORD }),
      [],
      "what Terraform wrote holds the password",
    );
    measurements.add("users that were left", await dropWhatIsLeft(bench), "");
    await eventually("one user of each pod", async () => (await bench.users("orders")).length === 3, {
      timeoutMs: 90_000,
    });
  },
};

/** What an operator does: raises numbers of the database in the literal, and deploys the platform. */
async function rotate(
  { environment, terraform, postgres }: NodesBench,
  numbers: { readonly rotation: number; readonly passwordVersion?: number },
  variables?: Readonly<Record<string, string>>,
): Promise<void> {
  const stored = async () =>
    (
      await postgres.query<{ rolpassword: string }>(
        "SELECT rolpassword FROM pg_authid WHERE rolname = 'vault_admin'",
      )
    )[0]?.rolpassword;
  const before = await stored();
  const databases = environment.databases.map((database) => ({ ...database, ...numbers }));
  await terraform.synthesize({ ...environment, databases });
  await terraform.apply(STACKS.platform, variables);
  assert.notEqual(await stored(), before, "the password was not rotated");
}

/** With the password of the snapshot's day Vault is told what the page says. */
function isLockedOut(error: unknown): boolean {
  return (
    error instanceof CommandFailed &&
    /password authentication failed for user "vault_admin"/.test(`${error.message}${error.output}`)
  );
}

async function issues(bench: NodesBench): Promise<void> {
  await bench.operator(runbookCommand(ROTATION, LOST, "vault read database/creds/orders-shop"));
}

/** By the page, once rotated and once lost: both numbers are raised above what was applied last. */
async function repair(bench: NodesBench): Promise<void> {
  const [command = ""] = pageBlocks(`docs/runbooks/${ROTATION}`, LOST, "psql");
  await typeInPsql(bench, command.trim(), [
    { prompt: "Enter new password", text: NEW_PASSWORD },
    { prompt: "Enter it again", text: NEW_PASSWORD },
  ]);
  const [, variable = ""] = /TF_VAR_(\w+)/.exec(runbookCommand(ROTATION, LOST, "read -rs")) ?? [];
  assert.ok(runbookCommand(ROTATION, LOST, "npx cdktf deploy production-platform"));
  await rotate(bench, { passwordVersion: 2, rotation: 3 }, { [variable]: NEW_PASSWORD });
}

/** By the page: users that the restored Vault does not know, and those that it could not drop. */
async function dropWhatIsLeft({ postgres }: NodesBench): Promise<number> {
  const [select = ""] = pageBlocks("docs/runbooks/restore.md", "Afterwards", "sql");
  const rows = await postgres.query<{ format: string }>(select);
  for (const { format } of rows) await postgres.query(format);
  return rows.length;
}

async function loseDisks(bench: NodesBench): Promise<void> {
  await bench.kubectl("-n", "vault", "scale", "statefulset", "vault", "--replicas=0");
  await eventually("end of all servers", async () => (await servers(bench)).length === 0, {
    timeoutMs: 60_000,
  });
  await bench.kubectl("-n", "vault", "delete", "persistentvolumeclaims", "--all", "--timeout=60s");
  for (const { name } of bench.ownCluster.nodes) {
    await loseVolumesOf(bench.ownCluster, name);
    await createVolumesOf(bench.ownCluster, name);
  }
  await bench.kubectl("-n", "vault", "scale", "statefulset", "vault", "--replicas=3");
}

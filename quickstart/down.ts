import fs from "node:fs";
import path from "node:path";
import { DatabaseServer, stopServer } from "./database-server";
import { IMAGES } from "./images";
import { Kubectl } from "./kubectl";
import { ROOT_TOKEN, STACKS, VAULT } from "./places";
import type { Progress } from "./progress";
import { recordedRun } from "./run";
import { Stacks } from "./stacks";

const [, PLATFORM_STACK] = STACKS;

/** Takes away what a run has made, also one that has not come to its end. */
export async function down(directory: string, progress: Progress): Promise<number> {
  const run = recordedRun(directory);
  if (run === undefined) {
    console.log("there is no run of a quickstart: nothing to take away");
    return 0;
  }
  const kubectl = new Kubectl(run.context);
  const { code } = await kubectl.try("--request-timeout=5s", "get", "--raw", "/readyz");
  if (code === 0) await destroy(kubectl, directory, progress);
  else console.log(`the cluster of "${run.context}" does not answer: what is in it goes with it`);
  await progress.step("PostgreSQL", () =>
    run.postgres === undefined
      ? stopServer(path.join(directory, "postgres"))
      : dropShop(new DatabaseServer({ connectionString: run.postgres })),
  );
  fs.rmSync(directory, { recursive: true, force: true });
  console.log(`nothing is left but the images on the nodes: ${Object.values(IMAGES).join(", ")}`);
  return 0;
}

/** In reverse order, as docs/runbooks/destroy.md says; Vault in dev mode has no volumes. */
async function destroy(kubectl: Kubectl, directory: string, progress: Progress): Promise<void> {
  const { terraform } = new Stacks(kubectl, directory);
  const [vault, ...configured] = STACKS.filter((stack) => fs.existsSync(terraform.stateFile(stack)));
  if (configured.length > 0)
    await kubectl.withVault(path.join(directory, "port-forward.log"), async () => {
      for (const stack of configured.reverse()) {
        // Pods of the services may not have ended yet, and no lease can be revoked when its connection is gone.
        if (stack === PLATFORM_STACK) await progress.step("revocation of what pods still have", revokeLeases);
        await progress.step(`destroy of ${stack}`, () => terraform.destroy(stack));
      }
    });
  if (vault !== undefined) await progress.step(`destroy of ${vault}`, () => terraform.destroy(vault));
  // Helm has made it, and does not take it away.
  await progress.step(`namespace ${VAULT.namespace}`, () =>
    kubectl.run("delete", "namespace", VAULT.namespace, "--ignore-not-found", "--timeout=90s"),
  );
}

/** By the command of docs/runbooks/destroy.md for leases that are left. */
async function revokeLeases(): Promise<void> {
  const answer = await fetch(`${VAULT.address}/v1/sys/leases/revoke-prefix/database/creds`, {
    method: "PUT",
    headers: { "X-Vault-Token": ROOT_TOKEN },
    body: JSON.stringify({ sync: true }),
  });
  if (!answer.ok)
    throw new Error(`Vault has not revoked the leases: ${answer.status} ${await answer.text()}`);
}

/** Of a server that stays: the database, the roles whose comments say that they are leasehold's for `local`, and their users. */
async function dropShop(postgres: DatabaseServer): Promise<void> {
  await postgres.query("DROP DATABASE IF EXISTS shop WITH (FORCE)");
  const roles = await postgres.query<{ name: string }>(
    `WITH ours AS (
       SELECT oid FROM pg_roles WHERE shobj_description(oid, 'pg_authid') LIKE 'leasehold: %"environment":"local"%'
     )
     SELECT format('%I', rolname) AS name FROM pg_roles
      WHERE oid IN (SELECT oid FROM ours)
         OR rolname LIKE 'v-%' AND oid IN (SELECT member FROM pg_auth_members WHERE roleid IN (SELECT oid FROM ours))`,
  );
  for (const { name } of roles) await postgres.query(`DROP ROLE ${name}`);
}

import assert from "node:assert/strict";
import { namesOf } from "../cluster/watched-pods";
import { STACKS, type Bench } from "../bench";
import { SHOP } from "../schema";
import { readAuditLog } from "../servers/audit-log";
import { assertPrivileges } from "./03-least-privilege";
import { events } from "./application-log";
import { livingUsers } from "./recovery";
import type { Scenario } from "./scenario";

/** Vault's own password changes, applies go on without one, and a changed grant reaches living pods. */
export const rootRotation: Scenario = {
  name: "root-rotation",
  title:
    "root rotation, a re-apply, a changed grant: nothing restarts, and living credentials follow the grant",
  async run(bench, measurements) {
    const pods = await bench.rolledOut("shop", "orders", 3);
    await livingUsers(bench, "shop", "orders");
    const errors = () => pods.flatMap((pod) => events(pod.container("orders"), "error"));
    const errorsBefore = errors();
    await rotateRoot(bench);
    measurements.note("re-apply after the rotation", "empty plan, no password given");
    await changeGrant(bench);
    measurements.note("changed grant", "reaches the living users of 3 pods, and is taken back");
    assert.deepEqual(namesOf(bench.pods("shop", "orders")), namesOf(pods), "a pod was replaced");
    assert.deepEqual(errors(), errorsBefore, "a query failed");
  },
};

async function rotateRoot(bench: Bench): Promise<void> {
  const before = rotations(bench);
  const { databases, ...rest } = bench.environment;
  const rotated = databases.map((database) =>
    database.name === SHOP ? { ...database, rotation: 2 } : database,
  );
  await bench.redeclare({ ...rest, databases: rotated });
  await bench.terraform.apply(STACKS.platform);
  assert.equal(rotations(bench) - before, 1, "rotations by the apply");
  await bench.terraform.assertNothingToDo(STACKS.platform, "the plan after the rotation is not empty");
  const { client } = bench.vault;
  const { data, lease_id } = await client.read<{ username: string }>("database/creds/orders-shop");
  assert.ok((await bench.users("orders")).includes(data.username), "nothing is issued after the rotation");
  await client.write("sys/leases/revoke", { lease_id, sync: true });
  assert.ok(!(await bench.users("orders")).includes(data.username), "nothing is revoked after the rotation");
}

/** With the strategy `group` the bootstrap SQL is all that it takes. */
async function changeGrant(bench: Bench): Promise<void> {
  const { environment } = bench;
  const services = environment.services.map((service) => {
    const [access] = service.access;
    if (service.name !== "orders" || !access?.grants) return service;
    const grants = [...access.grants, { tables: ["products"], privileges: ["SELECT", "DELETE"] } as const];
    return { ...service, access: [{ ...access, grants }] };
  });
  for (const changed of [{ ...environment, services }, environment]) {
    await bench.redeclare(changed);
    await bench.runBootstrapSql();
    await assertPrivileges(bench, "shop", "orders");
    await bench.terraform.assertNothingToDo(STACKS.services, "a grant of a group role changes the plan");
  }
}

function rotations({ vault }: Bench): number {
  return readAuditLog(vault.auditFile).filter(
    ({ type, error, request }) =>
      type === "response" && !error && request.path === `database/rotate-root/${SHOP}`,
  ).length;
}

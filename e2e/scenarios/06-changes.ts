import assert from "node:assert/strict";
import { once } from "node:events";
import type { EnvironmentService } from "../../lib/environment/environment";
import { STACKS, type Bench } from "../bench";
import { APPLICATION_IMAGE } from "../images/bench";
import { SHOP } from "../schema";
import { eventually } from "../support/wait";
import { livingUsers } from "./recovery";
import type { Scenario } from "./scenario";

const late: EnvironmentService = {
  name: "late",
  namespace: "late",
  ttl: { default: "20s", max: "60s" },
  drain: "2s",
  access: [{ database: SHOP, grants: [{ tables: ["products"], privileges: ["SELECT"] }] }],
  workload: { kind: "deployment", image: APPLICATION_IMAGE, args: ["/app/service.mjs"], replicas: 1 },
};

/** A service is added by an apply that breaks off, comes up with the next one, and is removed again. */
export const changes: Scenario = {
  name: "changes",
  title: "an interrupted apply is repeated; a removed service leaves no user, no role and no privilege",
  async run(bench, measurements) {
    const { terraform, environment } = bench;
    await redeclare(bench, { ...environment, services: [...environment.services, late] });
    await terraform.apply(STACKS.platform);
    const log = await interruptedApply(bench);
    measurements.note("interrupted", log);
    await terraform.apply(STACKS.services);
    await bench.rolledOut("late", "late", 1);
    await assertEmptyPlans(bench);
    await assertThere(bench);

    await redeclare(bench, environment, "without bootstrap SQL");
    await terraform.apply(STACKS.services);
    await bench.noUsers("late", 10_000);
    await terraform.apply(STACKS.platform);
    await bench.runBootstrapSql();
    await assertEmptyPlans(bench);
    await assertNothingLeft(bench);
  },
};

/** What an operator does: edits the literal, and has the bootstrap SQL run where it adds. */
async function redeclare(
  bench: Bench,
  environment: Bench["environment"],
  sql?: "without bootstrap SQL",
): Promise<void> {
  await bench.redeclare(environment);
  if (sql === undefined) await bench.runBootstrapSql();
}

/** Ctrl-C as soon as the first part of the new service is there. */
async function interruptedApply(bench: Bench): Promise<string> {
  const { client } = bench.vault;
  assert.ok(!(await client.list("sys/policies/acl")).includes("bench-late"), "the service was there before");
  const apply = await bench.terraform.startApply(STACKS.services);
  await eventually(
    "first part of the new service",
    async () => (await client.list("sys/policies/acl")).includes("bench-late"),
    {
      intervalMs: 5,
    },
  );
  apply.kill("SIGINT");
  const [code] = (await once(apply, "exit")) as [number | null];
  assert.notEqual(code, 0, "the apply was through before it could be interrupted");
  const plan = await bench.terraform.plan(STACKS.services);
  assert.ok(plan, "the interrupted apply has left nothing to do");
  return /Plan: .*/.exec(plan)?.[0] ?? "";
}

async function assertEmptyPlans({ terraform }: Bench): Promise<void> {
  for (const stack of Object.values(STACKS)) {
    await terraform.assertNothingToDo(stack);
  }
}

/** What the removal takes away. */
async function assertThere(bench: Bench): Promise<void> {
  await livingUsers(bench, "late", "late");
  assert.ok(await hasPrivileges(bench), "the group role has no privileges");
}

async function hasPrivileges({ postgres }: Bench): Promise<boolean> {
  const tables = await postgres.query("SELECT FROM pg_class WHERE relacl::text LIKE '%late-shop%'", {
    database: SHOP,
  });
  return tables.length > 0;
}

async function assertNothingLeft(bench: Bench): Promise<void> {
  const { vault, apiServer, postgres } = bench;
  assert.ok(!(await vault.client.list("database/roles")).includes("late-shop"));
  assert.ok(!(await vault.client.list("auth/kubernetes/role")).includes("late"));
  assert.ok(!(await vault.client.list("sys/policies/acl")).includes("bench-late"));
  assert.deepEqual(await bench.leases("late-shop"), []);
  assert.equal(await apiServer.client.find("/api/v1/namespaces/late"), undefined);
  assert.ok(!(await hasPrivileges(bench)), "the group role has kept privileges");
  await postgres.query('DROP ROLE "late-shop"');
}

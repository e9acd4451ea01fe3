import type { EnvironmentService } from "../../lib/environment/environment";
import { production } from "../../template/project/stacks/production";
import { synthesizeAside } from "../support/environment";

/** What the rule has to say of so many services that differ in their names, and in whose they are. */
async function said(count: number, teamOf: (index: number) => { team?: string } = () => ({})) {
  const [database] = production.databases;
  const services = Array.from({ length: count }, (_, index) => ({
    name: `service-${index}`,
    namespace: "shop",
    ...teamOf(index),
    ttl: { default: "1h", max: "24h" },
    access: [{ database: database?.name ?? "", grants: [{ tables: ["orders"], privileges: ["SELECT"] }] }],
    workload: { kind: "cron-job", image: "ghcr.io/acme/job:1", schedule: "0 3 * * *" },
  })) satisfies EnvironmentService[];
  const { provenIn, guarantees, people, ...common } = production;
  const databases = production.databases.map((each) => ({ ...each, maxConnections: 262_143 }));
  const { findings } = await synthesizeAside([{ ...common, databases, services }]);
  return findings.filter(({ rule }) => rule === "capacity/services-per-stack");
}

test("a stack with as many services as are planned in 20 s is said nothing of", async () => {
  expect(await said(90)).toEqual([]);
});

test("one service more is told, with the stack, how many there are and what to do, and refuses nothing", async () => {
  expect(await said(91)).toEqual([
    expect.objectContaining({
      severity: "warning",
      file: expect.stringMatching(/stacks\/production\/cdk\.tf\.json$/) as string,
      message: 'the stack "production" has 91 services, and plans stay under 20 s up to 90',
      fix: expect.stringContaining("give services a 'team'") as string,
      evidence: expect.arrayContaining(["production", "91"]) as string[],
    }),
  ]);
});

test("the same services are not told where they are of two teams", async () => {
  expect(await said(91, (index) => ({ team: index < 50 ? "checkout" : "logistics" }))).toEqual([]);
});

test("of two teams the one that has outgrown its stack is told", async () => {
  expect(await said(95, (index) => ({ team: index < 92 ? "checkout" : "logistics" }))).toEqual([
    expect.objectContaining({
      message: 'the stack "production-checkout" has 92 services, and plans stay under 20 s up to 90',
    }),
  ]);
});

import { benchEnvironment } from "../../e2e/environment";
import { SHOP } from "../../e2e/schema";
import type { Servers } from "../../e2e/servers/servers";
import type { Environment } from "../../lib/environment/environment";

/** How the services lie in states: one for all, or one for each team. */
export type Layout = "one stack" | "split by team";

/** A stack of so many is planned in about ten seconds. */
const SERVICES_OF_A_TEAM = 50;

/** How many teams the services are split by. */
export function teamsOf(services: number): number {
  return Math.max(2, Math.ceil(services / SERVICES_OF_A_TEAM));
}

/** What is measured from nothing to nothing. */
export interface Case {
  readonly services: number;
  readonly layout: Layout;
}

/**
 * An environment of so many services. They are CronJobs that never run: what Terraform does is measured, and not how long a
 * pod takes to become ready.
 */
export function environmentOf(
  servers: Servers,
  kubeconfigFile: string,
  postgresVersion: number,
  states: string,
  { services: count, layout }: Case,
): Environment {
  const base = benchEnvironment(servers, kubeconfigFile, postgresVersion, []);
  const databases = base.databases
    .filter(({ name }) => name === SHOP)
    // What is measured is what holds, whatever a server could bear.
    .map((database) => ({ ...database, maxConnections: 262_143 }));
  const services = Array.from({ length: count }, (_, index) => ({
    name: `service-${index}`,
    namespace: "bench",
    ...(layout === "split by team" && { team: `team-${index % teamsOf(count)}` }),
    ttl: { default: "1h", max: "1h" },
    access: [
      {
        database: SHOP,
        grants: [
          { tables: ["orders", "order_items"], privileges: ["SELECT", "INSERT", "UPDATE"] },
          { tables: ["customers"], privileges: ["SELECT"] },
        ],
      },
    ],
    workload: { kind: "cron-job", image: "bench.local/application:1", schedule: "0 0 1 1 *" },
  })) satisfies Environment["services"];
  return { ...base, state: { kind: "http", address: states }, databases, services };
}

/** The same with another image of one service, which is what a release changes. */
export function withOneChanged(environment: Environment): Environment {
  const [first, ...others] = environment.services;
  if (first?.workload.kind !== "cron-job") throw new Error("the first service is no CronJob");
  const changed = { ...first, workload: { ...first.workload, image: "bench.local/application:2" } };
  return { ...environment, services: [changed, ...others] };
}

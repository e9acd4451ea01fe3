import type { Environment } from "../../lib/environment/environment";
import type { AccessReports, EnvironmentReport } from "../../proof/report";
import { environmentWith, synthesizeAside } from "./environment";

/** The report on environments, as a synth writes it. */
export async function reportsOn(these: readonly Environment[]): Promise<AccessReports> {
  const { files } = await synthesizeAside(these);
  return JSON.parse(files["report/access.json"] ?? "") as AccessReports;
}

/** The report on one environment of many services. */
export function manyServices(count: number): Promise<AccessReports> {
  return reportsOn([environmentOf(count)]);
}

/** Many services, each with a table of its own and one that all share. */
export function environmentOf(count: number): Environment {
  const [orders] = environmentWith({}).services;
  const services = Array.from({ length: count }, (_, index) => ({
    ...orders!,
    name: `service-${index}`,
    namespace: `team-${index % 8}`,
    workload: { kind: "deployment" as const, image: "ghcr.io/acme/service:1.0.0", replicas: 2, port: 8080 },
    access: [
      {
        database: "shop",
        grants: [{ tables: [`table_${index}`, "customers"], privileges: ["SELECT", "INSERT"] as const }],
        pool: { max: 1 },
      },
    ],
  }));
  const environment = environmentWith({ services });
  const databases = environment.databases.map((database) => ({ ...database, maxConnections: 2000 }));
  return { ...environment, databases };
}

/** Environments of so many services each, made of a report on two: every one with names and addresses of its own. */
export function grown(
  { environments: [one], ...rest }: AccessReports,
  names: readonly string[],
  count: number,
): AccessReports {
  if (one === undefined) throw new Error("there is no environment to grow");
  return { ...rest, environments: names.map((name) => grownEnvironment(one, name, count)) };
}

function grownEnvironment(one: EnvironmentReport, name: string, count: number): EnvironmentReport {
  const [service, table] = [one.services[0], one.tables.find(({ id }) => id.endsWith("table_0"))];
  const shared = one.tables.find(({ id }) => id.endsWith("customers"));
  if (!service || !table || !shared) throw new Error("there is nothing to grow");
  const copies = <T>(value: T): T[] => {
    const text = JSON.stringify(value);
    return Array.from({ length: count }, (_, index) => JSON.parse(copied(text, index)) as T);
  };
  const [reach] = shared.reachedBy;
  const all = {
    services: copies(service),
    tables: [{ ...shared, reachedBy: copies(reach!) }, ...copies(table)],
  };
  return JSON.parse(JSON.stringify({ ...one, name, ...all }).replaceAll(one.name, name)) as EnvironmentReport;
}

function copied(text: string, index: number): string {
  const hash = (found: string) =>
    `_${(Number.parseInt(found.slice(1), 16) ^ (index * 2_654_435_761)).toString(16).toUpperCase().slice(-8).padStart(8, "0")}`;
  return text
    .replaceAll("service-0", `service-${index}`)
    .replaceAll("team-0", `team-${index % 40}`)
    .replaceAll("table_0", `table_${index}`)
    .replace(/_[0-9A-F]{8}(?![0-9A-Za-z])/g, hash);
}

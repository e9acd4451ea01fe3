import type { Environment } from "../../lib/environment/environment";
import type { AccessReports } from "../../proof/report";
import { environments } from "../../template/project/stacks";
import { environmentWith, synthesizeAside } from "./environment";

/** The report on every environment, as a synth writes it. */
export async function reportsOf(these: readonly Environment[] = environments): Promise<AccessReports> {
  const { files } = await synthesizeAside(these);
  return JSON.parse(files["report/access.json"] ?? "") as AccessReports;
}

/** The report on one environment of many services. */
export function manyServices(count: number): Promise<AccessReports> {
  return reportsOf([environmentOf(count)]);
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

import type { Environment } from "../../lib/environment/environment";
import {
  renderReport,
  type AccessReports,
  type EnvironmentReport,
  type ReportFormat,
} from "../../proof/report";
import { stored } from "../../proof/report/html/store";
import { page } from "../../proof/report/page/page";
import { readBack, type Stored } from "../../proof/report/page/read-back";
import { linkTo, routeOf } from "../../proof/report/page/routes";
import type { Since } from "../../proof/report/page/shown";
import { firstView } from "../../proof/report/page/view";
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

/** All that a browser would draw of a report: each environment, service, people, table and comparison. */
export function drawnPages(reports: AccessReports, since: Since | null = null): Map<string, string> {
  const shown = readBack(JSON.parse(JSON.stringify(stored(reports, since))) as Stored);
  const links = shown.environments.flatMap(({ name, lines, people = [], tables }) => [
    linkTo(name),
    ...[...lines, ...people].map(({ id }) => linkTo(name, "service", id)),
    ...tables.map(({ id }) => linkTo(name, "table", id)),
  ]);
  const besides = shown.comparisons.map(({ left, right }) => linkTo(right, "beside", left));
  return new Map(
    [...links, ...besides].map((link) => {
      const route = routeOf(link);
      if (route === undefined) throw new Error(`${link} leads nowhere`);
      return [link, page(shown, { ...firstView(route.environment), route }).text];
    }),
  );
}

/** The same as one text, with what breaks words taken out. */
export function drawnText(reports: AccessReports): string {
  return [...drawnPages(reports).values()].join("\n").replaceAll("<wbr>", "");
}

/** What people read of a report in a format: of the page, all that a browser draws. */
export function readAs(reports: AccessReports, format: ReportFormat): string {
  return format === "html" ? drawnText(reports) : renderReport(reports, format);
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

import type { AccessDiff } from "../diff";
import type {
  AccessReports,
  EnvironmentReport,
  MadeReport,
  ObjectReport,
  ServiceReport,
  TableReport,
} from "../model";
import { isNotKnown } from "../answer";

/** What the page shows, whoever holds it: the report itself when it is written, its folded form in a browser. */
export interface ShownReports extends Pick<AccessReports, "made" | "comparisons"> {
  /** What people look for first stands first. */
  readonly environments: readonly ShownEnvironment[];
  /** What has changed since a report of before; null where there is none to compare with. */
  readonly since: Since | null;
}

export interface Since {
  /** Of the report of before. */
  readonly made: MadeReport;
  readonly diff: AccessDiff;
}

/** What of an environment stands in the page as it is. */
export type ShownRest = Omit<EnvironmentReport, "services" | "logins" | "matrix" | "tables" | "objects">;

export interface ShownEnvironment extends ShownRest {
  /** One for each service, in their order. */
  readonly lines: readonly ServiceLine[];
  /** Tables, and then objects of other kinds. */
  readonly tables: readonly Reached[];
  /** All about a service, made when somebody asks. */
  readonly service: (id: string) => ServiceReport | undefined;
}

export type Reached = TableReport & Partial<Pick<ObjectReport, "object">>;

/** What a list says of a service. */
export interface ServiceLine extends Pick<ServiceReport, "id" | "name" | "namespace" | "whole"> {
  readonly stage: ServiceReport["migration"]["stage"];
  /** The worst of its accesses; null where it has none. */
  readonly reaches: "yes" | "no" | "not-known" | null;
}

/** The report as the page shows it. */
export function shownReports(reports: AccessReports, since: Since | null): ShownReports {
  const { made, comparisons } = reports;
  return { made, comparisons, since, environments: inOrder(reports).map(shownEnvironment) };
}

function shownEnvironment(report: EnvironmentReport): ShownEnvironment {
  const { services, tables, objects } = report;
  const byId = new Map(services.map((service) => [service.id, service]));
  return {
    ...restOf(report),
    lines: services.map(lineOf),
    tables: [...tables, ...objects],
    service: (id) => byId.get(id),
  };
}

/** What is left of a report when that is taken out which the page holds in another form, or not at all. */
export function restOf(report: EnvironmentReport): ShownRest {
  const { services, logins, matrix, tables, objects, ...rest } = report;
  return rest;
}

export function lineOf({ id, name, namespace, whole, migration, accesses }: ServiceReport): ServiceLine {
  const found = accesses.map(({ reaches }) => reaches.value);
  const reaches = (["no", "not-known", "yes"] as const).find((each) => found.includes(each)) ?? null;
  return { id, name, namespace, whole, stage: migration.stage, reaches };
}

/**
 * Production first: where changes arrive last. Which one that is follows from where changes are proven before; where
 * nobody says that, the name tells.
 */
export function inOrder({ environments, comparisons }: AccessReports): EnvironmentReport[] {
  const before = new Map(comparisons.map(({ left, right }) => [right, left]));
  const depth = (name: string | undefined, seen: readonly string[] = []): number =>
    name === undefined || seen.includes(name) ? 0 : 1 + depth(before.get(name), [...seen, name]);
  const isBefore = (name: string) => comparisons.some(({ left }) => left === name);
  const rank = ({ name }: EnvironmentReport) =>
    4 * depth(name) + 2 * Number(isBefore(name)) + Number(/^prod/i.test(name));
  return [...environments].sort((a, b) => rank(b) - rank(a));
}

/** What of a service nobody knows, where there is something. */
export function doubtOf({ whole }: Pick<ServiceLine, "whole">): string | undefined {
  return isNotKnown(whole) ? whole.reason : undefined;
}

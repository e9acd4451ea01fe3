import type { AccessReports, EnvironmentReport, ServiceReport } from "../model";
import type { Stored, StoredEnvironment } from "../page/read-back";
import { inOrder, lineOf, restOf, type Since } from "../page/shown";
import { Folder, Names } from "./fold";

/** The report as it stands in the page. */
export function stored(reports: AccessReports, since: Since | null): Stored {
  const folder = new Folder();
  const names = new Map(reports.environments.map((environment) => [environment.name, namesIn(environment)]));
  const environments = inOrder(reports).map((each) => environment(folder, each, names.get(each.name)));
  const comparisons = reports.comparisons.map((comparison) => {
    const own = [...(names.get(comparison.right)?.values() ?? [])];
    const byName = new Map(own.map((each) => [each.all[0], each]));
    return {
      ...comparison,
      differences: comparison.differences.map((each) => folder.placed(each, byName.get(each.service))),
    };
  });
  const placed = {
    made: folder.fold(reports.made),
    comparisons: folder.fold(comparisons),
    since: folder.fold(since),
  };
  return { ...placed, environments, ...folder.folded() };
}

/** Of each service by its id: what its texts are full of. */
type NamesOf = ReadonlyMap<string, Names>;

function namesIn({ name, services }: EnvironmentReport): NamesOf {
  return new Map(services.map((service) => [service.id, namesOf(name, service)]));
}

function namesOf(environment: string, { name, namespace, accesses }: ServiceReport): Names {
  const tables = new Set<string>();
  for (const { privileges } of accesses)
    for (const { table } of privileges) if (tables.size < MOST_TABLES) tables.add(table);
  return new Names([name, namespace ?? "", environment, ...tables]);
}

/** Of a service, that are names in its texts: where it reaches more, they are those of others as well. */
const MOST_TABLES = 8;

function environment(
  folder: Folder,
  report: EnvironmentReport,
  names: NamesOf = new Map(),
): StoredEnvironment {
  const { services, tables, objects, findings } = report;
  const about = (ids: readonly (string | null)[]) => (ids.length === 1 ? names.get(ids[0] ?? "") : undefined);
  return {
    rest: folder.fold({
      ...restOf(report),
      findings: findings.map((each) => folder.placed(each, about(each.services))),
      doubts: report.doubts.map((each) => folder.placed(each, about([each.service]))),
    }),
    tables: folder.fold(
      [...tables, ...objects].map((table) => ({
        ...table,
        reachedBy: table.reachedBy.map((each) => folder.placed(each, about([each.service]))),
      })),
    ),
    lines: folder.fold(services.map((each) => folder.placed(lineOf(each), names.get(each.id)))),
    services: services.map((each) => folder.fold(each, names.get(each.id))),
  };
}

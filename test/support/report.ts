import { reportsAt } from "../../proof/cli/reports";
import { MADE } from "./environment";
import { graphOf } from "./rules-graph";
import { accessReport, accessReports, type AccessReports } from "../../proof/report";
import { allRules, judge, limits, type Limits } from "../../proof/rules";

/** The report on a tree that leasehold has not written. */
export function reportOnFiles(directory: string): Promise<AccessReports> {
  return reportsAt(directory);
}

/** The report on texts, by the ending of the files' names. */
export async function reportOnTexts(
  files: Readonly<Record<string, string>>,
  held: Limits = limits.relaxed,
): Promise<AccessReports> {
  const graph = await graphOf(files);
  const context = { limits: held, capacities: new Map() };
  const findings = judge(graph, {
    rules: allRules,
    context,
    waivers: [],
    waiversFile: "",
    today: "2026-01-01",
  });
  return accessReports(
    [accessReport(graph, { name: "test", findings, failures: [], context, source: "written" })],
    [],
    MADE,
  );
}

import { reportsAt } from "../../cli/reports";
import { graphOf } from "./rules-graph";
import { accessReport, accessReports, type AccessReports } from "../../lib/report";
import { allRules, judge, limits } from "../../lib/rules";

/** The report on a tree that leasehold has not written. */
export function reportOnFiles(directory: string): Promise<AccessReports> {
  return reportsAt(directory);
}

/** The report on texts, by the ending of the files' names. */
export async function reportOnTexts(files: Readonly<Record<string, string>>): Promise<AccessReports> {
  const graph = await graphOf(files);
  const context = { limits: limits.relaxed, capacities: new Map() };
  const findings = judge(graph, { rules: allRules, context, waivers: [], waiversFile: "" });
  return accessReports([accessReport(graph, { name: "test", findings, failures: [], context })], []);
}

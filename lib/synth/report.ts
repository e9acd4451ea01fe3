import { accessReport, accessReports, type AccessReports, type MadeReport } from "@leasehold/proof/report";
import type { JudgedEnvironment } from "./prove";

/** Who may reach which table in each environment, and what differs from where its changes are proven. */
export function reportOf(judged: readonly JudgedEnvironment[], made: MadeReport): AccessReports {
  const reports = judged.map(({ environment, graph, findings, failures, context, guarantees }) =>
    accessReport(graph, {
      name: environment.name,
      findings,
      failures,
      context,
      guarantees,
      source: "rendered",
    }),
  );
  const pairs = judged.flatMap(({ environment: { name, provenIn } }) =>
    provenIn === undefined ? [] : [[provenIn, name] as const],
  );
  return accessReports(reports, pairs, made);
}

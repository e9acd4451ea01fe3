import type { AccessReports } from "./model";

/** The report as others read it; docs/report.schema.json describes it. */
export function renderJson(reports: AccessReports): string {
  return `${JSON.stringify(reports, null, 2)}\n`;
}

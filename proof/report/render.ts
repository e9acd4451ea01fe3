import { renderHtml, type Since } from "./html";
import type { AccessReports } from "./model";
import { renderCsv } from "./render-csv";
import { renderJson } from "./render-json";
import { renderMarkdown } from "./render-markdown";

export type { Since };

export const REPORT_FORMATS = ["html", "md", "json", "csv"] as const;

export type ReportFormat = (typeof REPORT_FORMATS)[number];

const RENDERERS: Readonly<Record<ReportFormat, (reports: AccessReports, since: Since | null) => string>> = {
  html: renderHtml,
  md: renderMarkdown,
  json: renderJson,
  csv: renderCsv,
};

/**
 * The report in one format.
 *
 * @param since what has changed since a report of before, which the page begins with; the other formats do not tell it
 * @default - there is none to compare with
 */
export function renderReport(
  reports: AccessReports,
  format: ReportFormat,
  since: Since | null = null,
): string {
  return RENDERERS[format](reports, since);
}

/** Name of the file that a format has in a folder of reports. */
export function reportFile(format: ReportFormat): string {
  return `access.${format}`;
}

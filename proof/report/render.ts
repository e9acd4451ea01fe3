import { renderHtml } from "./html";
import type { AccessReports } from "./model";
import { renderCsv } from "./render-csv";
import { renderJson } from "./render-json";
import { renderMarkdown } from "./render-markdown";

export const REPORT_FORMATS = ["html", "md", "json", "csv"] as const;

export type ReportFormat = (typeof REPORT_FORMATS)[number];

const RENDERERS: Readonly<Record<ReportFormat, (reports: AccessReports) => string>> = {
  html: renderHtml,
  md: renderMarkdown,
  json: renderJson,
  csv: renderCsv,
};

/** The report in one format. */
export function renderReport(reports: AccessReports, format: ReportFormat): string {
  return RENDERERS[format](reports);
}

/** Name of the file that a format has in a folder of reports. */
export function reportFile(format: ReportFormat): string {
  return `access.${format}`;
}

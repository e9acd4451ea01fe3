import type { Environment } from "../../lib/environment/environment";
import { renderReport, type AccessReports, type ReportFormat } from "../../proof/report";
import { stored } from "../../proof/report/html/store";
import { page } from "../../proof/report/page/page";
import { readBack, type Stored } from "../../proof/report/page/read-back";
import { linkTo, routeOf } from "../../proof/report/page/routes";
import type { Since } from "../../proof/report/page/shown";
import { firstView } from "../../proof/report/page/view";
import { environments } from "../../template/project/stacks";
import { reportsOn } from "./many-services";

/** The report on every environment, as a synth writes it. */
export function reportsOf(these: readonly Environment[] = environments): Promise<AccessReports> {
  return reportsOn(these);
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

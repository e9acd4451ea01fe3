import { Command, Option } from "commander";
import fs from "node:fs";
import path from "node:path";
import { shown } from "../input";
import {
  accessDiff,
  REPORT_FORMATS,
  renderReport,
  reportFile,
  type AccessReports,
  type ReportFormat,
  type Since,
} from "../report";
import { UsageError } from "./failure";
import { inItsClusters } from "./find";
import { ANSWERED, withHelp } from "./help";
import { fromOption, type Source, type SourceOptions } from "./source";

interface Options extends SourceOptions {
  readonly format: ReportFormat;
  readonly output?: string;
  readonly since?: string;
}

/** `leasehold report [environment…]`: who may reach which table. */
export function reportCommand(source: Source): Command {
  const command = new Command("report")
    .argument("[environments...]", "names of environments; all of them where none is named")
    .addOption(new Option("--format <format>", "how it is shown").choices([...REPORT_FORMATS]).default("md"))
    .option("--output <path>", "a file, or a folder that exists (default: standard output)")
    .option(
      "--since <earlier>",
      `what the page tells the changes since: ${source.sides} (default: it tells none)`,
    )
    .addOption(fromOption(source))
    .action((names: readonly string[], options: Options) => report(source, names, options));
  return withHelp(command, {
    exitCodes: { ...ANSWERED, 2: "could not run, or something could not be read, as the report says" },
    example: `${source.program} report ${source.environment}${source.where} --format html --output access.html`,
    page: "docs/threat-model.md",
  });
}

async function report(
  source: Source,
  names: readonly string[],
  { format, output, from, since }: Options,
): Promise<void> {
  if (since !== undefined && format !== "html")
    throw new UsageError(
      `--since goes with --format html, the page; for changes in other formats: ${source.program} diff ${since}`,
    );
  const reports = only(names, await source.load({ from }));
  const changes = since === undefined ? null : changesSince(await source.at(since), reports);
  const text = renderReport(reports, format, changes);
  // The page says what could not be read; whoever reads only the exit code must know of it too.
  if (reports.environments.some(({ failures = [] }) => failures.length > 0)) process.exitCode = 2;
  if (output === undefined) return void process.stdout.write(text);
  const stat = fs.statSync(output, { throwIfNoEntry: false });
  if (stat?.isFIFO() || stat?.isSocket())
    throw new UsageError(
      `${shown(output)} is a pipe, and must be a file or a folder; leave --output out and redirect`,
    );
  const file = stat?.isDirectory() ? path.join(output, reportFile(format)) : output;
  fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  fs.writeFileSync(file, text);
}

/** What has changed in the environments of a report. */
function changesSince(before: AccessReports, reports: AccessReports): Since {
  const told = new Set(reports.environments.map(({ name }) => name));
  const environments = before.environments.filter(({ name }) => told.has(name));
  return { made: before.made, diff: accessDiff({ ...before, environments }, reports) };
}

/** The environments that were asked for, and the comparisons between them. */
function only(names: readonly string[], reports: AccessReports): AccessReports {
  if (names.length === 0) return reports;
  const asked = names.flatMap((name) => inItsClusters(name, reports.environments));
  const told = asked.map(({ name }) => name);
  return {
    ...reports,
    environments: asked,
    comparisons: reports.comparisons.filter(({ left, right }) => told.includes(left) && told.includes(right)),
  };
}

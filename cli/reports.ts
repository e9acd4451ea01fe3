import fs from "node:fs";
import path from "node:path";
import { Option } from "commander";
import { readGraph } from "../lib/access";
import { accessReport, accessReports, reportFile, type AccessReports } from "../lib/report";
import { allRules, judge, limits } from "../lib/rules";
import { environments } from "../stacks";
import { prove } from "../stacks/prove";
import { reportOf } from "../stacks/report";
import { UsageError } from "./failure";
import { readProject } from "./project";

/** Where a command takes its report from. */
export interface SourceOptions {
  readonly from?: string;
}

/** What a synth writes where nothing else is said. */
const OUTPUT = "cdktf.out";

/** What is reported on. */
export const fromOption = () =>
  new Option(
    "--from <path>",
    `the output of a synth, a saved report in JSON, or Terraform that leasehold has not written (default: ${OUTPUT}, read back)`,
  );

/** The report on what the last synth wrote, or on what `--from` names. */
export async function loadReports({ from }: SourceOptions): Promise<AccessReports> {
  if (from !== undefined) return reportsAt(from);
  if (!fs.existsSync(path.join(OUTPUT, "manifest.json"))) {
    throw new UsageError(`there is nothing in ${OUTPUT}; run a synth first: npm run synth`);
  }
  return reportOf((await prove(environments, { directory: OUTPUT })).environments);
}

/**
 * The report at a path: saved, written by a synth, or made of the Terraform there.
 *
 * @throws UsageError where there is none of them
 */
export async function reportsAt(from: string): Promise<AccessReports> {
  if (!fs.existsSync(from)) throw new UsageError(`there is no ${from}`);
  if (fs.statSync(from).isFile()) return savedReport(from);
  const saved = path.join(from, "report", reportFile("json"));
  if (fs.existsSync(saved)) return savedReport(saved);
  const { graph, failures } = await readGraph(readProject([from]));
  const context = { limits: limits.strict, capacities: new Map() };
  const findings = judge(graph, { rules: allRules, context, waivers: [], waiversFile: "" });
  const name = path.basename(path.resolve(from));
  return accessReports([accessReport(graph, { name, findings, failures, context })], []);
}

function savedReport(file: string): AccessReports {
  const report = parsed(file);
  const { version, environments: saved } = report as Partial<AccessReports>;
  if (!Array.isArray(saved))
    throw new UsageError(
      `${file} is no access report: it has no environments; make one with leasehold report --format json`,
    );
  if (version !== 1)
    throw new UsageError(
      `${file} is an access report of version ${String(version)}, and this leasehold reads version 1`,
    );
  return report as AccessReports;
}

function parsed(file: string): object {
  try {
    const value: unknown = JSON.parse(fs.readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null) return value;
  } catch (error) {
    throw new UsageError(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  throw new UsageError(`${file} is no access report`);
}

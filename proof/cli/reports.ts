import fs from "node:fs";
import path from "node:path";
import { isRecord, madeNow, readJson, shown, statOf } from "../input";
import { prove } from "../prove";
import { accessReports, reportFile, type AccessReports, type EnvironmentReport } from "../report";
import { UsageError } from "./failure";
import { isOutput, refuseGaps } from "./gaps";
import { working } from "./progress";

/**
 * The report at a path: saved, written by a synth, or made of the Terraform there.
 *
 * @throws UsageError where there is none of them
 */
export async function reportsAt(from: string): Promise<AccessReports> {
  if (!fs.existsSync(from)) throw new UsageError(`there is no ${shown(from)}`);
  if (!statOf(from).isDirectory()) return savedReport(from);
  if (isOutput(from)) refuseGaps(from);
  const saved = path.join(from, "report", reportFile("json"));
  // What an older synth wrote is made again from the Terraform beside it.
  if (fs.existsSync(saved) && readReport(saved).version === VERSION) return savedReport(saved);
  const platforms = stackNames(from).filter((stack) => stack.endsWith(PLATFORM));
  const written = platforms.map((stack) => stack.slice(0, -PLATFORM.length));
  const trees = () =>
    written.length === 0
      ? [reportOn(path.basename(path.resolve(from)), [from])]
      : written.map((name) => reportOn(name, filesOf(from, name, written), "rendered"));
  return accessReports(await working("judging", () => Promise.all(trees())), [], madeNow(new Date()));
}

async function reportOn(
  name: string,
  paths: readonly string[],
  source?: EnvironmentReport["source"],
): Promise<EnvironmentReport> {
  return (await prove(paths, { name, source })).report;
}

/** Every environment has a stack of this name, also in the output of a synth from before there were reports. */
const PLATFORM = "-platform";

function stackNames(outdir: string): string[] {
  const stacks = path.join(outdir, "stacks");
  return fs.existsSync(stacks) ? fs.readdirSync(stacks).sort() : [];
}

/** What a synth wrote for one environment; the longest name that fits owns a stack. */
function filesOf(outdir: string, name: string, names: readonly string[]): string[] {
  const owner = (stack: string) =>
    names
      .filter((each) => stack === each || stack.startsWith(`${each}-`))
      .sort((a, b) => b.length - a.length)[0];
  const stacks = stackNames(outdir).filter((stack) => owner(stack) === name);
  return [
    ...stacks.map((stack) => path.join(outdir, "stacks", stack)),
    ...["bootstrap", "manifests"].map((kind) => path.join(outdir, kind, name)),
  ].filter((each) => fs.existsSync(each));
}

/** Of the reports that are written; one of before counted what was not read as not there. */
const VERSION = 2;

function savedReport(file: string): AccessReports {
  const report = readReport(file);
  const { version, environments: saved } = report;
  if (!Array.isArray(saved) || !saved.every(isEnvironment))
    throw new UsageError(
      `${shown(file)} is no access report: it has no environments; make one with leasehold report --format json`,
    );
  if (version !== VERSION)
    throw new UsageError(
      `${shown(file)} is an access report of version ${JSON.stringify(version)}, and this leasehold reads version ${VERSION}; make it again from what it was made of`,
    );
  const environments = (saved as EnvironmentReport[]).map((each) => ({ ...ADDED, ...each }));
  return { ...(report as AccessReports), environments };
}

/** What environments have been told of since the first reports of this version: of these an older one says nothing. */
const ADDED = {
  notLookedAt: [],
  coverage: { executed: [], modelled: [], assumed: [] },
  objects: [],
  guarantees: [],
} satisfies Partial<EnvironmentReport>;

function readReport(file: string): Partial<AccessReports> {
  return readJson(file, "must be an access report", isRecord);
}

function isEnvironment(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.name === "string" &&
    ["services", "logins", "tables", "findings"].every((key) => Array.isArray(value[key]))
  );
}

import fs from "node:fs";
import path from "node:path";
import { isRecord, readJson } from "@leasehold/proof/input";
import { MANIFEST, REPORT_DIRECTORY, STACK_FILE, STAGES_FILE } from "@leasehold/proof/output";
import { REPORT_FORMATS, reportFile } from "@leasehold/proof/report";
import type { Stage } from "../service";

/** The files that a synth may write, below the output. */
const KINDS = [
  new RegExp(`^(${MANIFEST}|${STAGES_FILE})$`),
  new RegExp(`^stacks/[^/]+/${STACK_FILE}$`),
  /^bootstrap\/[^/]+\/[^/]+\.sql$/,
  /^manifests\/[^/]+\/[^/]+\.yaml$/,
  new RegExp(`^${REPORT_DIRECTORY}/(${REPORT_FORMATS.map(reportFile).join("|")})$`),
];

/** What of that is judged: the report is made of it, and says when. */
export function filesJudged(directory: string): string[] {
  return filesOfSynth(directory).filter((file) => !file.startsWith(`${REPORT_DIRECTORY}/`));
}

/** What of a folder a synth wrote, by its path: the other files there are CDKTF's and Terraform's. */
export function filesOfSynth(directory: string): string[] {
  return filesBelow(directory).filter((file) => KINDS.some((kind) => kind.test(file)));
}

/** Every file below a folder, relative to it and with slashes; folders that are links are not gone into. */
export function filesBelow(directory: string, below = ""): string[] {
  return fs.readdirSync(path.join(directory, below), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(below, entry.name);
    return entry.isDirectory() ? filesBelow(directory, name) : [name];
  });
}

/** By the names of the environments, and of their services. */
export type StagesOfServices = Readonly<Record<string, Readonly<Record<string, Stage>>>>;

export function writeStages(directory: string, stages: StagesOfServices): void {
  fs.writeFileSync(path.join(directory, STAGES_FILE), `${JSON.stringify(stages, null, 2)}\n`);
}

/**
 * Nothing where there has been no synth.
 *
 * @throws UnreadableError where it is not what a synth wrote
 */
export function readStages(directory: string): StagesOfServices | undefined {
  const file = path.join(directory, STAGES_FILE);
  if (fs.lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  return readJson(file, "must hold stages by environment and service", isStages);
}

function isStages(value: unknown): value is StagesOfServices {
  if (!isRecord(value)) return false;
  return Object.values(value).every(
    (services) => isRecord(services) && Object.values(services).every((stage) => typeof stage === "string"),
  );
}

import fs from "node:fs";
import path from "node:path";
import type { Stage } from "../lib/service";
import { reportFile, type ReportFormat } from "../lib/report";

/** What a synth writes at the top of the output; the rest there is Terraform's. */
const MANIFEST = "manifest.json";
const REPORT_DIRECTORY = "report";
const DIRECTORIES = ["manifests", "bootstrap", REPORT_DIRECTORY];
const STACK_FILE = "cdk.tf.json";

/**
 * Where each service stood in the last synth that was not refused. It stays when the rest is withdrawn:
 * whoever was refused once must not be allowed to jump the next time.
 */
const STAGES_FILE = "migration-stages.json";

/** A plan that `cdktf diff` saved: it would apply a configuration that is no longer there. */
const SAVED_PLANS = ["plan", "tfplan"];

/** Path of a stack's Terraform JSON, below the output. */
export function stackFile(stack: string): string {
  return path.join("stacks", stack, STACK_FILE);
}

/** Directory of an environment's patches and values for workloads that something else deploys. */
export function manifestsDirectory(environment: string): string {
  return path.join("manifests", environment);
}

/** Path of the SQL that a DBA runs in a database. */
export function bootstrapFile(environment: string, database: string): string {
  return path.join("bootstrap", environment, `${database}.sql`);
}

/** Path of the access report in one format. */
export function reportPath(format: ReportFormat): string {
  return path.join(REPORT_DIRECTORY, reportFile(format));
}

/**
 * Replaces what an earlier synth wrote by what stands in `aside`. The manifest, without which the
 * CDKTF CLI deploys nothing, goes first and comes last.
 */
export function publish(aside: string, outdir: string): void {
  withdraw(outdir);
  for (const stack of fs.readdirSync(path.join(aside, "stacks"))) {
    const target = path.join(outdir, "stacks", stack);
    fs.mkdirSync(target, { recursive: true });
    fs.renameSync(path.join(aside, "stacks", stack, STACK_FILE), path.join(target, STACK_FILE));
  }
  for (const each of [...DIRECTORIES, STAGES_FILE]) {
    const source = path.join(aside, each);
    if (fs.existsSync(source)) fs.renameSync(source, path.join(outdir, each));
  }
  fs.renameSync(path.join(aside, MANIFEST), path.join(outdir, MANIFEST));
}

/** By the names of the environments, and of their services. */
export type StagesOfServices = Readonly<Record<string, Readonly<Record<string, Stage>>>>;

export function writeStages(directory: string, stages: StagesOfServices): void {
  fs.writeFileSync(path.join(directory, STAGES_FILE), `${JSON.stringify(stages, null, 2)}\n`);
}

/** Nothing where there has been no synth. */
export function readStages(directory: string): StagesOfServices | undefined {
  const file = path.join(directory, STAGES_FILE);
  if (!fs.existsSync(file)) return undefined;
  return JSON.parse(fs.readFileSync(file, "utf8")) as StagesOfServices;
}

/** Removes everything that could be deployed; what Terraform keeps there (`.terraform`, locks) stays. */
export function withdraw(outdir: string): void {
  remove(path.join(outdir, MANIFEST));
  for (const directory of DIRECTORIES) remove(path.join(outdir, directory));
  const stacks = path.join(outdir, "stacks");
  if (!fs.existsSync(stacks)) return;
  for (const stack of fs.readdirSync(stacks)) {
    for (const file of [STACK_FILE, ...SAVED_PLANS]) remove(path.join(stacks, stack, file));
  }
}

function remove(target: string): void {
  fs.rmSync(target, { recursive: true, force: true });
}

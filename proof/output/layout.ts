import path from "node:path";
import { reportFile, type ReportFormat } from "../report";

/** What a synth writes at the top of the output; the rest there is Terraform's. */
export const MANIFEST = "manifest.json";
export const REPORT_DIRECTORY = "report";
export const STACK_FILE = "cdk.tf.json";

/**
 * Where each service stood in the last synth that was not refused. It stays when the rest is withdrawn:
 * whoever was refused once must not be allowed to jump the next time.
 */
export const STAGES_FILE = "migration-stages.json";

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

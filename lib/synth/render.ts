import fs from "node:fs";
import path from "node:path";
import { App, TerraformResource, withoutTraces } from "../core/terraform";
import { inClusters, wholeOf } from "../environment/clusters";
import { bootstrapInput, servicePlatform } from "../environment/derive";
import type { DeclaredEnvironment, Environment } from "../environment/environment";
import { renderBootstrapSql } from "../postgres";
import { REPORT_FORMATS, renderReport, type AccessReports } from "@leasehold/proof/report";
import { elsewhereManifests } from "../service";
import { defineEnvironment } from "../stacks";
import { bootstrapFile, manifestsDirectory, reportPath } from "@leasehold/proof/output";
import { writtenHere } from "./stack-json";
import { writeStages, type StagesOfServices } from "./output";

/** A stack that was rendered. */
export interface SynthesizedStack {
  readonly environment: string;
  readonly stack: string;
  /** Services whose chain the stack holds. */
  readonly services: number;
  /** Terraform resources. */
  readonly resources: number;
  /** Path of the Terraform JSON. */
  readonly file: string;
}

/** Writes everything that the environments come to below a directory; paths in the result are relative to it. */
export function render(environments: readonly DeclaredEnvironment[], directory: string): SynthesizedStack[] {
  const app = new App({ outdir: directory });
  if (app.hclOutput) {
    throw new Error(
      "HCL output is not supported: CDKTF drops ephemeral variables from it; synth without --hcl",
    );
  }
  const stacks = withoutTraces(() => {
    const defined = environments.flatMap((environment) =>
      defineEnvironment(app, environment).map((stack) => ({ environment, stack })),
    );
    defined.forEach(({ stack }) => writtenHere(stack));
    app.synth();
    return defined;
  });
  const clusters = inClusters(environments);
  clusters.forEach((environment) => writeManifests(environment, directory));
  environments.forEach((environment) => writeBootstrapSql(wholeOf(environment), directory));
  writeStages(directory, stagesOf(clusters));
  return stacks.map(({ environment, stack }) => {
    const file = path.join(app.manifest.forStack(stack).synthesizedStackPath);
    return {
      environment: environment.name,
      stack: stack.node.id,
      services: stack.services.length,
      resources: stack.node.findAll().filter((each) => TerraformResource.isTerraformResource(each)).length,
      file,
    };
  });
}

/** The access report in every format. */
export function writeReport(reports: AccessReports, directory: string): void {
  for (const format of REPORT_FORMATS) {
    write(path.join(directory, reportPath(format)), renderReport(reports, format));
  }
}

/** Patches and values for the workloads that something else deploys. */
function writeManifests(environment: Environment, directory: string): void {
  const platform = servicePlatform(environment);
  for (const service of environment.services) {
    for (const { fileName, content } of elsewhereManifests({ ...service, platform })) {
      write(path.join(directory, manifestsDirectory(environment.name), fileName), content);
    }
  }
}

/** What the DBA runs; it is also where the privileges of the group roles can be read back. */
function writeBootstrapSql(environment: Environment, directory: string): void {
  for (const database of environment.databases) {
    const input = bootstrapInput(environment, database);
    if (input.roles.length === 0) continue;
    write(path.join(directory, bootstrapFile(environment.name, database.name)), renderBootstrapSql(input));
  }
}

/** What the next synth is compared with. */
function stagesOf(environments: readonly Environment[]): StagesOfServices {
  return Object.fromEntries(
    environments.map(({ name, services }) => [
      name,
      Object.fromEntries(services.map((service) => [service.name, service.migration?.stage ?? "complete"])),
    ]),
  );
}

function write(file: string, content: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

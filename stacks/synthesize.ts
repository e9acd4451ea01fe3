import fs from "node:fs";
import path from "node:path";
import { InvalidConfigurationError } from "../lib/core";
import { App } from "../lib/core/terraform";
import { elsewhereManifests } from "../lib/service";
import { servicePlatform } from "./derive";
import type { Environment } from "./environment";
import { defineEnvironment } from "./index";
import { publish, withdraw } from "./output";
import { configurationProblems } from "./problems";

/** A stack that was written. */
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

/**
 * Renders all environments beside the output directory and only then replaces the output, so that a
 * refused configuration leaves nothing that could be deployed: not half of the new one, and not the
 * old one under a new name. Terraform's own files in the output (`.terraform`, lock files) stay.
 *
 * @throws InvalidConfigurationError with every problem of every environment
 */
export function synthesize(environments: readonly Environment[], outdir: string): SynthesizedStack[] {
  let aside: string | undefined;
  try {
    const problems = configurationProblems(environments);
    if (problems.length > 0) throw new InvalidConfigurationError(problems);
    aside = fs.mkdtempSync(`${path.resolve(outdir)}.rendering-`);
    const synthesized = render(environments, aside);
    publish(aside, outdir);
    return synthesized.map((stack) => ({ ...stack, file: path.join(outdir, stack.file) }));
  } catch (error) {
    withdraw(outdir);
    throw error;
  } finally {
    if (aside) fs.rmSync(aside, { recursive: true, force: true });
  }
}

function render(environments: readonly Environment[], aside: string): SynthesizedStack[] {
  const app = new App({ outdir: aside });
  if (app.hclOutput) {
    throw new Error(
      "HCL output is not supported: CDKTF drops ephemeral variables from it; synth without --hcl",
    );
  }
  const stacks = environments.flatMap((environment) =>
    defineEnvironment(app, environment).map((stack) => ({ environment, stack })),
  );
  app.synth();
  environments.forEach((environment) => writeManifests(environment, aside));
  return stacks.map(({ environment, stack }) => {
    const file = path.join(app.manifest.forStack(stack).synthesizedStackPath);
    return {
      environment: environment.name,
      stack: stack.node.id,
      services: stack.services.length,
      resources: countResources(path.join(aside, file)),
      file,
    };
  });
}

/** Patches and values for the workloads that something else deploys. */
function writeManifests(environment: Environment, aside: string): void {
  const platform = servicePlatform(environment);
  const directory = path.join(aside, "manifests", environment.name);
  for (const service of environment.services) {
    for (const { fileName, content } of elsewhereManifests({ ...service, platform })) {
      fs.mkdirSync(directory, { recursive: true });
      fs.writeFileSync(path.join(directory, fileName), content);
    }
  }
}

function countResources(file: string): number {
  const { resource = {} } = JSON.parse(fs.readFileSync(file, "utf8")) as {
    resource?: Record<string, object>;
  };
  return Object.values(resource).reduce((count, byName) => count + Object.keys(byName).length, 0);
}

import { find, withHelp, working } from "@leasehold/proof/cli";
import { madeNow, readText } from "@leasehold/proof/input";
import { stackFile } from "@leasehold/proof/output";
import { accessDiff, renderDiff, type AccessReports } from "@leasehold/proof/report";
import { refusing, type RefusedConfigurationError } from "@leasehold/proof/rules";
import { Command } from "commander";
import os from "node:os";
import path from "node:path";
import { formatProblems, InvalidConfigurationError } from "../lib/core";
import { partsOf, wholeOf } from "../lib/environment/clusters";
import { servicesStackName } from "../lib/environment/derive";
import type { DeclaredEnvironment, EnvironmentService } from "../lib/environment/environment";
import { configurationProblems } from "../lib/environment/problems";
import { adoption, nextStage, resourceChanges, standing, type Standing } from "../lib/migration";
import { aside } from "../lib/synth/aside";
import { prove } from "../lib/synth/prove";
import { render } from "../lib/synth/render";
import { reportOf } from "../lib/synth/report";
import { tried, type Trial } from "../lib/synth/synthesize";
import { witnessAt } from "../lib/synth/witness";
import type { Environments } from "./environments";
import { outputDirectory } from "./output";
import { witnessNamed } from "./witness";

/** `leasehold migrate <environment> <service>`: where it stands, what is next, and whether it is ready for that. */
export function migrateCommand(environments: Environments): Command {
  const command = new Command("migrate")
    .argument("<environment>", "name of an environment")
    .argument("<service>", "name of one of its services")
    .action(async (environmentName: string, serviceName: string) => {
      const all = await environments();
      const environment = find("environment", environmentName, all);
      const service = find("service", serviceName, environment.services);
      const problems = configurationProblems(all);
      if (problems.length > 0) throw new InvalidConfigurationError(problems);
      const outdir = outputDirectory();
      const witness =
        witnessNamed(process.env["LEASEHOLD_WITNESS"]) ?? (async () => witnessAt(outdir, "the last synth"));
      const { ready, text } = await working("trying the next step", () =>
        stepOf(all, environment, service, { shownAs: outdir, witness }),
      );
      console.log(text);
      process.exitCode = ready ? 0 : 1;
    });
  return withHelp(command, {
    exitCodes: { 0: "ready for the next step, or done", 1: "not ready", 2: "could not run" },
    example: "npx leasehold migrate production orders",
    page: "docs/runbooks/migration.md",
  });
}

/**
 * Where a service stands and what its next step changes. Whether it is ready, the synth of that step says:
 * of all environments, beside what was there before.
 */
export async function stepOf(
  all: readonly DeclaredEnvironment[],
  environment: DeclaredEnvironment,
  service: EnvironmentService,
  trial: Omit<Trial, "directory">,
): Promise<Standing> {
  const migration = nextStage(service);
  if (migration === undefined) return standing(environment.name, service, []);
  const services = environment.services.map((each) => (each === service ? { ...each, migration } : each));
  const then = { ...environment, services };
  const others = all.map((each) => (each === environment ? then : each));
  return aside(PREFIX, async (directory) => {
    const { refusal, rendered } = await tried(others, { directory, ...trial });
    const { ready, text } = standing(
      environment.name,
      service,
      refusal === undefined ? [] : reasons(refusal),
    );
    const proven = rendered?.proof.environments.filter(
      (each) => wholeOf(each.environment).name === then.name,
    );
    if (proven === undefined) return { ready, text };
    const stacks = stacksOf(service, environment, all);
    const after = { stacks: textsOf(stacks, directory), reports: reportOf(proven, madeNow(new Date())) };
    return { ready, text: `${text}\n${changes(service, await renderingOf(environment, stacks), after)}` };
  });
}

/** The stacks that hold the service, in the order in which they are applied. */
function stacksOf(
  service: EnvironmentService,
  environment: DeclaredEnvironment,
  all: readonly DeclaredEnvironment[],
): string[] {
  const holding = partsOf(environment, all).filter(({ services }) =>
    services.some(({ name }) => name === service.name),
  );
  return [...new Set([wholeOf(environment), ...holding].map((each) => servicesStackName(each, service)))];
}

function textsOf(stacks: readonly string[], directory: string): Map<string, string> {
  return new Map(stacks.map((stack) => [stack, readText(path.join(directory, stackFile(stack)))]));
}

const PREFIX = path.join(os.tmpdir(), "leasehold-migrate-");

/** Why a synth refuses, a line each. */
function reasons(refusal: InvalidConfigurationError | RefusedConfigurationError): string[] {
  if (refusal instanceof InvalidConfigurationError) return formatProblems(refusal.problems);
  const { findings, failures } = refusal.found;
  return [
    ...failures.map(({ file, message }) => `${file}: ${message}`),
    ...refusing(findings).map(({ rule, message, fix }) => `${rule}: ${message}; ${fix}`),
  ];
}

/** What Terraform is given, by the stack, and who may reach what. */
interface Rendering {
  readonly stacks: ReadonlyMap<string, string>;
  readonly reports: AccessReports;
}

function changes(service: EnvironmentService, before: Rendering, after: Rendering): string {
  const taken = service.migration?.stage === "static" ? [...before.stacks] : [];
  return [
    ...[...before.stacks].flatMap(([stack, text]) => changesOf(stack, text, after.stacks.get(stack) ?? "")),
    "\naccess:",
    renderDiff(accessDiff(before.reports, after.reports), "text").trimEnd(),
    ...taken.flatMap(([stack, text]) => takingOver(service, stack, text)),
  ].join("\n");
}

function changesOf(stack: string, before: string, after: string): string[] {
  const { added, changed, removed } = resourceChanges(before, after);
  const lines = [
    ...added.map((address) => `  + ${address}`),
    ...changed.map((address) => `  ~ ${address}`),
    ...removed.map((address) => `  - ${address}`),
  ];
  return [`\nresources of ${stack}:`, ...(lines.length > 0 ? lines : ["  none"])];
}

/** What runs before the first apply is somebody else's, and Terraform would fail for it is there. */
function takingOver(service: EnvironmentService, stack: string, text: string): string[] {
  const directory = path.dirname(path.join("cdktf.out", stackFile(stack)));
  const commands = adoption(service, { directory, text });
  if (commands.length === 0) return [];
  return [
    `\nto take over what runs already, with no pod less at any time; the namespace stays whose it is by
cluster: { namespaces: { kind: "create", except: [${JSON.stringify(service.namespace)}] } }`,
    ...commands.map((command) => `  ${command}`),
  ];
}

async function renderingOf(environment: DeclaredEnvironment, stacks: readonly string[]): Promise<Rendering> {
  return aside(PREFIX, async (directory) => {
    render([environment], directory);
    const { environments: judged } = await prove([environment], { directory, shownAs: "cdktf.out" });
    return { stacks: textsOf(stacks, directory), reports: reportOf(judged, madeNow(new Date())) };
  });
}

import os from "node:os";
import path from "node:path";
import { Command } from "commander";
import { formatProblem, InvalidConfigurationError } from "../lib/core";
import { adoption, nextStage, resourceChanges, standing, type Standing } from "../lib/migration";
import { accessDiff, renderDiff, type AccessReports } from "../lib/report";
import { refusing } from "../lib/rules";
import { environments } from "../stacks";
import { aside } from "../stacks/aside";
import { servicesStackName } from "../stacks/derive";
import type { Environment, EnvironmentService } from "../stacks/environment";
import { readText } from "../stacks/input";
import { stackFile } from "../stacks/output";
import { configurationProblems } from "../stacks/problems";
import { madeNow } from "../stacks/made";
import { prove } from "../stacks/prove";
import type { RefusedConfigurationError } from "../stacks/refused";
import { render } from "../stacks/render";
import { reportOf } from "../stacks/report";
import { tried, type Trial } from "../stacks/synthesize";
import { witnessAt } from "../stacks/witness";
import { find } from "./find";
import { outputDirectory } from "./output";
import { witnessNamed } from "./witness";

/** `leasehold migrate <environment> <service>`: where it stands, what is next, and whether it is ready for that. */
export function migrateCommand(): Command {
  return new Command("migrate")
    .description(
      "say where a service stands on its way from a static password, and what its next step changes: exit code 0 ready or done, 1 not ready, 2 could not run",
    )
    .argument("<environment>", "name of an environment")
    .argument("<service>", "name of one of its services")
    .addHelpText("after", "\nThe walk, with what to look at before each step: docs/runbooks/migration.md")
    .action(async (environmentName: string, serviceName: string) => {
      const environment = find("environment", environmentName, environments);
      const service = find("service", serviceName, environment.services);
      const problems = configurationProblems(environments);
      if (problems.length > 0) throw new InvalidConfigurationError(problems);
      const outdir = outputDirectory();
      const witness =
        witnessNamed(process.env["LEASEHOLD_WITNESS"]) ?? (async () => witnessAt(outdir, "the last synth"));
      const { ready, text } = await stepOf(environments, environment, service, { shownAs: outdir, witness });
      console.log(text);
      process.exitCode = ready ? 0 : 1;
    });
}

/**
 * Where a service stands and what its next step changes. Whether it is ready, the synth of that step says:
 * of all environments, beside what was there before.
 */
export async function stepOf(
  all: readonly Environment[],
  environment: Environment,
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
    const proven = rendered?.proof.environments.filter((each) => each.environment.name === then.name);
    if (proven === undefined) return { ready, text };
    const stack = servicesStackName(environment, service);
    const after = {
      stack: readText(path.join(directory, stackFile(stack))),
      reports: reportOf(proven, madeNow(new Date())),
    };
    return {
      ready,
      text: `${text}\n${changes(service, stack, await renderingOf(environment, stack), after)}`,
    };
  });
}

const PREFIX = path.join(os.tmpdir(), "leasehold-migrate-");

/** Why a synth refuses, a line each. */
function reasons(refusal: InvalidConfigurationError | RefusedConfigurationError): string[] {
  if (refusal instanceof InvalidConfigurationError) return refusal.problems.map(formatProblem);
  const { findings, failures } = refusal.found;
  return [
    ...failures.map(({ file, message }) => `${file}: ${message}`),
    ...refusing(findings).map(({ rule, message, fix }) => `${rule}: ${message}; ${fix}`),
  ];
}

/** What Terraform is given, and who may reach what. */
interface Rendering {
  readonly stack: string;
  readonly reports: AccessReports;
}

function changes(service: EnvironmentService, stack: string, before: Rendering, after: Rendering): string {
  const { added, changed, removed } = resourceChanges(before.stack, after.stack);
  const lines = [
    ...added.map((address) => `  + ${address}`),
    ...changed.map((address) => `  ~ ${address}`),
    ...removed.map((address) => `  - ${address}`),
  ];
  return [
    `\nresources of ${stack}:`,
    ...(lines.length > 0 ? lines : ["  none"]),
    "\naccess:",
    renderDiff(accessDiff(before.reports, after.reports), "text").trimEnd(),
    ...(service.migration?.stage === "static" ? takingOver(service, stack, before.stack) : []),
  ].join("\n");
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

async function renderingOf(environment: Environment, stack: string): Promise<Rendering> {
  return aside(PREFIX, async (directory) => {
    render([environment], directory);
    const { environments: judged } = await prove([environment], { directory, shownAs: "cdktf.out" });
    return {
      stack: readText(path.join(directory, stackFile(stack))),
      reports: reportOf(judged, madeNow(new Date())),
    };
  });
}

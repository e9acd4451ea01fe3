import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Command } from "commander";
import { InvalidConfigurationError } from "../lib/core";
import { adoption, resourceChanges, standing } from "../lib/migration";
import { accessDiff, renderDiff, type AccessReports } from "../lib/report";
import type { Migration } from "../lib/service";
import { environments } from "../stacks";
import { servicesStackName } from "../stacks/derive";
import type { Environment, EnvironmentService } from "../stacks/environment";
import { stackFile } from "../stacks/output";
import { configurationProblems } from "../stacks/problems";
import { madeNow } from "../stacks/made";
import { prove } from "../stacks/prove";
import { render } from "../stacks/render";
import { reportOf } from "../stacks/report";
import { find } from "./find";

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
      const stands = standing(environment.name, service);
      console.log(stands.text);
      if (stands.next !== undefined) console.log(await changes(environment, service, stands.next));
      process.exitCode = stands.ready ? 0 : 1;
    });
}

async function changes(
  environment: Environment,
  service: EnvironmentService,
  next: Migration,
): Promise<string> {
  const then = {
    ...environment,
    services: environment.services.map((each) => (each === service ? { ...each, migration: next } : each)),
  };
  const stack = servicesStackName(environment, service);
  const [before, after] = [await rendering(environment, stack), await rendering(then, stack)];
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

/** What Terraform would be given, and who could reach what then; rendered beside the output. */
async function rendering(
  environment: Environment,
  stack: string,
): Promise<{ readonly stack: string; readonly reports: AccessReports }> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-migrate-"));
  try {
    render([environment], directory);
    const { environments: judged } = await prove([environment], { directory, shownAs: "cdktf.out" });
    return {
      stack: fs.readFileSync(path.join(directory, stackFile(stack)), "utf8"),
      reports: reportOf(judged, madeNow(new Date())),
    };
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

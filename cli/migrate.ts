import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Command } from "commander";
import { InvalidConfigurationError } from "../lib/core";
import { resourceChanges, standing, type ResourceChanges, type Standing } from "../lib/migration";
import { environments } from "../stacks";
import { servicesStackName } from "../stacks/derive";
import type { Environment, EnvironmentService } from "../stacks/environment";
import { stackFile } from "../stacks/output";
import { configurationProblems } from "../stacks/problems";
import { render } from "../stacks/render";
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
    .action((environmentName: string, serviceName: string) => {
      const environment = find("environment", environmentName, environments);
      const service = find("service", serviceName, environment.services);
      const problems = configurationProblems(environments);
      if (problems.length > 0) throw new InvalidConfigurationError(problems);
      const stands = standing(environment.name, service);
      console.log(stands.text);
      if (stands.next !== undefined) console.log(changes(environment, service, stands.next));
      process.exitCode = stands.ready ? 0 : 1;
    });
}

function changes(environment: Environment, service: EnvironmentService, next: Next): string {
  const { added, changed, removed } = inRendering(environment, service, next);
  const lines = [
    ...added.map((address) => `  + ${address}`),
    ...changed.map((address) => `  ~ ${address}`),
    ...removed.map((address) => `  - ${address}`),
  ];
  return [
    `\nresources of ${servicesStackName(environment, service)}:`,
    ...(lines.length > 0 ? lines : ["  none"]),
  ].join("\n");
}

type Next = NonNullable<Standing["next"]>;

/** What Terraform would be given now and then, rendered beside the output. */
function inRendering(
  environment: Environment,
  service: EnvironmentService,
  migration: Next,
): ResourceChanges {
  const stack = servicesStackName(environment, service);
  const then = {
    ...environment,
    services: environment.services.map((each) => (each === service ? { ...each, migration } : each)),
  };
  const [before, after] = [environment, then].map((each) => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-migrate-"));
    try {
      render([each], directory);
      return fs.readFileSync(path.join(directory, stackFile(stack)), "utf8");
    } finally {
      fs.rmSync(directory, { recursive: true, force: true });
    }
  });
  return resourceChanges(before ?? "{}", after ?? "{}");
}

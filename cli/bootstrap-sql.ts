import { ANSWERED, find, UsageError, withHelp } from "@leasehold/proof/cli";
import { Command } from "commander";
import { identifierProblems, InvalidConfigurationError } from "../lib/core";
import { wholeOf } from "../lib/environment/clusters";
import { bootstrapInput } from "../lib/environment/derive";
import { configurationProblems } from "../lib/environment/problems";
import { renderBootstrapSql, type BootstrapRole } from "../lib/postgres";
import type { Environments } from "./environments";

/** `leasehold bootstrap-sql <environment> <database>`. */
export function bootstrapSqlCommand(environments: Environments): Command {
  const command = new Command("bootstrap-sql")
    .argument("<environment>", "name of an environment")
    .argument("<database>", "name of one of its databases")
    .option(
      "--retire <role>",
      "take its privileges from a group role that is no longer declared, though somebody lives on it (repeatable)",
      (role: string, roles: string[]) => [...roles, role],
      [],
    )
    .action(async (environmentName: string, databaseName: string, { retire }: { retire: string[] }) => {
      const all = await environments();
      const problems = configurationProblems(all);
      if (problems.length > 0) throw new InvalidConfigurationError(problems);
      const environment = find("environment", environmentName, all);
      const database = find("database", databaseName, environment.databases);
      const input = bootstrapInput(wholeOf(environment), database);
      refuseDeclared(retire, input.roles);
      process.stdout.write(renderBootstrapSql({ ...input, retire }));
    });
  return withHelp(command, {
    notes:
      "It is run by a superuser, or by a role with CREATEROLE that owns the database, its schemas and the tables\n" +
      "that are granted. A run names the group roles of the environment that are no longer declared: one that\n" +
      "nobody lives on loses its privileges, any other only with --retire.",
    exitCodes: ANSWERED,
    example:
      "npx leasehold bootstrap-sql production shop | psql -v ON_ERROR_STOP=1 -h pg.acme.internal -d shop",
    page: "docs/runbooks/first-apply.md",
  });
}

/** Whether the role is there, and whose it is, the database knows; what is still declared is known here. */
function refuseDeclared(retire: readonly string[], roles: readonly BootstrapRole[]): void {
  const declared = roles.map(({ name }) => name).filter((name) => retire.includes(name));
  if (declared.length > 0) {
    throw new UsageError(
      `--retire ${declared.join(", ")}: still declared; take the access out of its service first, and apply that`,
    );
  }
  const unusable = retire.flatMap((name) => identifierProblems("--retire", name));
  if (unusable.length > 0)
    throw new UsageError(
      unusable
        .map(({ property, must, got }) => `${property} must ${must}, got ${JSON.stringify(got)}`)
        .join("; "),
    );
}

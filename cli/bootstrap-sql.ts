import { Command } from "commander";
import { InvalidConfigurationError } from "../lib/core";
import { renderBootstrapSql } from "../lib/postgres";
import { environments } from "../stacks";
import { bootstrapInput } from "../stacks/derive";
import { configurationProblems } from "../stacks/problems";
import { find } from "./find";

/** `leasehold bootstrap-sql <environment> <database>`. */
export function bootstrapSqlCommand(): Command {
  return new Command("bootstrap-sql")
    .description("print the SQL that a DBA runs once per database, and again after each change of grants")
    .argument("<environment>", "name of an environment")
    .argument("<database>", "name of one of its databases")
    .addHelpText(
      "after",
      "\nExample:\n  npx leasehold bootstrap-sql production shop | psql -h pg.acme.internal -d shop",
    )
    .action((environmentName: string, databaseName: string) => {
      const problems = configurationProblems(environments);
      if (problems.length > 0) throw new InvalidConfigurationError(problems);
      const environment = find("environment", environmentName, environments);
      const database = find("database", databaseName, environment.databases);
      process.stdout.write(renderBootstrapSql(bootstrapInput(environment, database)));
    });
}

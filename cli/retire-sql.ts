import { ANSWERED, find, UsageError, withHelp } from "@leasehold/proof/cli";
import { Command, Option } from "commander";
import type { DeclaredEnvironment } from "../lib/environment/environment";
import { retirementSteps } from "../lib/postgres";
import type { Environments } from "./environments";

const STEPS = ["nologin", "ownership", "privileges", "drop"] as const;

/** `leasehold retire-sql <environment> <database> <user>`. */
export function retireSqlCommand(environments: Environments): Command {
  const command = new Command("retire-sql")
    .argument("<environment>", "name of an environment")
    .argument("<database>", "name of one of its databases")
    .argument("<user>", "the user, as 'retired' of a service at the stage complete names it")
    .addOption(new Option("--step <step>", "in this order").choices(STEPS).makeOptionMandatory())
    .action(
      async (environmentName: string, databaseName: string, user: string, { step }: { step: string }) => {
        const environment = find("environment", environmentName, await environments());
        const { database } = find("database", databaseName, environment.databases);
        const { ownerRole } = retired(environment, databaseName, user);
        const input = { databaseName: database, user, ...(ownerRole !== undefined && { ownerRole }) };
        process.stdout.write(retirementSteps(input).find(({ name }) => name === step)?.sql ?? "");
      },
    );
  return withHelp(command, {
    exitCodes: ANSWERED,
    example:
      "npx leasehold retire-sql production shop orders_app --step nologin | psql -h pg.acme.internal -d shop",
    page: "docs/runbooks/migration.md",
  });
}

/** Nobody is retired by a slip of the keyboard. */
function retired({ services }: DeclaredEnvironment, database: string, user: string) {
  const all = services.flatMap(({ migration }) =>
    migration?.stage === "complete" ? (migration.retired ?? []) : [],
  );
  const found = all.find((each) => each.database === database && each.user === user);
  if (found) return found;
  const known = all.map((each) => `${each.database} ${each.user}`).join(", ") || "none";
  throw new UsageError(
    `no service at the stage complete retires ${user} in ${database}; retired are: ${known}`,
  );
}

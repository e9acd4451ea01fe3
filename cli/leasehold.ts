import { Command, type CommanderError } from "commander";
import { bootstrapSqlCommand } from "./bootstrap-sql";
import { checkCommand } from "./check";
import { diffCommand } from "./diff";
import { reportFailure } from "./failure";
import { lintCommand } from "./lint";
import { migrateCommand } from "./migrate";
import { observeCommand } from "./observe";
import { blastRadiusCommand, explainCommand, whoCanCommand } from "./questions";
import { reportCommand } from "./report";
import { retireSqlCommand } from "./retire-sql";
import { rulesCommand } from "./rules";
import { verifyDatabaseCommand } from "./verify-database";

const program = new Command("leasehold")
  .description("Short-lived PostgreSQL credentials for Kubernetes workloads")
  .showHelpAfterError();

const commands = [
  blastRadiusCommand(),
  bootstrapSqlCommand(),
  checkCommand(),
  diffCommand(),
  explainCommand(),
  lintCommand(),
  migrateCommand(),
  observeCommand(),
  reportCommand(),
  retireSqlCommand(),
  rulesCommand(),
  verifyDatabaseCommand(),
  whoCanCommand(),
];
for (const command of commands) {
  program.addCommand(command.showHelpAfterError().exitOverride(exitAsUsage));
}
program.exitOverride(exitAsUsage);

/** 1 is for findings; a command that was called wrongly could not run. */
function exitAsUsage({ exitCode }: CommanderError): never {
  process.exit(exitCode === 0 ? 0 : 2);
}

program.parseAsync().catch(reportFailure);

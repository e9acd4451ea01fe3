import { Command } from "commander";
import { bootstrapSqlCommand } from "./bootstrap-sql";
import { checkCommand } from "./check";
import { diffCommand } from "./diff";
import { lintCommand } from "./lint";
import { migrateCommand } from "./migrate";
import { observeCommand } from "./observe";
import { blastRadiusCommand, explainCommand, whoCanCommand } from "./questions";
import { reportCommand } from "./report";
import { retireSqlCommand } from "./retire-sql";
import { rulesCommand } from "./rules";
import { verifyDatabaseCommand } from "./verify-database";

/** `leasehold`, with all its commands; a call that it does not understand is thrown, after the help was shown. */
export function leasehold(): Command {
  const program = new Command("leasehold")
    .description("Short-lived PostgreSQL credentials for Kubernetes workloads")
    .showHelpAfterError()
    .exitOverride();
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
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  return program;
}

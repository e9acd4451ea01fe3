import { Command } from "commander";
import { bootstrapSqlCommand } from "./bootstrap-sql";
import { reportFailure } from "./failure";

const program = new Command("leasehold")
  .description("Short-lived PostgreSQL credentials for Kubernetes workloads")
  .showHelpAfterError()
  .addCommand(bootstrapSqlCommand());

try {
  program.parse();
} catch (error) {
  reportFailure(error);
}

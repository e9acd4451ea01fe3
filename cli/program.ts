import { programOf, proofCommands, type Entries } from "@leasehold/proof/cli";
import type { Command } from "commander";
import type * as AffectedStacks from "./affected";
import type * as BootstrapSql from "./bootstrap-sql";
import type * as Check from "./check";
import type * as Completion from "./completion";
import type { Environments } from "./environments";
import type * as Init from "./init";
import type * as Migrate from "./migrate";
import type * as Observe from "./observe";
import type * as RetireSql from "./retire-sql";
import { sourceOf } from "./source";
import type * as SynthCommand from "./synth-command";
import type * as VerifyDatabase from "./verify-database";

/** Loaded when they are called: CDKTF takes longer to load than the proof of an environment. */
function own(environments: Environments): Entries {
  return {
    affected: {
      summary:
        "The stacks that a change touches, in the order of apply, for a pipeline that plans only these",
      load: () => (require("./affected") as typeof AffectedStacks).affectedCommand(),
    },
    "bootstrap-sql": {
      summary: "Print the SQL that a DBA runs once per database, and again after each change of grants",
      load: () => (require("./bootstrap-sql") as typeof BootstrapSql).bootstrapSqlCommand(environments),
    },
    check: {
      summary: "Judge what the last synth wrote",
      load: () => (require("./check") as typeof Check).checkCommand(environments),
    },
    completion: {
      summary: "Print what makes bash, zsh or fish complete the words of leasehold",
      load: () => (require("./completion") as typeof Completion).completionCommand(),
    },
    init: {
      summary: "Write a project to begin with: environments, their snapshot test, and what CDKTF needs",
      load: () => (require("./init") as typeof Init).initCommand(),
    },
    migrate: {
      summary: "Say where a service stands on its way from a static password, and what its next step changes",
      load: () => (require("./migrate") as typeof Migrate).migrateCommand(environments),
    },
    observe: {
      summary: "Compare what a static user was seen to use with the declared grants, and propose grants",
      load: () => (require("./observe") as typeof Observe).observeCommand(environments),
    },
    "retire-sql": {
      summary:
        "Print one step of the SQL that retires a static user; it refuses while its check does not hold",
      load: () => (require("./retire-sql") as typeof RetireSql).retireSqlCommand(environments),
    },
    synth: {
      summary: "Render every environment, prove it, and write it to cdktf.out",
      load: () => (require("./synth-command") as typeof SynthCommand).synthCommand(),
    },
    "verify-database": {
      summary:
        "Compare the catalogs of a live PostgreSQL with what is declared; reads only, in one transaction",
      load: () => (require("./verify-database") as typeof VerifyDatabase).verifyDatabaseCommand(environments),
    },
  };
}

/**
 * `leasehold`, with all its commands.
 *
 * @param words the call; of commands that it does not name only the summary is there
 * @default - all commands are whole
 */
export function leasehold(environments: Environments, words?: readonly string[]): Command {
  const description = "Short-lived PostgreSQL credentials for Kubernetes workloads";
  const entries = { ...proofCommands(sourceOf(environments)), ...own(environments) };
  return programOf({ name: "leasehold", description, directory: __dirname }, entries, words);
}

import { Command } from "commander";
import { packageOf } from "../input";
import { diffCommand } from "./diff";
import { lintCommand } from "./lint";
import { blastRadiusCommand, explainCommand, whoCanCommand } from "./questions";
import { reportCommand } from "./report";
import { rulesCommand } from "./rules";
import { files, type Source } from "./source";

/** The commands that need nothing but files. */
export function proofCommands(source: Source): Command[] {
  return [
    blastRadiusCommand(source),
    diffCommand(source),
    explainCommand(source),
    lintCommand(source),
    reportCommand(source),
    rulesCommand(source),
    whoCanCommand(source),
  ];
}

/** What a program is called, and what it is for. */
export interface Program {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

/** A program of some commands; a call that it does not understand is thrown, after a line that says what it is. */
export function programOf({ name, version, description }: Program, commands: readonly Command[]): Command {
  const program = new Command(name).description(description).version(version).exitOverride();
  const sorted = [...commands].sort((a, b) => a.name().localeCompare(b.name()));
  for (const command of sorted) program.addCommand(command.copyInheritedSettings(program));
  return program;
}

/** `leasehold-proof`, with all its commands. */
export function proof(): Command {
  const description =
    "Who may reach which table of PostgreSQL through Vault, judged on Terraform and Kubernetes manifests of any origin";
  return programOf(
    { name: "leasehold-proof", version: packageOf(__dirname).version, description },
    proofCommands(files),
  );
}

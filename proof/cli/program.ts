import { Command } from "commander";
import { packageOf } from "../input/package";
import type * as Diff from "./diff";
import type * as Lint from "./lint";
import type * as Questions from "./questions";
import type * as Report from "./report";
import type * as Rules from "./rules";
import { files, type Source } from "./source";

/** A command that is loaded when it is called. */
export interface Entry {
  readonly summary: string;
  readonly load: () => Command;
}

/** Commands by their names. */
export type Entries = Readonly<Record<string, Entry>>;

/** The commands that need nothing but files. Loaded when they are called: the rules take longer than Node itself. */
export function proofCommands(source: Source): Entries {
  return {
    "blast-radius": {
      summary: "What somebody gets, and for how long, who takes a pod, a token or a credential of a service",
      load: () => (require("./questions") as typeof Questions).blastRadiusCommand(source),
    },
    diff: {
      summary: "What changes in access",
      load: () => (require("./diff") as typeof Diff).diffCommand(source),
    },
    explain: {
      summary:
        "How a service comes to what it may do: each hop with its file, its resource and its statement",
      load: () => (require("./questions") as typeof Questions).explainCommand(source),
    },
    lint: {
      summary: "Judge any Terraform and the Kubernetes manifests beside it, as one configuration",
      load: () => (require("./lint") as typeof Lint).lintCommand(source),
    },
    report: {
      summary: "Who may reach which table, and what that rests on",
      load: () => (require("./report") as typeof Report).reportCommand(source),
    },
    rules: {
      summary: "List the rules, or explain one",
      load: () => (require("./rules") as typeof Rules).rulesCommand(source),
    },
    "who-can": {
      summary: "Who may do something with a table, and who can grant it",
      load: () => (require("./questions") as typeof Questions).whoCanCommand(source),
    },
  };
}

/** What a program is called, and what it is for. */
export interface Program {
  readonly name: string;
  readonly description: string;
  /** A folder of the package whose version it has. */
  readonly directory: string;
}

/**
 * A program of some commands; a call that it does not understand is thrown, after a line that says what it is.
 *
 * @param words the call; of commands that it does not name only the summary is there
 * @default - all commands are whole
 */
export function programOf(
  { name, description, directory }: Program,
  entries: Entries,
  words?: readonly string[],
): Command {
  const program = new Command(name)
    .description(description)
    .version(packageOf(directory).version)
    .exitOverride();
  const sorted = Object.entries(entries).sort(([a], [b]) => a.localeCompare(b));
  for (const [called, { summary, load }] of sorted) {
    const isCalled = words === undefined || words.slice(0, 2).includes(called);
    const command = (isCalled ? load() : new Command(called)).description(summary);
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}

/** `leasehold-proof`, with all its commands. */
export function proof(words?: readonly string[]): Command {
  const description =
    "Who may reach which table of PostgreSQL through Vault, judged on Terraform and Kubernetes manifests of any origin";
  return programOf(
    { name: "leasehold-proof", description, directory: __dirname },
    proofCommands(files),
    words,
  );
}

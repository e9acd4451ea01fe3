import { ANSWERED, withHelp } from "@leasehold/proof/cli";
import { bootstrapFile } from "@leasehold/proof/output";
import { ALL_VERBS, type AccessReports, type EnvironmentReport } from "@leasehold/proof/report";
import { everyRule } from "@leasehold/proof/rules";
import { Argument, Command, type Option } from "commander";
import fs from "node:fs";
import path from "node:path";
import { SCRIPTS, type Shell } from "./completion-scripts";

/** Where the last synth is. */
const OUTPUT = "cdktf.out";

/** What a shell offers, and what it is. */
interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** `leasehold completion SHELL`: what a shell has to read once to complete leasehold's words. */
export function completionCommand(): Command {
  const command = new Command("completion")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(SCRIPTS)))
    .action((shell: Shell) => void process.stdout.write(SCRIPTS[shell]));
  return withHelp(command, {
    notes:
      "Names are those of the last synth in cdktf.out; nothing is compiled for them.\n" +
      "bash reads it by: source <(npx leasehold completion bash), in ~/.bashrc;\n" +
      "zsh by the same for zsh, in ~/.zshrc after compinit; fish by: npx leasehold completion fish | source",
    exitCodes: ANSWERED,
    example: "npx leasehold completion bash",
    page: "README.md",
  });
}

/**
 * What may stand where the last word is, a line each: `value TAB description`. Where there is none, it may be a file.
 *
 * @param words what was typed, without the name of the program; the last is what is being typed, be it empty
 */
export function candidates(program: Command, words: readonly string[]): string {
  const { before, typed, prefix } = split(words);
  const name = before.find((word) => !word.startsWith("-"));
  const command = program.commands.find((each) => each.name() === name);
  const offered = command === undefined ? commandsOf(program, before) : wordsOf(command, before, typed);
  return offered
    .filter(({ value }) => value.startsWith(typed))
    .map(({ value, description }) => `${prefix}${value}\t${description}\n`)
    .join("");
}

/** `--format=js` is an option and a word; bash tells them apart itself, by a word `=`. */
function split(words: readonly string[]) {
  const [, prefix = "", option, rest] = /^((--[^=]+)=)(.*)$/.exec(words.at(-1) ?? "") ?? [];
  if (option !== undefined) return { before: [...words.slice(0, -1), option], typed: rest ?? "", prefix };
  const typed = words.at(-1) ?? "";
  return {
    before: words.slice(0, -1).filter((word) => word !== "="),
    typed: typed === "=" ? "" : typed,
    prefix: "",
  };
}

function commandsOf(program: Command, before: readonly string[]): Candidate[] {
  if (before.length > 0) return [];
  return program.commands.map((each) => ({ value: each.name(), description: each.description() }));
}

function wordsOf(command: Command, before: readonly string[], typed: string): Candidate[] {
  const open = optionNamed(command, before.at(-1));
  if (open?.required) return open.argChoices?.map(bare) ?? valuesOf(open, before);
  if (typed.startsWith("-")) return optionsOf(command);
  const given = positionals(command, before);
  const { registeredArguments: all } = command;
  const argument = all[given.length] ?? all.filter(({ variadic }) => variadic).at(-1);
  return argument === undefined ? optionsOf(command) : namesFor(argument, command, given);
}

function optionNamed(command: Command, word: string | undefined): Option | undefined {
  return command.options.find(({ long, short }) => word !== undefined && (word === long || word === short));
}

function optionsOf(command: Command): Candidate[] {
  return command.options.map(({ long, description }) => ({ value: long ?? "", description }));
}

/** Values of an option that its placeholder says the kind of; one that was given already is not offered again. */
function valuesOf({ flags, long }: Option, before: readonly string[]): Candidate[] {
  if (!flags.endsWith("<environment>")) return [];
  const given = before.filter((_, index) => before[index - 1] === long);
  return environmentsKept()
    .filter((name) => !given.includes(name))
    .map(bare);
}

/** The words of a command that are neither options nor what belongs to one. */
function positionals(command: Command, before: readonly string[]): string[] {
  const words = before.slice(before.indexOf(command.name()) + 1);
  return words.filter(
    (word, index) => !word.startsWith("-") && !optionNamed(command, words[index - 1])?.required,
  );
}

/** What may stand at an argument, as its name says; nothing where it may be any file. */
function namesFor(argument: Argument, command: Command, given: readonly string[]): Candidate[] {
  if (argument.argChoices !== undefined) return argument.argChoices.map(bare);
  const position = command.registeredArguments.findIndex((each) => each.name() === "environment");
  const reports = lastReports();
  const chosen = reports.filter(({ name }) => name === given[position]);
  const names: Readonly<Record<string, () => readonly string[]>> = {
    environment: () => reports.map(({ name }) => name),
    environments: () => reports.map(({ name }) => name).filter((name) => !given.includes(name)),
    service: () => chosen.flatMap(({ services }) => services.map(({ name }) => name)),
    table: () => reports.flatMap(({ tables }) => tables.map(({ id }) => id)),
    database: () => chosen.flatMap(({ name }) => databasesOf(name)),
    verb: () => ALL_VERBS,
  };
  if (argument.name() === "id") return everyRule.map(({ id, title }) => ({ value: id, description: title }));
  return [...new Set(names[argument.name()]?.() ?? [])].map(bare);
}

function bare(value: string): Candidate {
  return { value, description: "" };
}

/** Environments, as the last synth saw them; none are known before the first. */
function lastReports(): readonly EnvironmentReport[] {
  try {
    const file = path.join(OUTPUT, "report", "access.json");
    const { environments } = JSON.parse(fs.readFileSync(file, "utf8")) as Partial<AccessReports>;
    return environments ?? [];
  } catch {
    return [];
  }
}

/** Those of the last synth, and those that it left as an earlier one wrote them, of which no report tells. */
function environmentsKept(): string[] {
  const folder = path.join(OUTPUT, path.dirname(path.dirname(bootstrapFile("any", "any"))));
  const left = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return [...new Set([...lastReports().map(({ name }) => name), ...left])];
}

/** Each has a file with its SQL. */
function databasesOf(environment: string): string[] {
  const folder = path.dirname(path.join(OUTPUT, bootstrapFile(environment, "any")));
  return fs.existsSync(folder) ? fs.readdirSync(folder).map((file) => path.parse(file).name) : [];
}

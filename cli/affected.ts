import { UsageError, withHelp } from "@leasehold/proof/cli";
import { refuseGaps } from "@leasehold/proof/cli/gaps";
import { isRecord, readJson, statOf } from "@leasehold/proof/input";
import { readManifest } from "@leasehold/proof/output";
import { Command, Option } from "commander";
import fs from "node:fs";
import path from "node:path";
import { affectedBy, type Affected, type Output } from "../lib/synth/affected";
import { synthesizedAt } from "./git-ref";

const FORMATS = ["text", "json", "github", "gitlab"] as const;

interface Options {
  readonly format: (typeof FORMATS)[number];
}

/** `leasehold affected <base> [head]`: what a pipeline has to plan, which is less than everything. */
export function affectedCommand(): Command {
  const command = new Command("affected")
    .argument("<base>", "the output of a synth, or a git ref, which is synthesized aside")
    .argument("[head]", "the same", "cdktf.out")
    .addOption(new Option("--format <format>", "how stacks are listed").choices(FORMATS).default("text"))
    .action(async (base: string, head: string, { format }: Options) => {
      // What cannot be read is said before anything is synthesized for it.
      const after = await outputAt(head);
      process.stdout.write(WRITERS[format](affectedBy(await outputAt(base), after)));
    });
  return withHelp(command, {
    notes:
      'github is a matrix for fromJSON; gitlab is a child pipeline whose jobs extend ".plan" of .gitlab/plan.yml.',
    exitCodes: { 0: "listed", 2: "could not run" },
    example: "npx leasehold affected origin/main --format github",
    page: "docs/ci.md",
  });
}

/** A path wins over a ref of the same name. */
async function outputAt(given: string): Promise<Output> {
  if (fs.existsSync(given) && statOf(given).isDirectory()) return readOutput(given);
  const output = await synthesizedAt(given, async (outdir) => readOutput(outdir));
  if (output === undefined) throw new UsageError(`there is no folder or git ref ${JSON.stringify(given)}`);
  return output;
}

function readOutput(directory: string): Output {
  refuseGaps(directory);
  const stacks = Object.entries(readManifest(directory));
  return {
    stacks: Object.fromEntries(
      stacks.map(([name, { dependencies = [], synthesizedStackPath }]) => {
        const file = path.join(directory, synthesizedStackPath);
        return [name, { dependencies, terraform: readJson(file, "must be Terraform's JSON", isRecord) }];
      }),
    ),
    files: Object.fromEntries(
      ["bootstrap", "manifests"]
        .flatMap((folder) => filesUnder(directory, folder))
        .map((file) => [file, fs.readFileSync(path.join(directory, file), "utf8")]),
    ),
  };
}

function filesUnder(directory: string, folder: string): string[] {
  const at = path.join(directory, folder);
  if (!fs.existsSync(at)) return [];
  return fs
    .readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)));
}

const json = (value: unknown): string => `${JSON.stringify(value)}\n`;

const WRITERS: Readonly<Record<Options["format"], (affected: Affected) => string>> = {
  text: inWords,
  json: (affected) => `${JSON.stringify(affected, undefined, 2)}\n`,
  github: (affected) =>
    json({ include: toPlan(affected).map(({ stack, wave }) => ({ stack, wave: String(wave) })) }),
  gitlab: (affected) => json(childPipeline(affected)),
};

/** What is gone cannot be planned from this output: it is destroyed from the one before. */
function toPlan({ stacks }: Affected): Affected["stacks"] {
  return stacks.filter(({ change }) => change !== "gone");
}

function childPipeline(affected: Affected): unknown {
  const stacks = toPlan(affected).map(({ stack }) => stack);
  // A pipeline without a job is refused.
  if (stacks.length === 0) return { nothing: { script: ["echo 'no stack is touched'"] } };
  return {
    include: [{ local: ".gitlab/plan.yml" }],
    plan: { extends: ".plan", parallel: { matrix: [{ STACK: stacks }] } },
  };
}

function inWords({ stacks, files, of }: Affected): string {
  const count = stacks.filter(({ change }) => change !== "gone").length;
  const lines = [
    `${count} of ${of} stacks ${count === 1 ? "is" : "are"} touched${count === 0 ? "" : ", in the order of apply"}`,
    ...stacks.map(({ stack, change }) => `  ${stack}${WORDS[change]}`),
    ...(files.length === 0 ? [] : ["run or deployed by others, and changed"]),
    ...files.map(({ file, change }) => `  ${file}${change === "changed" ? "" : ` (${change})`}`),
  ];
  return `${lines.join("\n")}\n`;
}

const WORDS = { changed: "", new: " (new)", gone: " (gone: destroy it from what was applied)" } as const;

import type { Command } from "commander";
import fs from "node:fs";
import { leasehold } from "../../cli/program";
import { proof } from "../../proof/cli";

const programs: Readonly<Record<string, () => Command>> = {
  "npx leasehold": () => leasehold(async () => []),
  "npx @leasehold/proof": proof,
};
const all = Object.entries(programs).flatMap(([call, make]) =>
  make().commands.map((command) => [call, command.name()] as const),
);

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

test.each(all)("%s %s: a description, exit codes, an example that parses, and a page", async (call, name) => {
  const program = programs[call]!();
  const command = program.commands.find((each) => each.name() === name)!;
  const help = helpOf(command);
  expect(command.description()).toMatch(/^[A-Z].*[^.]$/);
  expect(command.description()).not.toContain("exit code");
  const end = /\nExit codes:\n(  \d  [^\n]+\n)+\nExample:\n  ([^\n]+)\n\nPage: (\S+)\n*$/.exec(help);
  expect(end).not.toBeNull();
  const [, , example = "", page = ""] = end!;
  expect(help).toMatch(/^ {2}2 {2}could not run/m);
  expect(fs.existsSync(page)).toBe(true);
  const called: string[] = [];
  command.action(() => void called.push(name));
  await program.parseAsync(wordsOf(call, example), { from: "user" });
  expect(called).toEqual([name]);
});

/** What is typed after the name of the program, up to a pipe. */
function wordsOf(call: string, example: string): string[] {
  const [typed = ""] = example.split(" | ");
  expect(typed.replace(/^([A-Z]+=\S+ )*/, "").startsWith(`${call} `)).toBe(true);
  return typed.slice(typed.indexOf(call) + call.length + 1).split(" ");
}

test("the list of commands keeps each on one line", () => {
  for (const make of Object.values(programs))
    for (const command of make().commands) expect(command.description().length).toBeLessThanOrEqual(100);
});

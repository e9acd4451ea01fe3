import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { candidates } from "../../cli/completion";
import { SCRIPTS, type Shell } from "../../cli/completion-scripts";
import { leasehold } from "../../cli/program";
import { synthesize } from "../../lib/synth/synthesize";
import { environments } from "../../template/project/stacks";
import { MADE } from "../support/environment";

const checkout = process.cwd();
let work: string;

beforeAll(async () => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-completion-"));
  process.chdir(work);
  await synthesize(environments, "cdktf.out", { made: () => MADE });
  fs.mkdirSync("infra");
  fs.mkdirSync("bin");
  fs.symlinkSync(path.join(checkout, "bin", "leasehold.js"), path.join("bin", "leasehold"));
});
afterAll(() => {
  process.chdir(checkout);
  fs.rmSync(work, { recursive: true });
});

/** The values that are offered; the last word is the one that is being typed. */
function offered(...words: string[]): string[] {
  const program = leasehold(async () => {
    throw new Error("nothing is compiled to complete a word");
  });
  const lines = candidates(program, words).split("\n").slice(0, -1);
  return lines.map((line) => line.split("\t")[0] ?? "");
}

test("commands, with what they do", () => {
  const program = leasehold(async () => []);
  expect(offered("")).toEqual(program.commands.map((command) => command.name()));
  expect(offered("r")).toEqual(["report", "retire-sql", "rules"]);
  expect(candidates(program, ["rul"])).toBe("rules\tList the rules, or explain one\n");
});

test.each([
  [
    ["check", "--f"],
    ["--format", "--fail-on"],
  ],
  [
    ["check", "--format", ""],
    ["text", "json", "sarif", "github"],
  ],
  [["check", "--format", "s"], ["sarif"]],
  [["check", "--format=s"], ["--format=sarif"]],
  [["check", "--format", "=", "s"], ["sarif"]],
  [
    ["check", "--format", "="],
    ["text", "json", "sarif", "github"],
  ],
  [
    ["check", ""],
    ["local", "staging", "production"],
  ],
  [
    ["check", "local", "--format", "json", ""],
    ["staging", "production"],
  ],
  [["migrate", "prod"], ["production"]],
  [
    ["migrate", "production", ""],
    ["analytics", "billing", "orders"],
  ],
  [["explain", "nowhere", ""], []],
  [["bootstrap-sql", "production", ""], ["shop"]],
  [["retire-sql", "production", "shop", "x", "--step", "n"], ["nologin"]],
  [["who-can", "DEL"], ["DELETE"]],
  [["who-can", "SELECT", "shop.public.inv"], ["shop.public.invoices"]],
  [["who-can", "SELECT", "orders", "st"], ["staging"]],
  [["rules", "access/no-a"], ["access/no-audience"]],
  [
    ["init", "--pipeline", ""],
    ["github", "gitlab"],
  ],
  [
    ["completion", ""],
    ["bash", "zsh", "fish"],
  ],
  [["lint", ""], []],
  [["lint", "--waivers", ""], []],
  [
    ["synth", "--only", ""],
    ["local", "staging", "production"],
  ],
  [["synth", "--only=st"], ["--only=staging"]],
  [
    ["synth", "--only", "local", "--only", ""],
    ["staging", "production"],
  ],
  [["constructor", ""], []],
])("%j offers %j", (words, values) => {
  expect(offered(...words)).toEqual(values);
});

test("names are not known where there was no synth, or where its report cannot be read", () => {
  fs.renameSync("cdktf.out", "away");
  expect(offered("check", "")).toEqual([]);
  expect(offered("bootstrap-sql", "production", "")).toEqual([]);
  fs.mkdirSync("cdktf.out/report", { recursive: true });
  fs.writeFileSync("cdktf.out/report/access.json", "[]");
  expect(offered("check", "")).toEqual([]);
  fs.rmSync("cdktf.out", { recursive: true });
  fs.renameSync("away", "cdktf.out");
});

test("after --only also what the last synth has left out is offered", async () => {
  await synthesize(environments, "cdktf.out", { made: () => MADE, only: ["local"] });
  expect(offered("check", "")).toEqual(["local"]);
  expect(offered("synth", "--only", "").sort()).toEqual(["local", "production", "staging"]);
  await synthesize(environments, "cdktf.out", { made: () => MADE });
});

/** What a shell completes, asked as its own completion asks. */
const ASK: Readonly<Record<Shell, (words: readonly string[]) => string>> = {
  bash: (words) => `
source <(leasehold completion bash)
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
_leasehold
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p leasehold >&2`,
  zsh: (words) => `
_describe() { print -rl -- "\${(@P)2}" }
_files() { print files }
compdef() { : }
source <(leasehold completion zsh)
words=(${words.map((word) => `'${word}'`).join(" ")}); CURRENT=${words.length}
_leasehold`,
  fish: (words) => `leasehold completion fish | source; complete -C '${words.join(" ")}'`,
};

function ask(shell: Shell, ...words: string[]): string[] {
  const PATH = [path.join(work, "bin"), process.env["PATH"]].join(path.delimiter);
  const text = execFileSync(shell, ["-c", ASK[shell](["leasehold", ...words])], {
    encoding: "utf8",
    env: { ...process.env, PATH },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return text.split("\n").filter((line) => line !== "");
}

describe.each(Object.keys(SCRIPTS) as Shell[])("%s", (shell) => {
  // A shell that is not installed cannot be asked.
  const here = spawnSync(shell, ["-c", "exit"]).status === 0 ? test : test.skip;

  here("completes commands, options, choices and names, and files where there are none of them", () => {
    const values = (...words: string[]) => ask(shell, ...words).map((line) => line.split(/[\t:]/)[0]);
    expect(values("ru")).toEqual(["rules"]);
    expect(values("check", "--fa")).toEqual(["--fail-on"]);
    expect(values("check", "--format", "sa")).toEqual(["sarif"]);
    expect(values("migrate", "production", "ord")).toEqual(["orders"]);
    expect(values("lint", "inf")).toEqual({ bash: [], zsh: ["files"], fish: ["infra/"] }[shell]);
  });
});

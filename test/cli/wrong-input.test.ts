import type { Argument, Command, Option } from "commander";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { leasehold } from "../../cli/program";
import { run } from "../../proof/cli/run";
import { synthesize } from "../../lib/synth/synthesize";
import { environments } from "../../template/project/stacks";

const checkout = process.cwd();
let work: string;
let socket: net.Server;
let said: { stdout: string; stderr: string };

/** What stands at a path that should be something else. Written anew for each call: a command may write there. */
const FILES: Readonly<Record<string, (file: string) => void>> = {
  nothing: () => {},
  "a broken link": (file) => fs.symlinkSync("nowhere", file),
  "a link to itself": (file) => fs.symlinkSync(path.basename(file), file),
  null: (file) => fs.writeFileSync(file, "null"),
  "a list": (file) => fs.writeFileSync(file, '[{ "format_version": 1, "values": null }]'),
  "a number": (file) => fs.writeFileSync(file, "1"),
  "an object of other keys": (file) => fs.writeFileSync(file, '{ "constructor": { "__proto__": 1 } }'),
  "JSON that is cut": (file) =>
    fs.writeFileSync(file, '{ "version": 1, "environments": [{ "name": "canary-8Jx2vQ'),
  "an empty file": (file) => fs.writeFileSync(file, ""),
  "a binary file": (file) =>
    fs.writeFileSync(file, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0xff, 0xfe, 0, 1])),
  "UTF-16": (file) => fs.writeFileSync(file, Buffer.from('\ufeff{ "version": 1 }', "utf16le")),
  "UTF-16 without a mark": (file) => fs.writeFileSync(file, Buffer.from("- rule: a", "utf16le")),
  "Latin-1": (file) => fs.writeFileSync(file, Buffer.from("- reason: d\u00e9j\u00e0 vu", "latin1")),
  "a pipe": (file) => execFileSync("mkfifo", [file]),
  "a socket": (file) => fs.symlinkSync(path.join(work, "socket"), file),
  "a device": (file) => fs.symlinkSync("/dev/zero", file),
  "a file of 600 MB": (file) => {
    fs.writeFileSync(file, "");
    fs.truncateSync(file, 600 * 1024 * 1024);
  },
  "an empty folder": (file) => fs.mkdirSync(file),
};

/** Names that there are not, or that JavaScript has. */
const WORDS = [
  "",
  " ",
  "constructor",
  "__proto__",
  "hasOwnProperty",
  "a\nb",
  "--no-such-option",
  "x".repeat(5000),
  "\u{1f600}",
];

/** A call that runs, by the names of arguments. */
const RIGHT: Readonly<Record<string, string>> = {
  environment: "staging",
  environments: "staging",
  database: "shop",
  service: "orders",
  user: "orders_app",
  verb: "SELECT",
  table: "orders",
  "table:verb": "orders:SELECT",
  base: "cdktf.out",
  head: "cdktf.out",
  paths: "terraform",
  id: "access/no-audience",
  shell: "bash",
};
/** Without these a command cannot run at all. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  "retire-sql": ["--step", "drop"],
  observe: ["--user", "app"],
};
const program = () => leasehold(async () => environments);
const commands = program().commands;

beforeAll(async () => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-wrong-"));
  fs.cpSync("test/fixtures/lint/flawless", path.join(work, "terraform"), { recursive: true });
  process.chdir(work);
  fs.mkdirSync("inputs");
  await synthesize(environments, "cdktf.out");
  socket = net.createServer().listen(path.join(work, "socket"));
  Object.assign(process.env, { PGHOST: "127.0.0.1", PGPORT: "1", GIT_DIR: path.join(work, "no-git") });
  // An npm that has nothing: what packages a new project gets is no matter here, and would take minutes.
  fs.mkdirSync("bin");
  fs.writeFileSync(path.join("bin", "npm"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  process.env["PATH"] = `${path.join(work, "bin")}:${process.env["PATH"]}`;
  const to = (stream: "stdout" | "stderr") => (text: unknown) => (said[stream] += String(text)) !== "";
  const line = (stream: "stdout" | "stderr") => (text: unknown) => void to(stream)(`${String(text)}\n`);
  jest.spyOn(process.stdout, "write").mockImplementation(to("stdout"));
  jest.spyOn(process.stderr, "write").mockImplementation(to("stderr"));
  jest.spyOn(console, "log").mockImplementation(line("stdout"));
  jest.spyOn(console, "error").mockImplementation(line("stderr"));
}, 120_000);
afterAll(() => {
  jest.restoreAllMocks();
  socket.close();
  process.chdir(checkout);
  fs.rmSync(work, { recursive: true });
  process.exitCode = 0;
});

/** What is wrong with how a call ended; nothing where it is as it should be. */
async function faultsOf(words: readonly string[], allowed: readonly number[]): Promise<string[]> {
  said = { stdout: "", stderr: "" };
  process.exitCode = undefined;
  await run(program(), words);
  const exitCode = Number(process.exitCode ?? 0);
  const faults = [
    ...(allowed.includes(exitCode) ? [] : [`exit code ${exitCode}`]),
    ...(exitCode === 2 && said.stderr === "" && said.stdout === "" ? ["says nothing"] : []),
    ...(/^ {4}at /m.test(said.stderr) ? ["a stack trace"] : []),
    ...(/fault of leasehold/.test(said.stderr) ? ["an error that nobody expected"] : []),
    ...(/canary-8Jx2vQ/.test(said.stderr + said.stdout) ? ["repeats what stands there"] : []),
  ];
  return faults.map((fault) => `${words.join(" ").slice(0, 200)}: ${fault}: ${said.stderr.slice(0, 300)}`);
}

function rightCall(command: Command, instead: ReadonlyMap<Argument | Option, string> = new Map()): string[] {
  const given = command.registeredArguments.filter((argument) => argument.required || instead.has(argument));
  const optional = [...instead].flatMap(([part, value]) => ("long" in part ? [part.long ?? "", value] : []));
  const usual = NEEDED[command.name()] ?? [];
  const needed = optional.includes(usual[0] ?? "") ? [] : usual;
  return [
    command.name(),
    ...given.map((argument) => instead.get(argument) ?? RIGHT[argument.name()] ?? "?"),
    ...needed,
    ...optional,
  ];
}

/** Every place of a command's call where a word stands. */
function places(command: Command): (Argument | Option)[] {
  return [
    ...command.registeredArguments,
    ...command.options.filter((option) => option.required || option.optional),
  ];
}

const nameOf = (part: Argument | Option) => ("long" in part ? String(part.long) : part.name());

/** Where something is written to, nearly anything is right; where nothing is named, the default is. */
function allowedAt(command: string, part: string, kind: string): readonly number[] {
  if (command === "report" && part === "--output") return [0, 2];
  if (command === "init" && part === "folder") return [0, 2];
  if (part === "--witness" && kind === "") return [0];
  // Which roles there are is what the database knows: its SQL refuses a name that is not there.
  if (part === "--retire") return [0, 2];
  return [2];
}

const all = commands.flatMap((command) => places(command).map((part) => [command, part] as const));

test.each(all.map(([command, part]) => [command.name(), nameOf(part)] as const))(
  "%s: whatever stands at %s, it is told without a stack trace, and as what could not run",
  async (name, partName) => {
    const [command, part] = all.find(([each, at]) => each.name() === name && nameOf(at) === partName)!;
    const faults: string[] = [];
    for (const [kind, make] of Object.entries(FILES)) {
      const endings =
        name === "lint" && partName === "paths" ? [".json", ".tf", ".yaml", ".sql", ".tf.json", ""] : [""];
      for (const ending of endings) {
        const file = path.join("inputs", `x${ending}`);
        make(file);
        // Terraform that is empty is right, and says nothing to judge; text of the wrong language is found out as well.
        faults.push(
          ...(await faultsOf(rightCall(command, new Map([[part, file]])), allowedAt(name, partName, kind))),
        );
        for (const each of [file, path.join("inputs", "nowhere")])
          fs.rmSync(each, { recursive: true, force: true });
      }
    }
    for (const word of WORDS)
      faults.push(
        ...(await faultsOf(rightCall(command, new Map([[part, word]])), allowedAt(name, partName, word))),
      );
    expect(faults).toEqual([]);
  },
  120_000,
);

test.each(commands.map((command) => [command.name()] as const))(
  "%s: unknown options, and too few or too many words",
  async (name) => {
    const command = commands.find((each) => each.name() === name)!;
    const right = rightCall(command);
    const isVariadic = command.registeredArguments.some(({ variadic }) => variadic);
    const needs = command.registeredArguments.some(({ required }) => required);
    const faults = [
      ...(await faultsOf([...right, "--no-such-option"], [2])),
      ...(await faultsOf([...right, "--constructor", "x"], [2])),
      ...(isVariadic ? [] : await faultsOf([...right, "too", "many", "words", "here"], [2])),
      ...(needs ? await faultsOf([name], [2]) : []),
      ...(await faultsOf([name, "--help"], [0])),
    ];
    for (const option of command.options.filter(({ required }) => required))
      faults.push(...(await faultsOf([...right, String(option.long)], [2])));
    expect(faults).toEqual([]);
  },
);

test("no command, and an unknown one", async () => {
  const faults = [];
  for (const words of [[], ["no-such-command"], ["constructor"], ["--no-such-option"], [""]])
    faults.push(...(await faultsOf(words, [2])));
  expect(faults).toEqual([]);
});

/** Commands that read the output of a synth. */
const READERS: readonly (readonly string[])[] = [
  ["check"],
  ["report"],
  ["report", "--from", "cdktf.out"],
  ["who-can", "SELECT", "orders", "staging"],
  ["explain", "staging", "orders"],
  ["blast-radius", "staging", "orders"],
  ["diff", "cdktf.out", "cdktf.out"],
  ["check", "--witness", "cdktf.out"],
];

/** Files of an output, and which readers need not look at them. */
const OF_THE_OUTPUT = [
  "manifest.json",
  "stacks/staging/cdk.tf.json",
  "stacks/staging-platform/cdk.tf.json",
  "bootstrap/staging/shop.sql",
  "report/access.json",
  "migration-stages.json",
] as const;

test.each(OF_THE_OUTPUT.flatMap((file) => Object.keys(FILES).map((kind) => [file, kind] as const)))(
  "an output whose %s is %s",
  async (file, kind) => {
    const target = path.join("cdktf.out", file);
    const before = fs.readFileSync(target);
    fs.rmSync(target);
    FILES[kind]!(target);
    const faults = [];
    try {
      // Text is SQL, or it is none; what was saved beside the proof, and the proof of before, not all of them read.
      const isLenient = /report|stages|sql/.test(file) && kind !== "nothing";
      for (const words of READERS) faults.push(...(await faultsOf(words, isLenient ? [0, 2] : [2])));
    } finally {
      fs.rmSync(target, { recursive: true, force: true });
      fs.writeFileSync(target, before);
    }
    expect(faults).toEqual([]);
  },
  60_000,
);

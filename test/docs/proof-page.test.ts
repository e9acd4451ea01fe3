import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { spawnSync } from "node:child_process";
import ts from "typescript";
import { blocks, commandsOf } from "../support/pages";

const PAGE = "proof/README.md";
const checkout = process.cwd();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-proof-page-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));
const at = (...names: string[]) => path.join(folder, ...names);

function change(file: string, from: string, to: string): void {
  const text = fs.readFileSync(at(file), "utf8");
  expect(text).toContain(from);
  fs.writeFileSync(at(file), text.replaceAll(from, to));
}

beforeAll(() => {
  fs.cpSync(path.join(checkout, "test/fixtures/lint/flawless"), at("infra"), { recursive: true });
  fs.mkdirSync(at("k8s"));
  fs.writeFileSync(at("k8s/namespace.yaml"), "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n");
  fs.mkdirSync(at("node_modules/@leasehold"), { recursive: true });
  fs.symlinkSync(path.join(checkout, "proof"), at("node_modules/@leasehold/proof"));
  change("infra/vault.tf", "sslmode=verify-full", "sslmode=disable");
});

const node = (...words: string[]) => spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8" });

test("the commands print what the page shows, line by line", () => {
  const program = path.join(checkout, "proof/bin/leasehold-proof.js");
  let printed = "";
  const shown = [];
  for (const block of blocks().filter(({ page }) => page === PAGE)) {
    if (block.language === "text") {
      for (const line of block.text.trim().split("\n")) {
        const [begin = "", end = ""] = line.split("…");
        const lines = printed.split("\n").filter((each) => each.startsWith(begin.trimEnd()));
        shown.push([line, lines.some((each) => each.endsWith(end))]);
      }
      printed = "";
    }
    if (block.language !== "sh") continue;
    for (const command of commandsOf(block)) {
      if (command.startsWith("npm ")) continue;
      const [, words = ""] = /^npx @leasehold\/proof (.+)$/.exec(command) ?? [];
      // What the page compares with what was saved.
      if (words.startsWith("diff ")) change("infra/grants.sql", ", UPDATE", "");
      const { stdout, stderr } = node(program, ...words.split(" "));
      expect([command, stderr]).toEqual([command, expect.not.stringContaining("error:")]);
      printed += stdout;
    }
  }
  expect(shown.filter(([, isPrinted]) => !isPrinted)).toEqual([]);
  expect(shown.length).toBeGreaterThan(10);
}, 60_000);

test("the program of the page type-checks, and says what is wrong", () => {
  const [block] = blocks().filter(({ page, language }) => page === PAGE && language === "ts");
  fs.writeFileSync(at("page.mts"), block?.text ?? "");
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.Node16,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: true,
    typeRoots: [path.join(checkout, "node_modules/@types")],
    types: ["node"],
  };
  const program = ts.createProgram([at("page.mts")], options);
  expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText)).toEqual([]);
  program.emit();
  expect(node("page.mjs")).toMatchObject({
    stdout: "[ 'shop/orders' ]\n",
    stderr: expect.stringMatching(
      /^infra\/vault\.tf:53 transport\/sslmode: the connection's sslmode is "disable"$/m,
    ),
  });
}, 60_000);

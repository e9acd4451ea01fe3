import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { checkTypes } from "../../cli/types";

let repository: string;
const at = (...names: string[]) => path.join(repository, ...names);

/** A project in a repository of several, with a literal that only a strict compiler refuses. */
beforeEach(() => {
  repository = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-types-"));
  write("export const environments = [];\nconst unused = 1;\n", "platform", "stacks", "index.ts");
  fs.mkdirSync(at("platform", "node_modules"));
});
afterEach(() => fs.rmSync(repository, { recursive: true }));

function write(content: string | object, ...names: string[]): void {
  fs.mkdirSync(path.dirname(at(...names)), { recursive: true });
  fs.writeFileSync(at(...names), typeof content === "string" ? content : JSON.stringify(content));
}

const compilerOptions = {
  module: "node16",
  moduleResolution: "node16",
  types: [],
  lib: ["es5"],
  skipLibCheck: true,
};
const lenient = { compilerOptions: { noUnusedLocals: false } };
const strict = { compilerOptions: { noUnusedLocals: true } };
const check = () => checkTypes(at("platform"));
const recorded = () => fs.readFileSync(at("platform/node_modules/.cache/leasehold/types.json"), "utf8");

/** Where the file is that the project's own extends, from the repository's root, and how it is named. */
const EXTENDED: readonly [where: string, extended: string, name: string, others?: Record<string, object>][] =
  [
    ["above the project", "tsconfig.base.json", "../tsconfig.base.json"],
    ["in the project", "platform/tsconfig.base.json", "./tsconfig.base"],
    ["in a folder that is not looked into", "platform/.config/tsconfig.json", "./.config/tsconfig.json"],
    ["in a package", "platform/node_modules/@acme/tsconfig/tsconfig.json", "@acme/tsconfig/tsconfig.json"],
    ["in a package of the repository", "packages/tsconfig/base.json", "@acme/tsconfig/base.json"],
    [
      "behind another one",
      "tsconfig.root.json",
      "../tsconfig.base.json",
      { "tsconfig.base.json": { extends: "./tsconfig.root.json" } },
    ],
  ];

test.each(EXTENDED)("a change of an extended file %s is seen", async (_, extended, name, others = {}) => {
  if (extended.startsWith("packages/")) {
    fs.mkdirSync(at("platform", "node_modules", "@acme"));
    fs.symlinkSync(at("packages", "tsconfig"), at("platform", "node_modules", "@acme", "tsconfig"));
  }
  write({ extends: name, compilerOptions }, "platform", "tsconfig.json");
  for (const [file, content] of Object.entries(others)) write(content, file);
  write(lenient, extended);
  await check();
  const before = recorded();
  await check();
  expect(recorded()).toBe(before);

  write(strict, extended);
  await expect(check()).rejects.toThrow("'unused' is declared but its value is never read");
  write(lenient, extended);
  await check();
  fs.rmSync(at(extended));
  await expect(check()).rejects.toThrow(/tsconfig|File '[^']+' not found/);
});

test.each([
  ["npm", "node_modules/.package-lock.json"],
  ["pnpm", "node_modules/.pnpm/lock.yaml"],
  ["yarn", "node_modules/.yarn-state.yml"],
  ["yarn 1", "node_modules/.yarn-integrity"],
])("what %s has installed anew above the project is looked at again", async (_, record) => {
  write("before", record);
  write({ compilerOptions }, "platform", "tsconfig.json");
  await check();
  const before = recorded();
  write("after", record);
  await check();
  expect(recorded()).not.toBe(before);
});

import fs from "node:fs";
import path from "node:path";

/** The package as it is installed: what a browser runs is what the compiler made, also where tests run sources. */
const PAGE = path.join(
  path.dirname(require.resolve("@leasehold/proof/package.json")),
  "dist",
  "report",
  "page",
);

/**
 * The modules of `../page` as one script: each as the compiler made it, in a function of its own that is called when
 * another one requires it. That is all that a bundler would do here, for modules of this package and one that escapes.
 */
export function pageScript(): string {
  const modules = new Map<string, string>();
  const entry = path.join(PAGE, "main.js");
  collect(entry, modules);
  const ids = new Map([...modules.keys()].map((file, index) => [file, index]));
  const own = [...modules].map(([file, text]) => `(exports, require) => {\n${linked(file, text, ids)}\n}`);
  return `"use strict";
{
const modules = [${own.join(",\n")}];
const made = [];
const require = (id) => {
  if (made[id] === undefined) modules[id](made[id] = {}, require);
  return made[id];
};
require(${ids.get(entry)});
}`;
}

const REQUIRE = /\brequire\("([^"]+)"\)/g;

function collect(file: string, modules: Map<string, string>): void {
  if (modules.has(file)) return;
  const text = fs.readFileSync(file, "utf8");
  modules.set(file, text);
  for (const [, name = ""] of text.matchAll(REQUIRE)) collect(resolved(file, name), modules);
}

function resolved(file: string, name: string): string {
  if (!/^\.|^html-escaper$/.test(name)) throw new Error(`${file} requires ${name}, which no browser has`);
  return require.resolve(name, { paths: [path.dirname(file)] });
}

/** With numbers in place of names, and without what only a debugger reads. */
function linked(file: string, text: string, ids: ReadonlyMap<string, number>): string {
  return text
    .replace(/^\/\/# sourceMappingURL=.*$/m, "")
    .replace(REQUIRE, (_, name: string) => `require(${ids.get(resolved(file, name))})`);
}

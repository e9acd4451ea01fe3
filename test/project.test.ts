import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { filesBelow } from "../lib/synth/output";

const template = path.resolve("template", "project");
const read = (...names: string[]) => fs.readFileSync(path.join(...names), "utf8");

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

/** What a project has and this repository has in another form, because it is a package as well. */
const OTHER = ["gitignore", "jest.config.js", "package.json", "tsconfig.json"];

test("this repository's project is the one that init writes", () => {
  const files = filesBelow(template).filter((file) => !OTHER.includes(file));
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) expect([file, read(file)]).toEqual([file, read(template, file)]);
});

test.each([".", "proof", "clients/node"])("npm's page of the package in %s says what it is", (folder) => {
  const manifest = JSON.parse(read(folder, "package.json")) as Record<string, string | string[]>;
  expect(manifest).toMatchObject({
    license: "Apache-2.0",
    description: expect.stringMatching(/^[A-Z].{20,}[^.]$/),
  });
  expect(manifest["keywords"]).toEqual(expect.arrayContaining(["postgresql", "vault", "kubernetes"]));
  const name = folder === "." ? "Leasehold" : manifest["name"];
  expect(read(folder, "README.md").split("\n")[0]?.toLowerCase()).toBe(`# ${name}`.toLowerCase());
  expect(read(folder, "LICENSE")).toBe(read("LICENSE"));
});

test("init writes the versions that are tested here", () => {
  const own = JSON.parse(read("package.json")) as Manifest;
  const { dependencies, devDependencies } = JSON.parse(read(template, "package.json")) as Manifest;
  const here = { ...own.dependencies, ...own.devDependencies };
  const { leasehold, ...others } = { ...dependencies, ...devDependencies };
  expect(leasehold).toBeDefined();
  for (const [name, version] of Object.entries(others)) expect([name, version]).toEqual([name, here[name]]);
});

describe("commands of package.json", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const built = Object.entries(scripts).flatMap(([name, script]) => {
    const program = /\bnode (dist\/\S+\.js)/.exec(script)?.[1];
    const project = /\btsc -b (\S+)/.exec(script)?.[1];
    return program === undefined ? [] : [[name, project, program] as const];
  });

  test.each(built)("%s runs what it builds", (_, project = "", program) => {
    const { options, fileNames } = ts.parseJsonConfigFileContent(
      ts.readConfigFile(project, ts.sys.readFile).config,
      ts.sys,
      process.cwd(),
    );
    const outputs = fileNames.map((file) =>
      path.join(options.outDir ?? "", path.relative(options.rootDir ?? "", file)).replace(/\.ts$/, ".js"),
    );
    expect(outputs).toContain(path.resolve(program));
  });

  test("there are some", () =>
    expect(built.map(([name]) => name)).toEqual([
      "bench:synth",
      "quickstart",
      "e2e",
      "bench:issuance",
      "bench:terraform",
      "bench:report",
    ]));
});

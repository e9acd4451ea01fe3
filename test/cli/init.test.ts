import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { filesBelow } from "../../lib/synth/output";
import { Project } from "../support/project";

const checkout = path.resolve(__dirname, "../..");
const PROGRAM = path.join(checkout, "bin", "leasehold.js");

let work: string;
beforeEach(() => (work = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-init-"))));
afterEach(() => fs.rmSync(work, { recursive: true }));

/** A registry that is not there: a project must be written all the same. */
const env = { ...process.env, npm_config_registry: "http://127.0.0.1:1", npm_config_fetch_retries: "0" };
const leasehold = (...words: string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...words], { cwd: work, env, encoding: "utf8" });
const read = (...names: string[]) => fs.readFileSync(path.join(work, ...names), "utf8");

test("a folder that is not there becomes a project, and is named for it", () => {
  const { status, stdout } = leasehold("init", "My Platform");
  expect(status).toBe(0);
  expect(stdout).toContain("npm run synth");
  const template = filesBelow(path.join(checkout, "template", "project"));
  const written = filesBelow(path.join(work, "My Platform"));
  expect(written.sort()).toEqual(template.map((file) => file.replace(/^gitignore$/, ".gitignore")).sort());
  const { name, dependencies } = JSON.parse(read("My Platform", "package.json")) as {
    name: string;
    dependencies: Record<string, string>;
  };
  const own = JSON.parse(fs.readFileSync(path.join(checkout, "package.json"), "utf8")) as { version: string };
  expect([name, dependencies["leasehold"]]).toEqual(["my-platform", own.version]);
  expect(fs.readdirSync(work)).toEqual(["My Platform"]);
});

test.each([
  ["github", ".github/workflows/access.yml"],
  ["gitlab", ".gitlab-ci.yml"],
])("a pipeline for %s is the one that docs/ci.md explains", (name, file) => {
  expect(leasehold("init", ".", "--pipeline", name).status).toBe(0);
  const page = fs.readFileSync(path.join(checkout, "docs", "ci.md"), "utf8");
  expect(page).toContain(`\n\`\`\`yaml\n${read(file)}\`\`\`\n`);
});

test("what a new repository has stays as it is", () => {
  fs.mkdirSync(path.join(work, ".git"));
  fs.writeFileSync(path.join(work, "README.md"), "ours");
  expect(leasehold("init").status).toBe(0);
  expect(read("README.md")).toBe("ours");
});

test.each([
  ["a folder that has files", ["init"], () => fs.writeFileSync(path.join(work, "notes.txt"), "ours")],
  ["a file", ["init", "notes.txt"], () => fs.writeFileSync(path.join(work, "notes.txt"), "ours")],
  ["a pipeline that there is not", ["init", "new", "--pipeline", "jenkins"], () => {}],
  ["a command where there is no project", ["bootstrap-sql", "staging", "shop"], () => {}],
  ["a synth where there is no project", ["synth"], () => {}],
])("%s is told in a line, and nothing is written", (_, words, prepare) => {
  prepare();
  const before = filesBelow(work);
  const { status, stderr } = leasehold(...words);
  expect(stderr).toMatch(/^error: [^\n]+\n$/);
  expect(status).toBe(2);
  expect(filesBelow(work)).toEqual(before);
});

test("a Node that is too old is told in a line", () => {
  const old = `Object.defineProperty(process.versions, "node", { value: "18.20.4" }); require(${JSON.stringify(PROGRAM)});`;
  const { status, stderr } = spawnSync(process.execPath, ["-e", old], { encoding: "utf8" });
  expect(stderr).toBe("error: leasehold needs Node 20.19 or later, and this is 18.20.4\n");
  expect(status).toBe(2);
});

describe("a project", () => {
  let project: Project;
  beforeEach(() => void (project = new Project()));
  afterEach(() => project.remove());

  test("whose stacks/index.ts exports something else is told so", () => {
    fs.writeFileSync(project.path("stacks", "index.ts"), "export const environments = { local: 1 };\n");
    fs.writeFileSync(project.path("main.ts"), "export {};\n");
    const { status, stderr } = project.run(["bootstrap-sql", "staging", "shop"]);
    expect(stderr).toMatch(/^error: stacks\/index\.ts must export 'environments', a list[^\n]+\n$/);
    expect(status).toBe(2);
  }, 60_000);

  test("whose literal fails as it runs is told where, and not as a fault of leasehold's", () => {
    const literal = project.path("stacks", "local.ts");
    fs.appendFileSync(literal, '\nif (local.services.length < 99) throw new Error("too few");\n');
    const { status, stderr } = project.run(["bootstrap-sql", "staging", "shop"]);
    expect(stderr).toMatch(
      /^error: stacks\/index\.ts fails as it runs: Error: too few \(stacks\/local\.ts:\d+\)\n$/,
    );
    expect(status).toBe(2);
  }, 60_000);

  test("is checked again where JSON changed that a literal imports, or a source outside of its folder", () => {
    const beside = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-beside-"));
    try {
      const settings = JSON.parse(fs.readFileSync(project.path("tsconfig.json"), "utf8")) as {
        compilerOptions: object;
      };
      const options = { ...settings.compilerOptions, resolveJsonModule: true, esModuleInterop: true };
      fs.writeFileSync(project.path("tsconfig.json"), JSON.stringify({ compilerOptions: options }));
      fs.writeFileSync(project.path("stacks", "limits.json"), '{ "name": "x" }');
      fs.writeFileSync(path.join(beside, "more.ts"), 'export const more: string = "x";\n');
      fs.appendFileSync(
        project.path("stacks", "local.ts"),
        `\nimport limits from "./limits.json";\nimport { more } from ${JSON.stringify(path.join(beside, "more"))};\nexport const text: string = limits.name + more;\n`,
      );
      const run = () => project.run(["bootstrap-sql", "staging", "shop"]);
      expect(run()).toMatchObject({ status: 0, stderr: "" });
      fs.writeFileSync(project.path("stacks", "limits.json"), '{ "nam": "x" }');
      expect(run().stderr).toContain("Property 'name' does not exist");
      fs.writeFileSync(project.path("stacks", "limits.json"), '{ "name": "x" }');
      expect(run().status).toBe(0);
      fs.writeFileSync(path.join(beside, "more.ts"), "export const other = 1;\n");
      expect(run().stderr).toContain("has no exported member 'more'");
    } finally {
      fs.rmSync(beside, { recursive: true });
    }
  }, 120_000);

  test("with two copies of constructs is told which", () => {
    fs.cpSync(path.join(checkout, "node_modules", "constructs"), project.path("node_modules", "constructs"), {
      recursive: true,
    });
    const { status, stderr } = project.run(["bootstrap-sql", "staging", "shop"]);
    expect(stderr).toMatch(/^error: there are two copies of the package constructs[^\n]+\n$/);
    expect(status).toBe(2);
  });
});

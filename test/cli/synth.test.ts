import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readTree } from "../support/environment";

const SOURCES = [
  "bin",
  "cli",
  "lib",
  "stacks",
  "main.ts",
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
];
const checkout = path.resolve(__dirname, "../..");

let project: string;

beforeAll(() => {
  project = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-project-"));
  for (const source of SOURCES)
    fs.cpSync(path.join(checkout, source), path.join(project, source), { recursive: true });
  fs.symlinkSync(path.join(checkout, "node_modules"), path.join(project, "node_modules"));
});

afterAll(() => fs.rmSync(project, { recursive: true }));

function run(script: string, ...words: string[]) {
  const env = { ...process.env };
  delete env["CDKTF_OUTDIR"];
  return spawnSync(process.execPath, [path.join("bin", script), ...words], {
    cwd: project,
    env,
    encoding: "utf8",
  });
}

test("a command that is called wrongly says what there is", () => {
  const { status, stderr } = run("leasehold.js", "bootstrap-sql", "prod", "shop");
  expect(status).toBe(2);
  expect(stderr).toBe('error: there is no environment "prod"; known: "local", "staging", "production"\n');
}, 60_000);

test("a synth compiles, writes and tells; a configuration that does not compile takes back what was written", () => {
  const first = run("synth.js");
  expect(first).toMatchObject({ status: 0, stderr: "" });
  expect(first.stdout).toMatch(/^environment +stack +services +resources +file\n/);
  expect(Object.keys(readTree(path.join(project, "cdktf.out")))).toHaveLength(18);

  const sql = run("leasehold.js", "bootstrap-sql", "staging", "shop");
  expect(sql).toMatchObject({ status: 0, stderr: "" });
  expect(sql.stdout).toContain("'orders-shop'");

  const literal = path.join(project, "stacks", "staging.ts");
  fs.writeFileSync(literal, fs.readFileSync(literal, "utf8").replace('default: "1h"', 'default: "soon"'));
  const second = run("synth.js");
  expect(second.status).toBe(1);
  expect(second.stderr).toMatch(/stacks\/staging\.ts\(\d+,\d+\): error TS2322: Type '"soon"'/);
  expect(Object.keys(readTree(path.join(project, "cdktf.out")))).toEqual(["migration-stages.json"]);
  expect(run("leasehold.js", "bootstrap-sql", "staging", "shop").status).toBe(1);
}, 120_000);

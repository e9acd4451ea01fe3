import fs from "node:fs";
import { readTree } from "../support/environment";
import { Project } from "../support/project";

let project: Project;
beforeAll(() => void (project = new Project()));
afterAll(() => project.remove());

const run = (...words: string[]) => project.run(words);

test("a command that is called wrongly says what there is", () => {
  const { status, stderr } = run("bootstrap-sql", "prod", "shop");
  expect(status).toBe(2);
  expect(stderr).toBe('error: there is no environment "prod"; known: "local", "staging", "production"\n');
}, 60_000);

test("a synth compiles, writes and tells; a configuration that does not compile takes back what was written", () => {
  const first = run("synth");
  expect(first).toMatchObject({ status: 0, stderr: "" });
  expect(first.stdout).toMatch(/^environment +stack +services +resources +file\n/);
  expect(Object.keys(readTree(project.path("cdktf.out")))).toHaveLength(19);

  // The third finds the services where the second has left them: nothing has changed, and nothing is proven.
  const [again, remembered] = [1, 2].map(() => {
    expect(run("synth")).toMatchObject({ status: 0, stdout: first.stdout });
    return { files: output(), records: records() };
  });
  expect(remembered).toEqual(again);
  expect(again?.records).toHaveLength(1);

  const sql = run("bootstrap-sql", "staging", "shop");
  expect(sql).toMatchObject({ status: 0, stderr: "" });
  expect(sql.stdout).toContain("'orders-shop'");

  const literal = project.path("stacks", "staging.ts");
  fs.writeFileSync(literal, fs.readFileSync(literal, "utf8").replace('default: "1h"', 'default: "soon"'));
  const second = run("synth");
  expect(second.status).toBe(1);
  expect(second.stderr).toMatch(/stacks\/staging\.ts\(\d+,\d+\): error TS2322: Type '"soon"'/);
  expect(Object.keys(readTree(project.path("cdktf.out")))).toEqual([
    ".leasehold.json",
    "migration-stages.json",
  ]);
  expect(run("bootstrap-sql", "staging", "shop").status).toBe(2);
}, 120_000);

test("of a misspelt key for which the compiler takes another kind of grant, our own words name it", () => {
  const misspelt = new Project();
  try {
    const grants = misspelt.path("stacks", "grants.ts");
    fs.writeFileSync(grants, fs.readFileSync(grants, "utf8").replace("tables:", "tabels:"));
    const { status, stderr } = misspelt.run(["synth"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/stacks\/grants\.ts\(\d+,\d+\): error TS2322: Type '"SELECT"'/);
    expect(stderr).toMatch(/'services\[\d+\]\S*grants\[0\]\.tabels' must .*; write 'tables'/);

    // What does not run without its types either is for the compiler to say.
    fs.appendFileSync(grants, "export const length: number = missing.length;\n");
    expect(misspelt.run(["synth"]).stderr).not.toContain("the configuration has");
  } finally {
    misspelt.remove();
  }
}, 120_000);

test("a synth of one environment says what it left, and a name that is nobody's what there is", () => {
  const all = new Project();
  try {
    const { status, stdout } = all.run(["synth", "--only", "local"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^local +local-vault /m);
    expect(stdout).not.toMatch(/^(staging|production) /m);
    expect(stdout).toContain(
      "not rendered: staging; cdktf.out does not hold all of it, and nothing was judged beside it\n",
    );
    expect(all.run(["synth"]).status).toBe(0);
    const again = all.run(["synth", "--only", "local", "--only", "staging"]);
    expect(again.stdout).toContain(
      "not rendered: production; what an earlier synth wrote of it stays in cdktf.out, and the others were judged beside that\n",
    );
    const before = readTree(all.path("cdktf.out"));
    expect(all.run(["synth", "--only", "prodution"])).toMatchObject({
      status: 2,
      stderr:
        'error: there is no environment "prodution"; known: "local", "staging", "production"; the nearest is "production"\n',
    });
    expect(readTree(all.path("cdktf.out"))).toEqual(before);
  } finally {
    all.remove();
  }
}, 180_000);

/** Everything that a synth wrote, but for when that was, which may break on a page. */
function output() {
  const moment = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g;
  const files = Object.entries(readTree(project.path("cdktf.out")));
  return files.map(([file, text]) => [file, text.replaceAll("<wbr>", "").replaceAll(moment, "then")]);
}

/** What is remembered of proofs, and since when. */
function records() {
  const folder = project.path("node_modules", ".cache", "leasehold", "judged", "synth");
  return fs.readdirSync(folder).map((name) => [name, fs.statSync(`${folder}/${name}`).mtimeMs]);
}

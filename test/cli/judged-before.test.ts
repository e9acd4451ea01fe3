import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { judgedBefore } from "../../cli/judged-before";
import type { Environment } from "../../lib/environment/environment";
import type { Question } from "../../lib/synth/conclusion";
import type { Finding, Findings } from "../../proof/rules";
import { environmentWith } from "../support/environment";

const OUTPUT = {
  "manifest.json": "{}",
  "migration-stages.json": "{}",
  "stacks/production/cdk.tf.json": "{}",
  "bootstrap/production/shop.sql": "SELECT 1",
  "manifests/production/catalog.yaml": "kind: Deployment",
  "report/access.json": "{}",
};
const before = process.cwd();
let project: string;
let asked: Question;
beforeEach(() => {
  project = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-judged-"));
  write("stacks/index.ts", "");
  write("node_modules/.package-lock.json", "{}");
  for (const [file, text] of Object.entries(OUTPUT)) write(`cdktf.out/${file}`, text);
  process.chdir(project);
  asked = {
    by: "synth",
    environments: [environmentWith({})],
    judged: ["production"],
    directory: "cdktf.out",
    shownAs: "cdktf.out",
    witness: undefined,
  };
});
afterEach(() => {
  jest.useRealTimers();
  process.chdir(before);
  fs.rmSync(project, { recursive: true });
});

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
  fs.writeFileSync(path.join(project, file), text);
}

const nothing: Findings = { findings: [], failures: [] };
const warning: Finding = {
  rule: "vault/lonely",
  severity: "warning",
  resource: "helm_release.vault",
  path: null,
  file: "cdk.tf.json",
  line: null,
  message: "it stands alone",
  why: "It must not.",
  fix: "add another",
  evidence: [],
  waived: null,
  waiver: null,
};

/** Whether it is judged anew. */
async function isJudged(question = asked, found: Findings = nothing): Promise<boolean> {
  const judge = jest.fn(async () => found);
  expect(await judgedBefore(question, judge)).toEqual(found);
  return judge.mock.calls.length > 0;
}

test("what has not changed is judged once", async () => {
  expect([await isJudged(), await isJudged(), await isJudged()]).toEqual([true, false, false]);
});

const CHANGES: [string, () => Partial<Question> | void][] = [
  ["a stack", () => write("cdktf.out/stacks/production/cdk.tf.json", "{ }")],
  ["the SQL", () => write("cdktf.out/bootstrap/production/shop.sql", "SELECT 2")],
  ["a manifest", () => write("cdktf.out/manifests/production/catalog.yaml", "kind: Job")],
  ["the stages of migrations", () => write("cdktf.out/migration-stages.json", "{ }")],
  ["a file that is there as well", () => write("cdktf.out/stacks/production-vault/cdk.tf.json", "{}")],
  ["a file that is gone", () => fs.rmSync("cdktf.out/bootstrap", { recursive: true })],
  ["what is installed", () => write("node_modules/.package-lock.json", "{ }")],
  ["the day, of waivers that end", () => void jest.useFakeTimers({ now: Date.now() + 86_400_000, doNotFake: ["setTimeout", "nextTick", "setImmediate"] })], // prettier-ignore
  ["a declaration", () => ({ environments: [environmentWith({ provenIn: "staging" })] })],
  ["which environments are judged", () => ({ judged: [] })],
  ["where services stood before", () => ({ witness: { name: "origin/main", stages: {} } })],
  ["the name of the output", () => ({ shownAs: "out" })],
  [
    "the record itself, cut off",
    () => write(`node_modules/.cache/leasehold/judged/synth/${record()}`, '{"find'),
  ],
];

function record(): string {
  return fs.readdirSync(path.join(project, "node_modules/.cache/leasehold/judged/synth"))[0] ?? "";
}

test.each(CHANGES)("%s: it is judged again", async (_, change) => {
  await isJudged();
  expect(await isJudged()).toBe(false);
  const question: Question = { ...asked, ...(change() ?? {}) };
  expect(await isJudged(question)).toBe(true);
  expect(await isJudged(question)).toBe(false);
});

test("a folder aside is what it is shown as, and who asks for less takes nobody's answer away", async () => {
  await isJudged();
  fs.renameSync("cdktf.out", "cdktf.out.rendering-1");
  expect(await isJudged({ ...asked, directory: "cdktf.out.rendering-1" })).toBe(false);
  const check = { ...asked, by: "check", directory: "cdktf.out.rendering-1" } as const;
  expect([await isJudged(check), await isJudged(check)]).toEqual([true, false]);
  expect(await isJudged({ ...check, by: "synth" })).toBe(false);
});

test("the report says when it was made, and judges nothing", async () => {
  await isJudged();
  write("cdktf.out/report/access.json", '{"made": "later"}');
  expect(await isJudged()).toBe(false);
});

test("what is warned of is told each time, and what refuses is judged each time", async () => {
  const warned = { findings: [warning], failures: [] };
  expect([await isJudged(asked, warned), await isJudged(asked, warned)]).toEqual([true, false]);
  write("cdktf.out/manifest.json", "{ }");
  const refused = { findings: [{ ...warning, severity: "error" as const }], failures: [] };
  expect([await isJudged(asked, refused), await isJudged(asked, refused)]).toEqual([true, true]);
  const unread = { findings: [], failures: [{ file: "cdk.tf.json", message: "is cut off" }] };
  expect([await isJudged(asked, unread), await isJudged(asked, unread)]).toEqual([true, true]);
});

test("a project without packages, and no project at all, are judged each time", async () => {
  fs.rmSync(path.join(project, "node_modules"), { recursive: true });
  expect([await isJudged(), await isJudged()]).toEqual([true, true]);
  process.chdir(os.tmpdir());
  const elsewhere = {
    ...asked,
    directory: path.join(project, "cdktf.out"),
    environments: [] as Environment[],
  };
  expect([await isJudged(elsewhere), await isJudged(elsewhere)]).toEqual([true, true]);
});

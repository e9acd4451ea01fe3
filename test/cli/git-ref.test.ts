import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { start } from "../support/processes";
import { Project, PROGRAM } from "../support/project";

let project: Project;
const git = (...words: string[]) =>
  execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...words], {
    cwd: project.directory,
    encoding: "utf8",
  });

beforeAll(() => {
  project = new Project();
  fs.writeFileSync(project.path(".gitignore"), "node_modules\ncdktf.out\ntemporary\n");
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "before");
});
afterAll(() => project.remove());

const run = (...words: string[]) => project.run(words);

test("a git ref is synthesized aside, compared, and leaves nothing behind", () => {
  const grants = project.path("stacks", "grants.ts");
  const before = fs.readFileSync(grants, "utf8");
  const after = before.replace(
    /(tables: \["invoices", "payments"\], privileges: \["SELECT", "INSERT", "UPDATE")/,
    '$1, "DELETE"',
  );
  expect(after).not.toBe(before);
  fs.writeFileSync(grants, after);
  expect(run("synth").status).toBe(0);
  const { status, stdout } = run("diff", "HEAD");
  expect(stdout).toContain("  billing may now DELETE from shop.invoices (production)\n");
  expect(status).toBe(4);
  expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);

  // A group role's grants are the DBA's: no stack knows of them.
  const affected = run("affected", "HEAD");
  expect(affected.stdout).toBe(
    [
      "0 of 9 stacks are touched",
      "run or deployed by others, and changed",
      "  bootstrap/local/shop.sql",
      "  bootstrap/production/shop.sql",
      "  bootstrap/staging/shop.sql",
      "",
    ].join("\n"),
  );
  expect(affected.status).toBe(0);
  const listed = (format: string, base: string) =>
    JSON.parse(run("affected", base, "--format", format).stdout) as unknown;
  fs.cpSync(project.path("cdktf.out"), project.path("before"), { recursive: true });
  const terraform = project.path("before", "stacks", "production", "cdk.tf.json");
  const written = JSON.parse(fs.readFileSync(terraform, "utf8")) as Record<string, unknown>;
  fs.writeFileSync(terraform, JSON.stringify({ ...written, resource: {} }));
  expect(listed("github", "before")).toEqual({ include: [{ stack: "production", wave: "2" }] });
  expect(listed("gitlab", "before")).toEqual({
    include: [{ local: ".gitlab/plan.yml" }],
    plan: { extends: ".plan", parallel: { matrix: [{ STACK: ["production"] }] } },
  });
  expect(listed("gitlab", "cdktf.out")).toEqual({ nothing: { script: ["echo 'no stack is touched'"] } });
  expect(listed("json", "cdktf.out")).toEqual({ stacks: [], files: [], of: 9 });
  fs.rmSync(project.path("before"), { recursive: true });
  for (const nothing of ["no-such-ref", "stacks"]) {
    const refused = run("affected", nothing);
    expect([refused.status, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toMatch(/there is (no folder or git ref "no-such-ref"|nothing in stacks)/);
  }
}, 300_000);

test("a git ref is the witness of the steps that a migration takes", () => {
  const literal = project.path("stacks", "local.ts");
  const before = fs.readFileSync(literal, "utf8");
  const credentials = `[{ database: "shop", user: "orders_app", secret: "orders-database", as: { kind: "file", key: "shop.json" } }]`;
  const after = before.replace(
    'namespace: "shop",',
    `namespace: "shop", migration: { stage: "static", credentials: ${credentials} },`,
  );
  expect(after).not.toBe(before);
  fs.writeFileSync(literal, after);
  fs.rmSync(project.path("cdktf.out"), { recursive: true, force: true });
  const refused = project.run(["synth"], { LEASEHOLD_WITNESS: "HEAD" });
  expect(refused.stderr).toContain('"orders" goes from "complete" in HEAD to "static"');
  expect(refused.status).toBe(1);
  const unknown = project.run(["synth"], { LEASEHOLD_WITNESS: "no-such-ref" });
  expect(unknown.stderr).toContain('"no-such-ref" says nothing of migrations');
  expect(unknown.status).toBe(2);
  expect(fs.existsSync(project.path("cdktf.out", "manifest.json"))).toBe(false);
  // Without a witness nothing is refused, and `check` finds it all the same.
  expect(run("synth").status).toBe(0);
  const checked = run("check", "local", "--witness", "HEAD");
  expect(checked.stdout).toContain('"orders" goes from "complete" in HEAD to "static"');
  fs.writeFileSync(literal, before);
}, 180_000);

test("whoever interrupts a comparison finds no worktree left; one that was killed, the next takes away", async () => {
  const temporary = project.path("temporary");
  fs.mkdirSync(temporary);
  const diff = () => start(PROGRAM, ["diff", "HEAD", "HEAD"], project.directory, { TMPDIR: temporary });
  const worktrees = () => git("worktree", "list").trim().split("\n").length;
  const end = async (signal: NodeJS.Signals, before: number) => {
    const running = diff();
    while (worktrees() === before) await new Promise((resolve) => setTimeout(resolve, 50));
    running.process.kill(signal);
    const { signal: by, stderr } = await running.ended;
    expect([by, stderr]).toEqual([signal, ""]);
  };
  await end("SIGINT", 1);
  expect([worktrees(), fs.readdirSync(temporary)]).toEqual([1, []]);
  await end("SIGKILL", 1);
  // Git itself was not killed: it checks out to the end, or takes its worktree back when nobody reads what it says.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { status } = await diff().ended;
  expect([status, worktrees(), fs.readdirSync(temporary)]).toEqual([0, 1, []]);
  fs.rmdirSync(temporary);
}, 240_000);

test("a ref that does not compile could not run, and leaves nothing behind", () => {
  fs.appendFileSync(project.path("main.ts"), "const wrong: string = 1;\n");
  git("commit", "--quiet", "--all", "--message", "broken");
  git("revert", "--no-edit", "HEAD");
  const { status, stderr } = run("diff", "HEAD~1");
  expect(stderr).toContain("HEAD~1 cannot be synthesized with the packages that are installed here");
  expect(status).toBe(2);
  expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);
}, 180_000);

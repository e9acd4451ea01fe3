import { spawnSync } from "node:child_process";
import { working } from "../../proof/cli";

let written = "";
const { isTTY, columns } = process.stderr;
const { CI } = process.env;

beforeEach(() => {
  written = "";
  delete process.env["CI"];
  Object.assign(process.stderr, { isTTY: true, columns: 30 });
  jest.spyOn(process.stderr, "write").mockImplementation((text) => (written += String(text)) !== "");
});
afterEach(() => {
  jest.restoreAllMocks();
  Object.assign(process.stderr, { isTTY, columns });
  if (CI !== undefined) process.env["CI"] = CI;
});

/** What a terminal of one line shows, of all that was written to it. */
function shown(): string {
  return written.split("\u001b[2K").at(-1) ?? "";
}

test("says what is being done until it is done, the innermost first, and takes it back", async () => {
  const result = await working("proving", async () => {
    expect(shown()).toBe("proving …");
    await working("synthesizing main aside", async () => expect(shown()).toBe("synthesizing main aside …"));
    expect(shown()).toBe("proving …");
    return 7;
  });
  expect(result).toBe(7);
  expect(shown()).toBe("");
});

test("takes it back also where the work fails", async () => {
  await expect(working("proving", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(shown()).toBe("");
});

test("a line that would wrap is cut", async () => {
  await working(`synthesizing ${"x".repeat(100)}`, async () => expect(shown()).toHaveLength(29));
});

test.each([
  ["standard error is no terminal", () => Object.assign(process.stderr, { isTTY: false })],
  ["CI is set", () => Object.assign(process.env, { CI: "true" })],
])("says nothing where %s", async (_, set) => {
  set();
  await working("proving", async () => {});
  expect(written).toBe("");
  delete process.env["CI"];
});

/** Runs a command in a terminal of its own. */
function inTerminal(env: NodeJS.ProcessEnv): string {
  const command = `'${process.execPath}' bin/leasehold.js lint test/fixtures/lint/flawless`;
  return spawnSync("script", ["-qec", command, "/dev/null"], { encoding: "utf8", env }).stdout;
}

// What makes a terminal is not everywhere.
const inRealTerminal = spawnSync("script", ["--version"]).status === 0 ? test : test.skip;

inRealTerminal("in a real terminal: there while it judges, gone before the answer", () => {
  jest.restoreAllMocks();
  const env = { ...process.env, TERM: "xterm" };
  expect(inTerminal(env)).toMatch(/judging …[^\n]*\u001b\[2K[^\n]*0 errors, 0 warnings/);
  expect(inTerminal({ ...env, CI: "1" })).not.toContain("judging");
});

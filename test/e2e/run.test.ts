import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { runScenarios, type Choice } from "../../e2e/scenarios/run";
import type { Scenario } from "../../e2e/scenarios/scenario";

interface Begun {
  readonly directory: string;
  readonly names: string[];
}

const scenarioOf = (name: string, seconds = 0): Scenario<Begun> => ({
  name,
  title: `${name} is run`,
  async run({ names }) {
    names.push(name);
    jest.setSystemTime(Date.now() + seconds * 1000);
    await Promise.resolve();
  },
});

/** Of three that take ten seconds each, at the beginning of Unix time: what is begun, and what is printed. */
async function runOf(choice: Choice) {
  jest.useFakeTimers({ now: 0 });
  const log = jest.spyOn(console, "log").mockImplementation();
  const bench = { directory: fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-e2e-test-")), names: [] };
  try {
    const scenarios = ["first", "second", "third"].map((name) => scenarioOf(name, 10));
    const outcome = await runScenarios(scenarios, choice, bench, bench.directory);
    return { ...outcome, begun: bench.names, printed: log.mock.calls.flat().join("\n") };
  } finally {
    log.mockRestore();
    jest.useRealTimers();
    fs.rmSync(bench.directory, { recursive: true });
  }
}

test("all are run where nobody says until when", async () => {
  expect(await runOf({ only: [] })).toMatchObject({
    passed: 3,
    skipped: 0,
    begun: ["first", "second", "third"],
  });
});

test("none is begun when the time is over, and it is named", async () => {
  const run = await runOf({ only: [], until: 15 });
  expect(run).toMatchObject({ passed: 2, failed: 0, skipped: 1, begun: ["first", "second"] });
  expect(run.printed).toContain("third: not run: the time for it is over");
});

test("where the first one is not begun, no other is", async () => {
  expect(await runOf({ only: [], until: 0 })).toMatchObject({ passed: 0, failed: 0, skipped: 3, begun: [] });
});

test("what nobody asks for is not named", async () => {
  const run = await runOf({ only: ["second"], until: 15 });
  expect(run).toMatchObject({ passed: 2, skipped: 1, begun: ["first", "second"] });
  expect(run.printed).not.toContain("third");
});
